"""Random histories of a run, as its engine would record them."""

from __future__ import annotations

from random import Random

from runtime.calls import E164, CallId, Outcome
from runtime.contacts import FedRow, NewContact, RejectedContact
from runtime.journal.entries import (
    AnyEntry,
    Begun,
    CampaignChange,
    Ended,
    Intent,
    LimitChange,
    NotPlaced,
    NumberChange,
    Rows,
    Started,
)
from runtime.observe.events import CallEnded, DispatchGranted

NUMBERS = (E164("+14155550100"), E164("+442071838750"))
CAMPAIGNS = ("spring", "summer")
NOT_PLACED_SHARE = 0.1


def started(life: int = 1, at: float = 1000.0) -> Started:
    return Started("run", life, 7, "00", "print", {"tenants": []}, at)


def rows(campaign: str, first: int, count: int) -> Rows:
    fed: list[FedRow] = [
        NewContact(
            first + number + 1,
            f"{campaign}-{first + number}",
            E164(f"+1415555{2000 + first + number}"),
            "US",
            ("America/Los_Angeles",),
            None,
            ("America/Los_Angeles",),
            ("name",),
            (f"Ann \u2028 “{number}”",),
        )
        for number in range(count)
    ]
    return Rows(campaign, first, [*fed, RejectedContact(first + count + 1, "letters")], f"digest{first}")


def grant(call: CallId, campaign: str, index: int, attempt: int, number: E164) -> DispatchGranted:
    return DispatchGranted(
        tenant="acme",
        campaign=campaign,
        call=call,
        contact=f"{campaign}-{index}",
        attempt=attempt,
        waited_seconds=0.0,
        to="+1********00",
        party=None,
        region="US",
        zones=["America/Los_Angeles"],
        timezone=None,
        number=number,
        connection="east",
        tier="country",
        spilled=None,
        probe=False,
        weight=0.2,
        share=0.5,
        candidates=2,
        connection_in_use=1,
        connection_limit=3,
        tenant_in_use=1,
        tenant_cap=4,
        number_in_use=1,
        number_limit=None,
    )


def history(seed: int, length: int) -> list[AnyEntry]:
    """Make a history: contacts, then attempts that overlap, with changes in between."""
    random = Random(seed)
    entries: list[AnyEntry] = [started()]
    for campaign in CAMPAIGNS:
        entries += [rows(campaign, 0, 5), Begun(campaign, 1000.0)]
    attempts: dict[tuple[str, int], int] = {}
    under_way: list[Intent] = []
    at = 1000.0
    for number in range(length):
        at += random.random() * 60
        step = random.random()
        if step < 0.05:
            entries.append(_change(random))
        elif under_way and step < 0.5:
            intent = under_way.pop(random.randrange(len(under_way)))
            entries.append(_end(random, intent, at))
            key = (intent.grant.campaign or "", intent.index)
            attempts[key] = attempts.get(key, 0) + isinstance(entries[-1], Ended)
        else:
            campaign, index = random.choice(CAMPAIGNS), random.randrange(5)
            if any((one.grant.campaign, one.index) == (campaign, index) for one in under_way):
                continue
            call = CallId(f"run-{campaign}-{number}")
            attempt = attempts.get((campaign, index), 0) + 1
            line = grant(call, campaign, index, attempt, random.choice(NUMBERS))
            intent = Intent(call, index, E164(f"+1415555{2000 + index}"), at, at + 10, at + 100, line)
            under_way.append(intent)
            entries.append(intent)
    return entries


def _change(random: Random) -> AnyEntry:
    number = random.choice(NUMBERS)
    return random.choice(
        (
            NumberChange(random.choice(("flagged", "unflagged")), number, "api", "because"),
            LimitChange(random.randint(1, 9), "api", connection="east"),
            CampaignChange(random.choice(("paused", "resumed")), "spring", "api"),
        )
    )


def _end(random: Random, intent: Intent, at: float) -> Ended | NotPlaced:
    if random.random() < NOT_PLACED_SHARE:
        return NotPlaced(intent.call, "number_barred", at)
    outcome = random.choice(tuple(Outcome))
    answered = outcome is Outcome.ANSWERED
    line = CallEnded(
        tenant="acme",
        campaign=intent.grant.campaign,
        call=intent.call,
        contact=intent.grant.contact,
        number=intent.grant.number,
        connection="east",
        outcome=outcome.value,
        disposition="completed" if answered else None,
        ring_seconds=1.5,
        talk_seconds=2.5 if answered else None,
        cause=None,
    )
    number = E164(intent.grant.number)
    return Ended(intent.call, intent.index, at, line, sticky=number if answered else None, due=at + 60)
