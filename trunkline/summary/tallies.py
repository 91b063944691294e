"""What is counted while a run goes on, one object a number or connection."""

from __future__ import annotations

from collections.abc import Mapping

from trunkline.summary.gauge import Gauge


class Tally:
    """Calls placed, answered, and counted for the answer rate."""

    __slots__ = ("answered", "attempts", "counted")

    def __init__(self) -> None:
        self.attempts = 0
        self.answered = 0
        self.counted = 0

    @property
    def answer_rate(self) -> float | None:
        """Answered by counted calls; None without one."""
        return share(self.answered, self.counted)


def share(part: int, whole: int) -> float | None:
    """Divide; None where there is nothing to divide by."""
    return round(part / whole, 6) if whole else None


class ConnectionTally(Tally):
    """A connection's calls and how full it was."""

    __slots__ = ("gauge",)

    def __init__(self, gauge: Gauge) -> None:
        super().__init__()
        self.gauge = gauge


class NumberTally(Tally):
    """A number's calls in one campaign, over one connection."""

    __slots__ = ("campaign", "connection", "gauges", "number", "route", "weight")

    def __init__(
        self,
        campaign: CampaignTally,
        number: str,
        connection: str,
        route: ConnectionTally,
        gauges: tuple[Gauge, ...],
    ) -> None:
        super().__init__()
        self.campaign = campaign
        self.number = number
        self.connection = connection
        self.route = route
        self.gauges = gauges
        """All that a call from this number takes a slot of."""
        self.weight: float | None = None


class CampaignTally:
    """A campaign's numbers, contacts, start and end."""

    __slots__ = (
        "began",
        "campaign",
        "ended",
        "finished",
        "fleet",
        "former",
        "gauge",
        "numbers",
        "rejected",
        "results",
        "tenant",
    )

    def __init__(self, campaign: str, tenant: str, gauge: Gauge) -> None:
        self.campaign = campaign
        self.tenant = tenant
        self.gauge = gauge
        self.numbers: dict[str, NumberTally] = {}
        self.former: list[NumberTally] = []
        """Numbers that moved to another connection, as they were before."""
        self.results: dict[str, int] = {"reached": 0, "exhausted": 0, "canceled": 0, "stalled": 0}
        self.rejected = 0
        self.began: float | None = None
        self.ended: float | None = None
        self.finished = False
        self.fleet: Mapping[str, int] | None = None
        """What became of its contacts over all daemons."""

    @property
    def pool(self) -> list[NumberTally]:
        """All its numbers, those of before included."""
        return [*self.former, *self.numbers.values()]


class NumberStates:
    """How each number of the inventory stands, followed from its events."""

    def __init__(self) -> None:
        self._states: dict[str, set[str]] = {}

    def set(self, number: str, state: str, *, holds: bool) -> None:
        """Note that a state of a number begins or ends."""
        states = self._states.setdefault(number, set())
        if holds:
            states.add(state)
        else:
            states.discard(state)

    def status(self, number: str) -> str:
        """Name the state that weighs most; active without one."""
        states = self._states.get(number, ())
        return next(
            (state for state in ("removed", "spam", "paused", "resting") if state in states), "active"
        )
