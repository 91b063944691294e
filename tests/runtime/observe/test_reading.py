from __future__ import annotations

import io
import json
from typing import Any

import pytest

from runtime.errors import LogLineError
from runtime.observe.events import CampaignStalled
from runtime.observe.log import EventLog
from runtime.observe.log_file import LogFile
from runtime.observe.reading import read_log

STARTED = '{"event":"engine.started"}'
PAUSED = '{"event":"campaign.paused"}'


def events(*lines: str | bytes) -> list[Any]:
    return [entry["event"] for entry in read_log(lines)]


def test_lines_come_back_as_objects() -> None:
    assert events(STARTED, PAUSED + "\n", b"\n", PAUSED.encode()) == [
        "engine.started",
        "campaign.paused",
        "campaign.paused",
    ]


def test_a_torn_last_line_is_left_out() -> None:
    for length in range(1, len(PAUSED)):
        assert events(STARTED, PAUSED[:length]) == ["engine.started"]


def test_a_line_torn_before_a_restart_is_left_out() -> None:
    assert events(STARTED, PAUSED[:9], STARTED) == ["engine.started"] * 2


def test_a_broken_line_in_the_middle_is_an_error_that_names_it() -> None:
    reading = read_log([STARTED, PAUSED[:9], PAUSED])

    assert next(reading)["event"] == "engine.started"
    with pytest.raises(LogLineError) as caught:
        next(reading)
    assert caught.value.line == 2


def test_two_broken_lines_are_an_error() -> None:
    with pytest.raises(LogLineError):
        events(STARTED, PAUSED[:9], PAUSED[:9])


@pytest.mark.parametrize("line", ["[]", "17", "null", '"text"', "nonsense", b"\xff\xfe"])
def test_what_is_no_object_is_no_line(line: str | bytes) -> None:
    with pytest.raises(LogLineError):
        events(line, PAUSED)


@pytest.mark.parametrize("text", ["\ud800", "Zoë\u2028", "x" * 100])
@pytest.mark.parametrize("contacts", [3, 2**63 + 1, 2**64 + 1, 1 - 2**200])
def test_what_was_written_is_read_exactly(text: str, contacts: int) -> None:
    stream = io.BytesIO()
    EventLog(LogFile(stream, "stream"))(0.0, CampaignStalled(by=text, reason="x", contacts=contacts))

    [entry] = read_log(stream.getvalue().splitlines())

    assert entry == json.loads(stream.getvalue())
    assert (entry["by"], entry["contacts"]) == (text, contacts)
