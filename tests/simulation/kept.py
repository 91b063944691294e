"""What a journal must hold: at each restart, and when all is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import isclose

from actors.pool.actor import PoolActor
from actors.pool.weights import AnswerRate, counts
from runtime.calls import E164, Outcome
from runtime.contacts import NewContact
from runtime.journal.entries import AnyEntry, Begun, Ended, Intent, NotPlaced, Probe, Rows, Started
from runtime.journal.recovered import Recovered
from runtime.kernel import ActorSystem
from runtime.observe.events import Event
from tests.simulation.judge import Judge
from tests.simulation.plan import Plan
from tests.simulation.rest import actors_of
from tests.simulation.violations import Violation


def contact_names(entries: Iterable[AnyEntry]) -> dict[tuple[str, int], str]:
    """Name each contact by its campaign and index."""
    names: dict[tuple[str, int], str] = {}
    for entry in entries:
        if isinstance(entry, Rows):
            taken = [row for row in entry.rows if isinstance(row, NewContact)]
            for index, row in enumerate(taken, start=entry.first):
                names[entry.campaign, index] = row.contact
    return names


def rows_taken(entries: Iterable[AnyEntry]) -> tuple[Counter[str], Counter[str]]:
    """Count each campaign's rows, from its file and from the application."""
    from_file: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, Rows):
            (added if entry.digest is None else from_file)[entry.campaign] += len(entry.rows)
    return from_file, added


def check_rows(
    entries: Iterable[AnyEntry], plan: Plan, judge: Judge, promised: Mapping[str, int]
) -> dict[str, int]:
    """None of the rows may be missing that a campaign's file has, or that were promised; count them."""
    from_file, added = rows_taken(entries)
    for name, rows in plan.contacts.items():
        if from_file[name] != len(rows) and name not in judge.canceled:
            raise Violation(7, f"{from_file[name]} of {len(rows)} rows of {name} are in the journal")
        if added[name] < promised.get(name, 0):
            raise Violation(7, f"{name} has {added[name]} of {promised[name]} contacts added")
    return {name: from_file[name] + added[name] for name in plan.contacts}


def check_stickies(
    entries: Iterable[AnyEntry], state: Recovered, missing: Iterable[Event], judge: Judge
) -> None:
    """A contact whose sticky number was told has it yet, but where a later line is missing."""
    behind = {(line.campaign, getattr(line, "contact", None)) for line in missing}
    behind |= {(one.grant.campaign, one.grant.contact) for one in state.in_doubt}
    names = contact_names(entries)
    for campaign, held in state.campaigns.items():
        for index, contact in held.contacts.items():
            who = campaign, names[campaign, index]
            told = judge.sticky.get(who)
            if who not in behind and told != contact.sticky:
                raise Violation(13, f"{who} has the sticky number {told}, the journal {contact.sticky}")


def check_kept(entries: Iterable[AnyEntry], judge: Judge) -> None:
    """Everything that the log has told is in the journal, after any crash."""
    intents: set[str] = set()
    ends: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, Intent):
            intents.add(entry.call)
        elif isinstance(entry, Ended):
            ends[entry.call] = entry.line.outcome
    for call in judge.granted:
        if call not in intents:
            raise Violation(6, f"{call} was granted, and the journal has no intent of it")
    for call, line in judge.ended.items():
        if ends.get(call) != line.outcome:
            raise Violation(7, f"{call} was told as {line.outcome}, the journal has {ends.get(call)}")


def check_whole(entries: Iterable[AnyEntry], judge: Judge) -> None:
    """Each intent has come to exactly one end, and each end had an intent."""
    intents: set[str] = set()
    ended: Counter[str] = Counter()
    voided: set[str] = set()
    for entry in entries:
        if isinstance(entry, Intent):
            if entry.call in intents:
                raise Violation(5, f"{entry.call} is intended twice")
            intents.add(entry.call)
        elif isinstance(entry, Ended):
            ended[entry.call] += 1
        elif isinstance(entry, NotPlaced):
            voided.add(entry.call)
    for call in sorted(intents):
        if ended[call] + (call in voided) != 1:
            raise Violation(8, f"{call} has {ended[call]} ends, voided: {call in voided}")
    for call in sorted(voided & judge.placed_calls):
        raise Violation(6, f"{call} is journalled as not placed, but it was")
    if sum(ended.values()) != len(judge.ended):
        raise Violation(14, f"{sum(ended.values())} ends are kept, {len(judge.ended)} were told")


def check_statistics(system: ActorSystem, entries: Iterable[AnyEntry], judge: Judge) -> None:
    """Each number's statistics equal the outcomes seen, once each, in their order."""
    rates: dict[tuple[str, str], AnswerRate] = {}
    decays = {name: 2.0 ** (-1.0 / one.half_life_attempts) for name, one in judge.campaigns.items()}
    for entry in entries:
        if isinstance(entry, Ended):
            key = str(entry.line.campaign), entry.line.number
            answered = counts(Outcome(entry.line.outcome))
            if answered is not None:
                rates.setdefault(key, AnswerRate()).record(answered, decays[key[0]])
    for pool in actors_of(system, PoolActor):
        for name, campaign in pool.campaigns.items():
            all_answered = sum(campaign.rates[number].answered for number in campaign.members)
            all_counted = sum(campaign.rates[number].counted for number in campaign.members)
            if not isclose(campaign.mean, (all_answered + 1) / (all_counted + 5), rel_tol=1e-6):
                raise Violation(14, f"the mean of {name} is {campaign.mean}: {all_answered} of {all_counted}")
            for number in campaign.members:
                if (name, number) in judge.ever_left:
                    continue
                seen = rates.get((name, number), AnswerRate())
                own = campaign.rates[E164(number)]
                if not (_same(own.answered, seen.answered) and _same(own.counted, seen.counted)):
                    raise Violation(14, f"{number} in {name} counts {own}, its outcomes make {seen}")


def check_idempotent(before: Recovered, since: Iterable[AnyEntry], after: Recovered) -> bool:
    """A recovery that crashed leaves what it found; tells whether this was one."""
    if not all(isinstance(entry, Started | Begun | Probe) for entry in since):
        return False
    for what in ("results", "dialed_at", "in_doubt", "run", "key", "seed"):
        if getattr(before, what) != getattr(after, what):
            raise Violation(15, f"a recovery that crashed has changed {what}")
    for name, campaign in before.campaigns.items():
        if after.campaigns[name].contacts != campaign.contacts:
            raise Violation(15, f"a recovery that crashed has changed the contacts of {name}")
    return True


def _same(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
