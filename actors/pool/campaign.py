"""A campaign as its pool sees it: who waits, which numbers, whose turn."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import msgspec

from actors.answer_rates.totals import SharedRates
from actors.contact.hours import closes_at, is_open, next_opening
from actors.messages import Index, Kind, Profile, Ref
from actors.pool.arrivals import Arrivals
from actors.pool.cells import Cell, Tier
from actors.pool.inventory import PooledNumber
from actors.pool.rotation import Choice
from actors.pool.tiers import Tiers
from actors.pool.waiting import ClassKey, Key, WaitingClass, WaitingRoom
from actors.pool.weights import AnswerRate, counts
from actors.settings import CampaignSettings
from actors.slots import SlotSource, slots_of
from runtime.calls import E164, Outcome

_FRESH = Kind.FRESH  # Python 3.11 searches for an enum's member at every use


class HeldNumber(msgspec.Struct, gc=False, eq=False):
    """A number that is offered to a contact, until the call is over or returned."""

    campaign: PoolCampaign
    index: Index
    kind: Kind
    key: Key
    class_key: ClassKey
    choice: Choice
    spilled: Tier | None
    probe: bool
    sticky_lost: str | None
    ticket: bool = False
    tenant_ticket: bool = False
    placed: bool = False
    recorded: bool = False
    """Whether its outcome has been counted."""
    since: float = 0.0
    """Since when it is held, in seconds since the epoch."""


class PoolCampaign:
    """One campaign's waiting room, tiers, answer rates, turn and limit."""

    def __init__(
        self,
        settings: CampaignSettings,
        ref: Ref,
        numbers: dict[E164, PooledNumber],
        *,
        shared: bool = False,
    ) -> None:
        self.settings = settings
        self.ref = ref
        self.name = settings.name
        self.room = WaitingRoom()
        self.arrivals = Arrivals()
        self.members: dict[E164, PooledNumber] = {}
        self.tiers = Tiers(settings, self.room, self.members)
        self.rates: dict[E164, AnswerRate] = {}
        self.profiles: dict[int, Profile] = {}
        self.numbers = numbers
        """The tenant's inventory; a sticky may have left the pool."""
        self.finished = False
        self.started = False
        self.started_at = inf
        self.paused = False
        self.canceled = False
        cap = settings.max_concurrent
        self.source: SlotSource | None = None if cap is None else slots_of(cap, shared=shared)
        """Where the slots of its own cap come from; None where it has none."""
        self.in_use = 0
        self.placed = 0
        """Offers that were not returned."""
        self.peak_in_use = 0
        self.passed = 0.0
        """How far its turns have come: one grant adds 1 / share."""
        self.picky: dict[WaitingClass, None] = {}
        self.by_sticky: dict[E164, dict[WaitingClass, None]] = {}
        self.hours_change_at = inf
        self._hours: dict[tuple[str, ...], tuple[bool, float | None]] = {}
        self._decay = 2.0 ** (-1.0 / settings.half_life_attempts)
        self.shared_rates = SharedRates(self._decay) if shared else None
        """What every daemon has counted, where there are others; `rates` add it up."""
        self._answered = 0.0
        self._counted = 0.0

    @property
    def offering(self) -> bool:
        """Tell whether it may offer: started, not paused, below its own cap."""
        source = self.source
        return (
            self.started
            and not self.paused
            and not self.canceled
            and (source is None or self.in_use < source.limit)
        )

    @property
    def mean(self) -> float:
        """Give the pooled answer rate of its numbers: (S + 1) / (N + 5)."""
        return (self._answered + 1.0) / (self._counted + 5.0)

    def weight(self, number: E164) -> float:
        """Give a number's smoothed answer rate: (s + k m) / (n + k)."""
        rate = self.rates[number]
        prior = self.settings.prior_attempts
        return (rate.answered + prior * self.mean) / (rate.counted + prior)

    def join(self, number: PooledNumber) -> None:
        """Add a number to the campaign's pool."""
        rate = self.rates.setdefault(number.number, AnswerRate())
        if number.number not in self.members:
            self._answered += rate.answered
            self._counted += rate.counted
        self.members[number.number] = number
        self.tiers.seat(number, rate)

    def rebuild(self) -> None:
        """Throw away who waits, the tiers and the sums; the members and their rates stay."""
        since_fresh = self.room.since_fresh
        self.room = WaitingRoom()
        self.room.since_fresh = since_fresh
        self.tiers = Tiers(self.settings, self.room, self.members)
        self.picky.clear()
        self.by_sticky.clear()
        self.hours_change_at = inf
        self._hours.clear()
        self.in_use = 0
        self._answered = sum(self.rates[number].answered for number in self.members)
        self._counted = sum(self.rates[number].counted for number in self.members)

    def seat_again(self) -> None:
        """Give every member its place among the new tiers."""
        for number in self.members.values():
            self.tiers.seat(number, self.rates[number.number])

    def seat_of(self, number: PooledNumber) -> tuple[Cell, int] | None:
        """Find where a number sits in this campaign."""
        for cell, leaf in number.seats:
            if cell.campaign == self.name:
                return cell, leaf
        return None

    def record(self, number: PooledNumber, outcome: Outcome, held: HeldNumber | None = None) -> None:
        """Count a call's outcome for its number, where it says something.

        With the call's grant, as one step: a crash finds it counted or not.
        """
        answered = counts(outcome)
        if answered is None:
            return
        name = number.number
        rate = self.rates.get(name)
        if rate is None:  # it left the pool before a restart, with a call in progress
            rate = self.rates[name] = AnswerRate()
        before_answered, before_counted = rate.answered, rate.counted
        rate.record(answered, self._decay)
        if held is not None:
            held.recorded = True
        if self.shared_rates is not None:
            self.shared_rates.record(name, answered)
        self._reweigh(number, before_answered, before_counted)

    def add_up(self, number: PooledNumber) -> None:
        """Go by what all daemons have counted of a number."""
        assert self.shared_rates is not None
        rate = self.rates.setdefault(number.number, AnswerRate())
        before_answered, before_counted = rate.answered, rate.counted
        rate.answered, rate.counted = self.shared_rates.sums(number.number)
        self._reweigh(number, before_answered, before_counted)

    def _reweigh(self, number: PooledNumber, before_answered: float, before_counted: float) -> None:
        """Let the pool's sums and the number's seats follow its answer rate."""
        rate = self.rates[number.number]
        if number.number in self.members:
            self._answered += rate.answered - before_answered
            self._counted += rate.counted - before_counted
        for cell, leaf in number.seats:
            if cell.campaign == self.name:
                cell.weigh(leaf)

    def recall(self, number: PooledNumber, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes of an earlier life, in their order."""
        self.rates.setdefault(number.number, AnswerRate())
        for outcome in outcomes:
            self.record(number, outcome)

    def leave(self, number: PooledNumber) -> None:
        """Take a number out of the campaign's pool."""
        if self.members.pop(number.number, None) is not None:
            rate = self.rates[number.number]
            self._answered -= rate.answered
            self._counted -= rate.counted
        seat = self.seat_of(number)
        if seat is not None:
            cell, leaf = seat
            cell.drop(leaf)
            number.seats.remove(seat)

    def lost_sticky(self, waiting: WaitingClass) -> str | None:
        """Say why the class's sticky number doesn't stand; None where it does."""
        sticky = waiting.sticky
        if sticky is None or self.tiers.stands(sticky):
            return None
        if sticky.removed or sticky.number not in self.members:
            return "removed"
        return "flagged" if sticky.flagged else "paused"

    def class_due(self, key: ClassKey, now: float) -> WaitingClass:
        """Find or make the class that a retry belongs to, now that it is due."""
        profile, sticky, excluded, pinned = key
        return self.class_of(
            self.profiles[profile],
            None if sticky is None else self.numbers[E164(sticky)],
            tuple(self.numbers[E164(number)] for number in excluded),
            None if pinned is None else Tier(pinned),
            now,
        )

    def class_of(
        self,
        profile: Profile,
        sticky: PooledNumber | None,
        excluded: tuple[PooledNumber, ...],
        pinned: Tier | None,
        now: float,
    ) -> WaitingClass:
        """Find or make the class of those who wait for the same."""
        key = (
            profile.key,
            None if sticky is None else sticky.number,
            tuple(number.number for number in excluded),
            None if pinned is None else pinned.value,
        )
        waiting = self.room.classes.get(key)
        if waiting is None:
            waiting = WaitingClass(self.room.next_serial(), key, profile, sticky, excluded, pinned)
            waiting.lanes = self.tiers.lanes_of(waiting, now)
            waiting.closed = not self.is_open(profile.calling_zones, now)
            self.room.classes[key] = waiting
            self.profiles[profile.key] = profile
            if excluded:
                self.picky[waiting] = None
            if sticky is not None:
                self.by_sticky.setdefault(sticky.number, {})[waiting] = None
        return waiting

    def forget(self, waiting: WaitingClass) -> None:
        """Drop a class in which nobody waits any more."""
        if waiting:
            return
        self.room.classes.pop(waiting.key, None)
        self.picky.pop(waiting, None)
        if waiting.sticky is not None:
            classes = self.by_sticky.get(waiting.sticky.number)
            if classes is not None:
                classes.pop(waiting, None)
                if not classes:
                    del self.by_sticky[waiting.sticky.number]

    def indexes(self) -> set[int]:
        """Name everybody who waits."""
        known = {key[1] for waiting in self.room.classes.values() for _, key in waiting.rows()}
        known.update(index for _, index, _, _ in self.room.future)
        return known

    def clear(self) -> None:
        """Forget everybody who waits: the campaign has ended."""
        self.room.clear()
        self.picky.clear()
        self.by_sticky.clear()

    def look_again(self, now: float) -> list[WaitingClass]:
        """Find every class its lanes anew; those left without another number.

        Needed when a number's eligibility or an UTC offset has changed.
        """
        self.tiers.look_again()
        orphaned: list[WaitingClass] = []
        for waiting in list(self.room.classes.values()):
            lanes = self.tiers.lanes_of(waiting, now)
            if lanes != waiting.lanes:
                waiting.lanes = lanes
                self.room.announce_all(waiting)
            if waiting.excluded and not self.tiers.other_numbers(waiting):
                orphaned.append(waiting)
        return orphaned

    def is_open(self, zones: tuple[str, ...], now: float) -> bool:
        """Tell whether the calling hours let these zones be called now."""
        hours = self.settings.calling_hours
        if hours is None:
            return True
        known = self._hours.get(zones)
        if known is None or (known[1] is not None and now >= known[1]):
            if is_open(hours, zones, now):
                known = (True, closes_at(hours, zones, now))
            else:
                known = (False, next_opening(hours, zones, now))
            self._hours[zones] = known
            if known[1] is not None and known[1] < self.hours_change_at:
                self.hours_change_at = known[1]
        return known[0]

    def opens_at(self, zones: tuple[str, ...], now: float) -> float | None:
        """Say when closed zones may be called next; None where they are open."""
        return None if self.is_open(zones, now) else self._hours[zones][1]

    def follow_hours(self, now: float) -> None:
        """Open and close classes whose calling hours have begun or ended."""
        self.hours_change_at = inf
        for _, changes_at in self._hours.values():
            if changes_at is not None and now < changes_at < self.hours_change_at:
                self.hours_change_at = changes_at
        for waiting in self.room.classes.values():
            closed = not self.is_open(waiting.profile.calling_zones, now)
            if closed != waiting.closed:
                waiting.closed = closed
                self.room.announce_all(waiting)

    def waits_since(self, kind: Kind, key: Key) -> float:
        """Say since when a row has waited: it was due, or could first be called."""
        if kind is not _FRESH:
            return key[0]
        return max(self.started_at, self.arrivals.time_of(key[1]))

    def next_wake(self, now: float) -> float | None:
        """Say when time alone will let somebody be served: a due retry, an opening.

        An opening helps nobody while the campaign is paused or a class has no
        eligible number: it would only be waited for again and again. Behind an
        open breaker there is one, for a probe.
        """
        times = [self.room.future[0][0]] if self.room.future else []
        if self.settings.calling_hours is not None and not self.paused:
            probed = any(
                number.eligible and number.connection.enabled and number.connection.opened
                for number in self.members.values()
            )
            for waiting in self.room.classes.values():
                if waiting.closed and (waiting.lanes or probed):
                    opens = self.opens_at(waiting.profile.calling_zones, now)
                    if opens is not None:
                        times.append(opens)
        return min(times, default=None)
