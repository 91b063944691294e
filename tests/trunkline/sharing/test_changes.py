"""What one daemon learns or is told, and all go by."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.calls import CallEvent, CallId, CallProgress, CallRequest, Outcome
from runtime.carriers.base import Report
from runtime.observe.events import DispatchGranted
from tests.trunkline.sharing.fleet import NUMBERS, Fleet, limits_of, pilot


def test_a_limit_that_is_changed_at_one_daemon_holds_for_all(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=8))
    first, second = fleet.daemon(60), fleet.daemon(60)
    changed = 60.0
    fleet.run((changed, lambda: first.engine.set_connection_limit("east", 3, reason="less")))
    (line,) = second.named("connection.limit_changed")
    assert (line.limit, line.by) == (3, "shared state")
    later = [
        event.connection_limit
        for daemon in fleet.daemons
        for time, event in daemon.log
        if isinstance(event, DispatchGranted) and time - fleet.clock.start > changed + 10.0
    ]
    assert set(later) == {3}
    assert fleet.arbiter.up["connection", "east"] == 0
    assert fleet.arbiter.violations == []


def test_a_daemon_with_another_limit_in_its_file_follows_and_says_so(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=4))
    fleet.daemon(60)
    fleet.tables = pilot(connection=9)
    other = fleet.daemon(20)
    fleet.run((60.0, other.engine.start), first=1)
    (line,) = other.named("connection.limit_changed")
    assert (line.limit, line.by) == (4, "shared state")
    assert fleet.arbiter.most["connection", "east"] == 4


def test_a_newer_generation_of_the_file_goes_before_an_older_one(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=4))
    first = fleet.daemon(100)
    fleet.tables = pilot(connection=9)
    newer = fleet.daemon(40, generation=2)
    fleet.run((60.0, newer.engine.start), first=1)
    assert newer.named("connection.limit_changed") == []
    (line,) = first.named("connection.limit_changed")
    assert (line.limit, line.by) == (9, "shared state")


@pytest.mark.parametrize(("before", "newer"), [(2, 4), (4, 2)], ids=["higher", "lower"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [("number", NUMBERS[0]), ("campaign", "spring"), ("rate", "east")],
    ids=["a number's limit", "a campaign's cap", "a call rate"],
)
def test_every_limit_of_a_newer_file_is_followed_up_and_down(
    kind: str, name: str, before: int, newer: int, tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path, pilot(connection=90, tenant=90, **{kind: before}))
    first = fleet.daemon(500)
    fleet.tables = pilot(connection=90, tenant=90, **{kind: newer})
    second = fleet.daemon(300, generation=2)
    joined, settled, end = 40.0, 90.0, 120.0
    arbiter, most = fleet.arbiter, dict[str, int]()

    def settle() -> None:
        arbiter.limits = limits_of(fleet.tables)
        arbiter.most.clear()

    fleet.run(
        (joined, second.engine.start),
        (joined, lambda: arbiter.limits.clear()),
        (settled, settle),
        (end, lambda: most.update(second=arbiter.most[kind, name])),
        (end, lambda: first.engine.close(drain=0)),
        (end, lambda: second.engine.close(drain=0)),
        first=1,
    )

    assert (kind, name, newer, before) in {
        (one.kind, one.name, one.limit, one.here) for one in first.named("limit.differs")
    }
    assert second.named("limit.differs") == []
    assert arbiter.violations == []
    if kind == "rate":
        starts = [sorted(one.placed) for one in fleet.daemons]
        assert most_in_a_second([at for one in starts for at in one if at < joined]) == before
        assert most_in_a_second([at for one in starts for at in one if settled < at < end]) == newer
    else:
        assert most["second"] == newer


def most_in_a_second(times: list[float]) -> int:
    """Count the most that began within one second."""
    times = sorted(times)
    return max(sum(at <= other < at + 1.0 for other in times) for at in times)


class BrokenLine:
    """A carrier that fails every call of one daemon."""

    def __init__(self, fleet: Fleet) -> None:
        self._system = fleet.system

    def place(self, request: CallRequest, report: Report) -> None:
        failed = CallEvent(request.call, CallProgress.ENDED, Outcome.FAILED, "503")
        self._system.call_later(0.1, lambda: report(failed))

    def hang_up(self, call: CallId) -> None:
        """Do nothing: nothing is ever up."""


def test_a_breaker_that_opens_at_one_daemon_opens_at_the_others(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, pilot(connection=20, retry_after={"failed": "never"}, max_carrier_failures=1))
    broken = fleet.daemon(60, line=BrokenLine(fleet))
    other = fleet.daemon(60)
    fleet.run()
    (line, *_) = broken.named("connection.opened")
    assert line.by == "breaker"
    followed = [one for one in other.named("connection.opened") if one.by == "shared state"]
    assert followed
    assert f"opened by d0:{broken.engine.run}" in followed[0].reason
    assert other.named("connection.closed"), "its own probes were good"
    assert fleet.arbiter.placed["d1"] == 60
