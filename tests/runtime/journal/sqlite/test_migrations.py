"""A journal's schema is brought up to date whole or not at all, and every entry stays."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from runtime.journal.entries import AnyEntry
from runtime.journal.fold import fold
from runtime.journal.recovered import Recovered
from runtime.journal.sqlite import SqliteJournal, file
from runtime.journal.sqlite.file import JournalFile
from runtime.journal.sqlite.schema import APPLICATION_ID, MIGRATIONS, migrate
from tests.runtime.journal.histories import history

NOTE = "ALTER TABLE batches ADD COLUMN note TEXT"
WRITERS = "CREATE TABLE writers (pid INTEGER PRIMARY KEY, since REAL NOT NULL)"
FILLED = "INSERT INTO writers SELECT last, at FROM batches"
NEWER = (*MIGRATIONS, (NOTE, "UPDATE batches SET note = 'old'"), (WRITERS, FILLED))
"""Two further steps, as a later version may bring them."""

FILES = ("run.journal", "run.journal-wal", "run.journal-journal")
STEP_BYTES = 200
"""How far apart a write-ahead log is cut; a frame has 4,120 bytes."""


@pytest.fixture(scope="module")
def entries() -> list[AnyEntry]:
    return history(seed=3, length=120)


@pytest.fixture
def old(tmp_path: Path, entries: list[AnyEntry]) -> Path:
    """A journal of today's version, half of it in its write-ahead log, as a killed process leaves it."""
    folder = tmp_path / "alive"
    folder.mkdir()
    with closing(JournalFile(folder / "run.journal")) as made:
        for first in range(0, len(entries), 5):
            if first == 60:
                made.checkpoint()
            made.append(entries[first : first + 5])
        return copy(folder, tmp_path / "old") / "run.journal"


def copy(folder: Path, target: Path) -> Path:
    """Copy a journal's files as they are now: what a killed process leaves."""
    target.mkdir()
    for name in FILES:
        if (folder / name).exists():
            shutil.copy(folder / name, target / name)
    return target


def opened(path: Path, steps: Sequence[tuple[str, ...]], patch: pytest.MonkeyPatch) -> Recovered | None:
    """Open a journal by a version that knows these steps; give what it recovers."""
    patch.setattr(file, "migrate", partial(migrate, migrations=steps))
    with closing(SqliteJournal(path)) as journal:
        recovered = journal.recover()
    patch.undo()
    return None if recovered is None else replace(recovered, seconds_left={})


def schema_of(path: Path) -> tuple[int, bool, bool]:
    """Say a journal's version, and whether it has the notes and the table of later ones."""
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        columns = {row[1] for row in connection.execute("PRAGMA table_info(batches)")}
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'writers'").fetchone()
    return version, "note" in columns, bool(tables)


WHOLE = {(1, False, False), (2, True, False), (3, True, True)}


def test_a_statement_that_fails_leaves_the_schema_before_its_step(tmp_path: Path) -> None:
    path = tmp_path / "run.journal"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, str(path), (*MIGRATIONS, (NOTE, "SELECT no_such_function()")))
        assert schema_of(path) == (1, False, False)

        migrate(connection, str(path), (*MIGRATIONS, (NOTE,)))

        assert schema_of(path) == (2, True, False)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_process_killed_at_any_statement_of_a_migration_leaves_an_old_or_a_new_journal_whole(
    old: Path, entries: list[AnyEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images: list[Path] = []
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.set_trace_callback(
            lambda _: images.append(copy(old.parent, tmp_path / f"image{len(images)}") / "run.journal")
        )
        migrate(connection, str(old), NEWER)
        connection.set_trace_callback(None)
        images.append(copy(old.parent, tmp_path / "last") / "run.journal")

    seen = []
    for image in images:
        seen.append(schema_of(image))
        assert opened(image, NEWER, monkeypatch) == fold(entries)
        assert schema_of(image) == (3, True, True)
    assert set(seen) == WHOLE
    assert seen == sorted(seen)


def test_a_power_cut_in_a_migration_leaves_an_old_or_a_new_journal_whole(
    old: Path, entries: list[AnyEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wal = Path(f"{old}-wal")
    before = wal.stat().st_size
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        migrate(connection, str(old), NEWER)
        done = copy(old.parent, tmp_path / "done")

    seen = set()
    for size in range(before, (done / wal.name).stat().st_size, STEP_BYTES):
        image = copy(done, tmp_path / f"cut{size}") / "run.journal"
        with Path(f"{image}-wal").open("r+b") as log:
            log.truncate(size)
        shutil.copytree(image.parent, tmp_path / f"looked{size}")
        seen.add(schema_of(tmp_path / f"looked{size}" / "run.journal"))
        assert opened(image, NEWER, monkeypatch) == fold(entries), f"cut at {size}"
        assert schema_of(image) == (3, True, True)
    assert seen == WHOLE - {(3, True, True)}


def test_a_new_file_that_was_killed_as_it_was_made_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, images = tmp_path / "new", list[Path]()
    folder.mkdir()
    path = folder / "run.journal"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.set_trace_callback(
            lambda _: images.append(copy(folder, tmp_path / f"image{len(images)}") / "run.journal")
        )
        migrate(connection, str(path))
        connection.set_trace_callback(None)

    for image in images:
        assert opened(image, MIGRATIONS, monkeypatch) is None
        assert schema_of(image) == (1, False, False)
    assert len(images) > len(MIGRATIONS[0])
