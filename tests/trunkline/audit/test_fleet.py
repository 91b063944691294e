"""What several daemons did together is judged by all of their logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from runtime.errors import LogNotAudited
from runtime.observe.events import (
    CallEnded,
    CampaignStarted,
    ContactFinished,
    DispatchGranted,
    EngineStopped,
    Event,
)
from runtime.observe.timestamps import Timestamps
from tests.trunkline.sharing.dealing import DealingFleet
from tests.trunkline.sharing.fleet import pilot
from trunkline.audit import Report, audit_log
from trunkline.audit.fleet import audit_fleet

Log = list[tuple[float, Event]]
CONTACTS = 120


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, Log]:
    """The logs of two daemons that have shared a campaign of 120 contacts."""
    tables = pilot(connection=6, rate=3, number=3, day=100, max_attempts=2, retry_after={"no_answer": 15})
    fleet = DealingFleet(tmp_path_factory.mktemp("fleet"), tables, CONTACTS, answer_rate=0.5)
    one, two = fleet.join(), fleet.join()
    fleet.run()
    return one.log, two.log


@pytest.fixture
def audited(logs: tuple[Log, Log], tmp_path: Path) -> Callable[..., Report]:
    """Give what judges both logs, the second changed by a function."""

    def audit(change: Callable[[Log], Log] = list) -> Report:
        report, _ = audit_fleet(written(tmp_path, logs[0], change(logs[1])))
        return report

    return audit


def written(folder: Path, *logs: Log) -> list[str]:
    paths = []
    for place, log in enumerate(logs):
        path = folder / f"{place}.log"
        path.write_bytes(b"".join(lines(log)))
        paths.append(str(path))
    return paths


def lines(log: Log) -> Iterator[bytes]:
    stamp = Timestamps()
    for time, event in log:
        fields = msgspec.structs.asdict(event)
        head = {"timestamp": stamp(time).decode(), "event": event.event}
        yield msgspec.json.encode({**head, **fields}) + b"\n"


def changed(kind: type[Event], change: Callable[[Any], Any]) -> Callable[[Log], Log]:
    """Change every event of a kind; None leaves it out."""

    def edit(log: Log) -> Log:
        edited = ((time, change(event) if isinstance(event, kind) else event) for time, event in log)
        return [(time, event) for time, event in edited if event is not None]

    return edit


def test_daemons_that_kept_every_limit_together_are_clean(audited: Callable[..., Report]) -> None:
    report = audited()

    assert report.clean
    assert (report.runs, report.contacts, report.complete) == (2, CONTACTS, True)
    assert report.calls > CONTACTS
    assert report.open_calls == []
    assert report.notes == []


@pytest.mark.parametrize(
    ("kind", "lower"),
    [
        ("connections", {"max_concurrent": 5}),
        ("connections", {"max_calls_per_second": 1}),
        ("numbers", {"max_concurrent": 2}),
        ("numbers", {"max_calls_per_day": 40}),
    ],
    ids=["connection", "rate", "number", "day cap"],
)
def test_a_limit_that_each_kept_alone_and_all_together_did_not_is_found(
    logs: tuple[Log, Log], kind: str, lower: dict[str, int], tmp_path: Path
) -> None:
    def lowered(event: CampaignStarted) -> CampaignStarted:
        return replace(event, **{kind: [{**row, **lower} for row in getattr(event, kind)]})

    edit = changed(CampaignStarted, lowered)
    report, _ = audit_fleet(written(tmp_path, *map(edit, logs)))

    rules = {"max_calls_per_second": "fleet.rate", "max_calls_per_day": "fleet.day_cap"}
    assert set(report.counts) == {rules.get(next(iter(lower)), "fleet.limit")}


def test_a_call_whose_end_is_missing_stands_until_it_must_be_over(audited: Callable[..., Report]) -> None:
    report = audited(changed(CallEnded, lambda event: None))

    assert set(report.counts) <= {"fleet.limit", "fleet.once"}
    assert report.counts["fleet.limit"]


def test_an_attempt_that_two_daemons_made_is_found(logs: tuple[Log, Log], tmp_path: Path) -> None:
    grant = next(event for _, event in logs[0] if isinstance(event, DispatchGranted))
    end = next(time for time, event in logs[0] if isinstance(event, EngineStopped))
    again = (end - 5.0, replace(grant, call="again"))
    second = sorted([*logs[1], again], key=lambda line: line[0])

    report, daemons = audit_fleet(written(tmp_path, logs[0], second))

    assert report.counts["fleet.attempts"] >= 1
    first = report.violations[0]
    assert daemons.place(first.line) == (str(tmp_path / "1.log"), second.index(again) + 1)
    assert grant.contact in first.expected


def test_two_calls_with_one_contact_at_once_are_found(logs: tuple[Log, Log], tmp_path: Path) -> None:
    ends = {event.call: time for time, event in logs[0] if isinstance(event, CallEnded)}
    time, grant = next(
        (time, event)
        for time, event in logs[0]
        if isinstance(event, DispatchGranted) and ends[event.call] > time + 4
    )
    both = sorted([*logs[1], (time + 0.1, replace(grant, call="both"))], key=lambda line: line[0])

    report, _ = audit_fleet(written(tmp_path, logs[0], both))

    assert report.counts["fleet.once"] >= 1


def test_a_row_of_which_no_log_tells_is_missed(audited: Callable[..., Report]) -> None:
    left_out: list[str] = []

    def leave_out(event: ContactFinished) -> ContactFinished | None:
        left_out.append(event.contact)
        return None if len(left_out) == 1 else event

    report = audited(changed(ContactFinished, leave_out))

    assert report.counts == {"fleet.accounted": 1}
    assert f"of {CONTACTS} rows, not of {CONTACTS - 1}" in report.violations[0].expected


@pytest.mark.parametrize("shift", [-0.45, 0.45])
def test_clocks_that_differ_by_less_than_half_a_second_accuse_nobody(
    audited: Callable[..., Report], shift: float
) -> None:
    assert audited(lambda log: [(time + shift, event) for time, event in log]).clean


def test_one_log_of_several_is_not_judged_as_if_it_were_all(logs: tuple[Log, Log], tmp_path: Path) -> None:
    path, *_ = written(tmp_path, logs[0])

    with pytest.raises(LogNotAudited, match="with --fleet"):
        audit_log([path])
