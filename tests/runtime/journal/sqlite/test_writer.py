"""The thread that writes goes on after whatever is raised in it: nothing is lost, nothing written twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.calls import CallId
from runtime.journal.base import Condition, Durable, Failed, JournalAway, JournalBack, Record
from runtime.journal.entries import AnyEntry, Ended, Intent, Probe
from runtime.journal.sqlite import writer
from runtime.journal.sqlite.file import JournalFile, open_to_read
from runtime.journal.sqlite.gate import Answer, Answers, Write
from runtime.journal.sqlite.journal import numbered_entries
from runtime.journal.sqlite.owner import Owner
from runtime.journal.sqlite.space import Space
from runtime.journal.sqlite.writer import Retry, SqliteWriter, Tally
from tests.runtime.journal.histories import history

ERRORS = [
    ValueError("no such thing"),
    MemoryError("no room"),
    OSError(5, "Input/output error"),
    RuntimeError("can't start new thread"),
    sqlite3.OperationalError("disk I/O error"),
]


class Desk:
    """A journal's writer, driven by hand: what it has answered, and what it said of itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file, self.owner = JournalFile(path), Owner(path)
        self.answers: list[Answer] = []
        self.records = 0
        self.said: list[Condition] = []
        self.hand_over: Callable[[Answers], None] = self.take
        self.ref = SqliteWriter.start(
            self.file,
            self.owner,
            Space(path),
            Tally(),
            lambda answers: self.hand_over(answers),
            self.said.append,
        )

    def take(self, answers: Answers) -> None:
        self.answers += answers.answers
        self.records += answers.records

    def write(self, entries: list[AnyEntry]) -> None:
        """Have a batch written; wait until it has been dealt with."""
        asked: Any = self.ref  # an answer is asked for: None
        asked.ask(Write([Record(entry, asked) for entry in entries if isinstance(entry, Intent | Ended)]))

    def come_back(self) -> None:
        """Let it see whether writing goes again."""
        asked: Any = self.ref
        asked.ask(Retry())

    def kept(self) -> list[AnyEntry]:
        """Read what is in the file."""
        connection = open_to_read(self.path)
        entries = [entry for _, entry in numbered_entries(connection, self.path)]
        connection.close()
        return entries

    def told(self, kind: type[Any]) -> list[CallId]:
        return [one.message.call for one in self.answers if type(one.message) is kind]

    def close(self) -> None:
        self.ref.stop()
        self.file.close()
        self.owner.close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 3600.0)  # it is driven by hand
    made = Desk(tmp_path / "run.journal")
    yield made
    made.close()


@pytest.fixture
def calls() -> list[AnyEntry]:
    """Intents and ends of calls, some in one batch."""
    return [one for one in history(seed=5, length=60) if isinstance(one, Intent | Ended)]


def once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: Exception, *, after: bool) -> None:
    """Let a method raise the next time that it is called, before or after it has done its work."""
    method, left = getattr(owner, name), [error]

    def raising(*args: Any) -> Any:
        if not left:
            return method(*args)
        if after:
            method(*args)
        raise left.pop()

    monkeypatch.setattr(owner, name, raising)


def end_of(one: AnyEntry) -> bool:
    return isinstance(one, Ended)


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
def test_what_is_raised_before_a_commit_fails_the_intents_and_writes_the_ends_once(
    desk: Desk, calls: list[AnyEntry], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk.write(calls[:10])
    once(monkeypatch, desk.file, "append", error, after=False)

    desk.write(calls[10:30])
    desk.come_back()
    desk.write(calls[30:])

    lost = [one.call for one in calls[10:30] if isinstance(one, Intent)]
    expected = [one for one in calls if end_of(one) or one.call not in lost]  # type: ignore[union-attr]  # all are of calls
    assert [one for one in desk.kept() if not isinstance(one, Probe)] == expected
    assert desk.told(Failed) == lost
    assert desk.told(Durable) == [one.call for one in expected]  # type: ignore[union-attr]  # likewise
    assert desk.records == len(calls)
    assert [type(one) for one in desk.said] == [JournalAway, JournalBack]
    assert str(error) in desk.said[0].reason


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("place", ["commit", "witness", "answer"])
def test_what_is_raised_after_a_commit_leaves_it_written_and_answered_once(
    desk: Desk, calls: list[AnyEntry], monkeypatch: pytest.MonkeyPatch, error: Exception, place: str
) -> None:
    desk.write(calls[:10])
    if place == "commit":
        once(monkeypatch, desk.file, "append", error, after=True)
    elif place == "witness":
        once(monkeypatch, desk.owner, "witness", error, after=False)
    else:
        once(monkeypatch, desk, "hand_over", error, after=False)

    desk.write(calls[10:30])
    desk.come_back()
    desk.write(calls[30:])

    assert [one for one in desk.kept() if not isinstance(one, Probe)] == calls
    assert desk.told(Durable) == [one.call for one in calls]  # type: ignore[union-attr]  # all are of calls
    assert desk.told(Failed) == []
    assert desk.records == len(calls)
    assert [type(one) for one in desk.said] == [JournalAway, JournalBack]


def test_a_probe_that_can_not_be_read_back_writes_nothing_twice(
    desk: Desk, calls: list[AnyEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    once(monkeypatch, desk.file, "append", OSError(5, "Input/output error"), after=False)
    once(monkeypatch, desk.file, "read_back", OSError(5, "Input/output error"), after=False)
    ends = [one for one in calls if end_of(one)]

    desk.write(ends)
    desk.come_back()

    assert desk.kept() == [*ends, Probe(), Probe()]
    assert desk.records == len(ends)
    assert desk.told(Durable) == [one.call for one in ends if isinstance(one, Ended)]
    assert [type(one) for one in desk.said] == [JournalAway, JournalBack]


def test_a_reader_that_holds_the_first_checkpoint_up_has_nothing_written_twice(
    desk: Desk, calls: list[AnyEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    once(monkeypatch, desk.file, "checkpoint", sqlite3.OperationalError("a reader holds it"), after=False)

    desk.write(calls)
    desk.come_back()

    assert [one for one in desk.kept() if not isinstance(one, Probe)] == calls
    assert desk.told(Durable) == [one.call for one in calls]  # type: ignore[union-attr]  # all are of calls


def test_a_folder_that_is_gone_for_a_while_stops_dialing_and_the_writer_lives(
    desk: Desk, calls: list[AnyEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LOOK_SECONDS", 0.0)
    folder, elsewhere = desk.path.parent, desk.path.parent.with_name("elsewhere")
    desk.write(calls[:10])
    folder.rename(elsewhere)

    desk.write(calls[10:30])
    desk.come_back()
    assert [type(one) for one in desk.said] == [JournalAway]
    elsewhere.rename(folder)
    desk.come_back()
    desk.write(calls[30:])

    assert [type(one) for one in desk.said] == [JournalAway, JournalBack]
    assert "free space" in desk.said[0].reason
    lost = set(desk.told(Failed))
    assert lost == {one.call for one in calls[10:30] if isinstance(one, Intent)}
    ends = [one for one in desk.kept() if end_of(one)]
    assert ends == [one for one in calls if end_of(one)]
