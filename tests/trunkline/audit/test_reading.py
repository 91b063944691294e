"""Logs as they lie on disk: torn, rotated, filtered, or no logs at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.errors import LogNotAudited
from runtime.observe.log import LogLevel
from tests.trunkline.audit.conftest import CALIFORNIANS, Entries, Simulate, judge, tables, written
from trunkline.audit import audit_log
from trunkline.audit.reading import LogReader


@pytest.fixture(scope="module")
def entries(simulate: Simulate) -> Entries:
    return simulate(tables(), {"spring": CALIFORNIANS[:20]})


@pytest.fixture(scope="module")
def lines(entries: Entries) -> list[bytes]:
    return written(entries).splitlines(keepends=True)


def test_lines_are_judged_as_the_events_that_they_are(entries: Entries, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(written(entries))

    report, _ = audit_log([str(log)], complete=True)
    in_memory = judge(entries)

    assert report.clean
    assert (report.calls, report.contacts) == (in_memory.calls, in_memory.contacts)


@pytest.mark.parametrize("level", [LogLevel.DEBUG, LogLevel.INFO])
def test_what_is_logged_beside_does_not_matter(entries: Entries, tmp_path: Path, level: LogLevel) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(written(entries, level))

    assert audit_log([str(log)])[0].clean


def test_rotated_parts_are_one_log_and_each_line_has_its_own_place(
    lines: list[bytes], tmp_path: Path
) -> None:
    older, newer = tmp_path / "run.log.1", tmp_path / "run.log"
    older.write_bytes(b"".join(lines[:30]))
    finished = max(number for number, line in enumerate(lines, 1) if b"contact.finished" in line)
    newer.write_bytes(b"".join([*lines[30:finished], lines[finished - 1], *lines[finished:]]))

    report, placed = audit_log([str(older), str(newer)])

    (violation,) = report.violations
    assert violation.rule == "contact.finished"
    assert placed.place(violation.line) == (str(newer), finished - 30 + 1)
    assert placed.place(30) == (str(older), 30)


def test_a_log_of_a_run_that_goes_on_tells_the_calls_that_are_open(
    lines: list[bytes], tmp_path: Path
) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join(lines[:60]) + lines[60][:40])  # its last line is still being written

    report, _ = audit_log([str(log)])

    granted = sum(b'"dispatch.granted"' in line for line in lines[:60])
    ended = sum(b'"call.ended"' in line for line in lines[:60])
    assert report.clean
    assert not report.complete
    assert len(report.open_calls) == granted - ended > 0


def test_where_it_has_to_be_complete_open_calls_are_violations(lines: list[bytes], tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join(lines[:60]))

    report, _ = audit_log([str(log)], complete=True)

    assert set(report.counts) == {"log.complete", "call.end"}


@pytest.mark.parametrize("first", [1, 10])
def test_a_log_without_its_beginning_cannot_be_audited(
    lines: list[bytes], tmp_path: Path, first: int
) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join(lines[first:]))

    with pytest.raises(LogNotAudited, match=r"run\.log:1: the log begins in the middle"):
        audit_log([str(log)])


def test_a_log_of_warnings_only_cannot_be_audited(simulate: Simulate, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    entries = simulate(tables(), {"spring": [*CALIFORNIANS[:3], "no number"]})
    log.write_bytes(written(entries, LogLevel.WARNING))

    with pytest.raises(LogNotAudited, match="logged at info or debug"):
        audit_log([str(log)])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"no json\n", "no JSON object"),
        (b"[1, 2]\n", "no event of a log"),
        (b'{"event":"call.ended"}\n', "timestamp"),
        (b'{"timestamp":"2026-01-05T00:00:00Z","event":"call.ended","call":1}\n', "call"),
        (b'{"timestamp":"yesterday","event":"engine.stopped","run":"1","reason":"closed"}\n', "yesterday"),
        (
            b'{"timestamp":"2026-13-05T00:00:00Z","event":"engine.stopped","run":"1","reason":"x"}\n',
            "2026-13",
        ),
    ],
)
def test_a_line_that_is_no_event_is_named(lines: list[bytes], tmp_path: Path, line: bytes, said: str) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join([*lines[:7], line, *lines[7:]]))

    with pytest.raises(LogNotAudited, match=said) as caught:
        audit_log([str(log)])
    assert caught.value.line == 8
    assert caught.value.path == str(log)


def test_a_settings_table_that_lacks_something_is_named(lines: list[bytes], tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join(line.replace(b'"max_attempts"', b'"most_attempts"') for line in lines))

    with pytest.raises(LogNotAudited, match="max_attempts"):
        audit_log([str(log)])


def test_a_file_that_is_not_there_and_an_empty_one_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()

    with pytest.raises(LogNotAudited, match="there is no such file"):
        audit_log([str(tmp_path / "nowhere.log")])
    with pytest.raises(LogNotAudited, match="no event"):
        audit_log([str(tmp_path / "empty.log")])


def test_a_torn_line_before_a_restart_is_left_out_and_the_next_run_is_judged_anew(
    lines: list[bytes], tmp_path: Path
) -> None:
    log = tmp_path / "run.log"
    log.write_bytes(b"".join(lines[:60]) + b'{"timestamp":"2026-01-0\n' + b"".join(lines))

    report, _ = audit_log([str(log)])

    assert report.clean
    assert report.runs == 2
    assert any("breaks off" in note for note in report.notes)


def test_events_of_another_version_are_passed_over_and_told(lines: list[bytes], tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    newer = b'{"timestamp":"2026-01-05T00:00:00.000000Z","event":"moon.risen"}\n'
    log.write_bytes(b"".join([lines[0], newer, *lines[1:]]))

    report, _ = audit_log([str(log)])

    assert not report.clean
    assert (report.counts, report.unknown) == ({}, {"moon.risen": 1})


PLACES = st.integers(0, 10_000)
DAMAGES = st.one_of(
    st.tuples(st.just("bytes"), PLACES, st.binary(max_size=30)),
    st.tuples(st.just("cut"), PLACES, st.integers(0, 80)),
    st.tuples(st.sampled_from(["repeat", "drop"]), PLACES, st.none()),
    st.tuples(st.just("swap"), PLACES, PLACES),
    st.tuples(
        st.sampled_from(["call", "contact", "number", "tier", "zones", "attempt"]),
        PLACES,
        st.sampled_from([b'""', b"null", b"-1", b"[]", b'"x"', b"1e300", b"{}"]),
    ),
)


def damage(lines: list[bytes], kind: str, place: int, what: Any) -> None:
    place %= len(lines)
    match kind:
        case "bytes":
            lines[place] = what.replace(b"\n", b"") + b"\n"
        case "cut":
            lines[place] = lines[place][:what] + b"\n"
        case "repeat":
            lines.insert(place, lines[place])
        case "drop":
            del lines[place]
        case "swap":
            other = what % len(lines)
            lines[place], lines[other] = lines[other], lines[place]
        case field:
            head, found, tail = lines[place].partition(b'"%b":' % field.encode())
            if found:
                lines[place] = head + found + what + b"," + tail.partition(b",")[2]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(damages=st.lists(DAMAGES, min_size=1, max_size=3))
def test_whatever_stands_in_a_log_is_judged_or_refused(
    lines: list[bytes], tmp_path: Path, damages: list[tuple[str, int, Any]]
) -> None:
    broken = list(lines)
    for one in damages:
        damage(broken, *one)
    log = tmp_path / "broken.log"
    log.write_bytes(b"".join(broken))

    try:
        report, placed = audit_log([str(log)], most=3)
        places = [placed.place(one.line) for one in report.violations]
    except LogNotAudited as refused:
        places = [(refused.path or "", refused.line or 1)]
    assert all(path == str(log) and 1 <= line <= len(broken) for path, line in places)


def test_a_timestamp_is_read_to_the_microsecond() -> None:
    line = (
        b'{"timestamp":"2026-01-05T09:08:07.000006Z","event":"engine.stopped","run":"1","reason":"closed"}\n'
    )

    (read,) = LogReader().read([line])

    assert read.time == pytest.approx(1767604087.000006, abs=1e-7)
