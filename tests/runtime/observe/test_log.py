from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import LogError
from runtime.observe.events import (
    CallOverdue,
    CampaignPaused,
    CampaignStalled,
    ContactStickySet,
    DispatchWaiting,
)
from runtime.observe.log import EventLog, LogLevel
from runtime.observe.log_file import LogFile
from runtime.observe.observer import Observer

EVENTS = (
    DispatchWaiting(contact="17", reason="rate"),
    ContactStickySet(contact="17", number="+14155550100"),
    CallOverdue(call="c", what="ended"),
    CampaignStalled(by="engine", reason="paused", contacts=3),
)

RUN = """
from runtime.observe.events import PoolCapacity, NumberFlagged
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
import sys
log = EventLog(LogFile(sys.stdout.buffer, "standard output", buffered=True))
for step in range(300):
    log(1767571200 + step * 0.37, NumberFlagged(tenant="acme", number="+14155550100", by="operator"))
    log(1767571200 + step * 0.37, PoolCapacity(
        tenant="acme", campaign="spring", ceiling=3, available=2, binds="tenant_cap", binds_now="east",
        tenant_cap=4, tenant_in_use=1, campaign_cap=None, campaign_in_use=1,
        connections=[{"connection": name, "free": {"b", "a", "c"}} for name in ("east", "west")],
    ))
log.close()
"""


def lines_of(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_in_the_tables_order(paused: CampaignPaused) -> None:
    stream = io.BytesIO()

    EventLog(LogFile(stream, "stream"))(1767571200.5, paused)

    assert stream.getvalue() == (
        b'{"timestamp":"2026-01-05T00:00:00.500000Z","level":"info","event":"campaign.paused",'
        b'"tenant":"acme","campaign":"spring","by":"operator","reason":"lunch"}\n'
    )


def test_fields_without_a_value_are_null_not_left_out() -> None:
    stream = io.BytesIO()

    EventLog(LogFile(stream, "stream"))(0, CampaignPaused(by="operator"))

    [line] = lines_of(stream)
    assert (line["tenant"], line["campaign"], line["reason"]) == (None, None, None)


@pytest.mark.parametrize(("level", "written"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_events_below_the_level_are_not_written(level: str, written: int) -> None:
    stream = io.BytesIO()
    log = EventLog(LogFile(stream, "stream"), level=LogLevel(level))

    for event in EVENTS:
        log(0, event)

    assert [line["event"] for line in lines_of(stream)] == [event.event for event in EVENTS[-written:]]
    assert [log.wants(type(event)) for event in EVENTS] == [False] * (4 - written) + [True] * written


def test_an_observer_does_not_even_hand_over_what_is_below_the_level(clock: Any) -> None:
    class Counting(EventLog):
        calls = 0

        def __call__(self, time: float, event: Any) -> None:
            self.calls += 1
            super().__call__(time, event)

    log = Counting(LogFile(io.BytesIO(), "stream"), level=LogLevel.WARNING)
    observer = Observer(clock, log)

    for event in EVENTS:
        observer.emit(event)

    assert log.calls == 2
    assert not observer.wants(DispatchWaiting)


@given(st.text(st.characters(exclude_categories=())), st.integers())
def test_whatever_stands_in_a_field_one_event_is_one_line(text: str, contacts: int) -> None:
    stream = io.BytesIO()

    EventLog(LogFile(stream, "stream"))(0, CampaignStalled(by=text, reason="x", contacts=contacts))

    written = stream.getvalue()
    assert len(written.splitlines()) == len(written.decode().splitlines()) == 1
    line = json.loads(written)
    assert line["by"].encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")
    assert line["contacts"] == contacts


def test_equal_runs_write_equal_bytes_in_other_processes() -> None:
    written = {
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Kolkata"), ("3", "America/New_York"))
    }

    assert len(written) == 1
    assert written.pop().count(b"\n") == 600


def test_the_applications_structlog_is_neither_used_nor_changed(paused: CampaignPaused) -> None:
    def refuse(logger: Any, method: str, entry: Any) -> Any:
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[refuse])
    try:
        changed = structlog.get_config()
        stream = io.BytesIO()
        EventLog(LogFile(stream, "stream"))(0, paused)
        assert len(lines_of(stream)) == 1
        assert structlog.get_config() == changed
    finally:
        structlog.configure(**before)


def test_a_full_disk_reaches_the_engine_once_and_lines_keep_their_order(
    clock: Any, disk: Any, paused: CampaignPaused
) -> None:
    full = disk(200)
    failures: list[LogError] = []
    observer = Observer(clock, EventLog(LogFile(full, "run.log")))
    observer.failed = failures.append

    for _ in range(5):
        observer.emit(paused)
    assert observer.failure is failures[0]
    full.room = 10_000
    observer.emit(EVENTS[3])

    assert len(failures) == 1
    assert failures[0].reason == "No space left on device"
    events = [json.loads(line)["event"] for line in full.content.splitlines()]
    assert events == ["campaign.paused"] * 5 + ["campaign.stalled"]
