"""How a contact ends."""

from __future__ import annotations

from runtime.observe.events import ContactFinished, DispatchGranted
from trunkline.audit.contacts import FINAL, FINISHED, HUNG_UP, IN_CALL, REACHED
from trunkline.audit.rule import Rule
from trunkline.audit.scenes import ContactScene, GrantScene


def contact_finished(scene: ContactScene[ContactFinished]) -> str | None:
    """A contact finishes once."""
    event = scene.event
    return f"contact {event.contact} has finished before" if scene.flags & FINISHED else None


def contact_over(grant: GrantScene) -> str | None:
    """A contact that has finished is not called again."""
    return f"contact {grant.event.contact} has finished" if grant.flags & FINISHED else None


def contact_in_call(scene: ContactScene[ContactFinished]) -> str | None:
    """A contact's calls have ended when it finishes."""
    event = scene.event
    if scene.flags & (IN_CALL | FINISHED) != IN_CALL:
        return None
    return f"the end of contact {event.contact}'s call first"


def contact_attempts(scene: ContactScene[ContactFinished]) -> str | None:
    """A contact finishes with all its placed calls counted."""
    event, contacts = scene.event, scene.run.contacts
    placed = contacts.attempts[scene.row] + contacts.faults[scene.row]
    attempts = placed + bool(scene.flags & IN_CALL)
    if event.attempts == attempts or scene.flags & FINISHED:
        return None
    return f"attempts {attempts}"


def contact_result(scene: ContactScene[ContactFinished]) -> str | None:
    """A contact is reached if it was ever answered; else its last call or its campaign decides."""
    event = scene.event
    if scene.flags & (FINISHED | IN_CALL):
        return None  # another rule says so
    results = _possible_results(scene)
    if event.result in results:
        return None
    return f"result {' or '.join(sorted(results))}" if results else "no end yet: it has attempts left"


def _possible_results(scene: ContactScene[ContactFinished]) -> set[str]:
    campaign, contacts, row = scene.campaign, scene.run.contacts, scene.row
    settings = campaign.settings
    over = (
        scene.flags & FINAL
        or contacts.attempts[row] >= settings.max_attempts
        or contacts.faults[row] >= settings.max_carrier_failures
    )
    if scene.flags & REACHED:
        return {"reached"} if over or campaign.canceled or campaign.stalled else set()
    results: set[str] = set()
    if over:
        results.add("canceled" if scene.flags & HUNG_UP else "exhausted")
    if campaign.canceled or campaign.stalled:
        results.add("canceled")
    if campaign.stalled:
        results.add("stalled")
    return results


RULES = (
    Rule(
        "contact.finished",
        "A contact finishes once, and is not called afterwards.",
        {ContactFinished: contact_finished, DispatchGranted: contact_over},
        timeless=True,
    ),
    Rule(
        "contact.in_call",
        "A contact finishes when its calls have ended.",
        {ContactFinished: contact_in_call},
    ),
    Rule(
        "contact.attempts",
        "A contact finishes with the number of its placed calls.",
        {ContactFinished: contact_attempts},
    ),
    Rule(
        "contact.result",
        "A contact ends reached if a call of it was answered, else exhausted when no attempt is left, "
        "canceled or stalled with its campaign.",
        {ContactFinished: contact_result},
    ),
)
