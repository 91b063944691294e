"""A journal that was cut or altered is refused, or all that was acknowledged is there."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from runtime.errors import JournalDamaged, JournalError
from runtime.journal.entries import AnyEntry
from runtime.journal.fold import fold
from runtime.journal.recovered import Recovered
from runtime.journal.sqlite import SqliteJournal
from runtime.journal.sqlite.file import JournalFile
from runtime.journal.sqlite.journal import verify
from runtime.journal.sqlite.owner import Owner
from runtime.journal.sqlite.schema import MIGRATIONS
from tests.runtime.journal.histories import history

IMAGES = 150
BATCH = 7


@pytest.fixture(scope="module")
def entries() -> list[AnyEntry]:
    return history(seed=11, length=400)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory, entries: list[AnyEntry]) -> Path:
    """Files as a killed process leaves them: half in the file, half in its write-ahead log."""
    folder = tmp_path_factory.mktemp("alive")
    path = folder / "run.journal"
    owner, file = Owner(path), JournalFile(path)
    for first in range(0, len(entries), BATCH):
        if first // BATCH == 30:
            file.checkpoint()
        file.append(entries[first : first + BATCH])
        owner.witness(file.last, file.sum.hex())
    left = tmp_path_factory.mktemp("left")
    for name in ("run.journal", "run.journal-wal", "run.journal-owner"):
        shutil.copy(folder / name, left / name)
    file.close()
    owner.close()
    return left


@pytest.fixture
def image(crashed: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    shutil.copytree(crashed, tmp_path / "image")
    return tmp_path / "image" / "run.journal"


def read(path: Path) -> Recovered | None:
    journal = SqliteJournal(path)
    try:
        recovered = journal.recover()
        return None if recovered is None else replace(recovered, seconds_left={})
    finally:
        journal.close()


def refusal(path: Path, whole: Recovered | None) -> str | None:
    """Say how a journal is refused; None where it is taken, and then all of it."""
    try:
        assert read(path) == whole, f"{path} was taken though it differs"
    except JournalError as error:
        return str(error)
    return None


def cut(random: Random, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(random.randrange(path.stat().st_size))


def alter(random: Random, path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(data)


def blank(random: Random, path: Path) -> None:
    """A page that was never written: zeros."""
    data = bytearray(path.read_bytes())
    start = random.randrange(0, len(data), 512)
    data[start : start + 512] = bytes(len(data[start : start + 512]))
    path.write_bytes(data)


def test_what_a_killed_process_leaves_is_read_whole(image: Path, entries: list[AnyEntry]) -> None:
    assert read(image) == fold(entries)


@pytest.mark.parametrize("suffix", ["", "-wal"])
@pytest.mark.parametrize("damage", [cut, alter, blank])
def test_a_damage_at_a_random_byte_is_refused_or_has_harmed_nothing(
    crashed: Path,
    tmp_path: Path,
    entries: list[AnyEntry],
    damage: Callable[[Random, Path], None],
    suffix: str,
) -> None:
    whole, refused = fold(entries), 0
    for seed in range(IMAGES):
        folder = tmp_path / f"{seed}"
        shutil.copytree(crashed, folder)
        path = folder / "run.journal"
        damage(Random(seed), Path(f"{path}{suffix}"))
        error = refusal(path, whole)
        if error is not None:
            refused += 1
            assert str(path) in error, f"seed {seed}"
        shutil.rmtree(folder)
    assert refused > IMAGES // 3


def test_a_lost_write_ahead_log_is_refused(image: Path) -> None:
    Path(f"{image}-wal").unlink()

    with pytest.raises(JournalDamaged, match="its end was cut off"):
        read(image)


def test_a_lost_journal_is_refused_while_its_side_file_is_there(image: Path) -> None:
    image.unlink()
    Path(f"{image}-wal").unlink()

    with pytest.raises(JournalDamaged, match="the journal is gone"):
        read(image)


def test_a_batch_that_was_exchanged_is_refused(image: Path) -> None:
    connection = sqlite3.connect(image)
    connection.execute("UPDATE batches SET body = (SELECT body FROM batches WHERE last = 7) WHERE last = 14")
    connection.commit()
    connection.close()

    with pytest.raises(JournalDamaged, match="altered"):
        read(image)


def test_a_batch_that_was_taken_out_is_refused(image: Path) -> None:
    connection = sqlite3.connect(image)
    connection.execute("DELETE FROM batches WHERE last = 21")
    connection.commit()
    connection.close()

    with pytest.raises(JournalDamaged, match="missing"):
        read(image)


def test_a_loss_that_is_accepted_leaves_what_came_before(image: Path, entries: list[AnyEntry]) -> None:
    connection = sqlite3.connect(image)
    connection.execute("DELETE FROM batches WHERE last = 21")
    connection.commit()
    connection.close()

    journal = SqliteJournal(image, accept_loss=True)
    recovered = journal.recover()
    journal.close()

    expected = fold(entries[:14])
    assert recovered is not None
    assert replace(recovered, seconds_left={}) == expected
    assert read(image) == expected


def test_verify_finds_what_opening_finds(image: Path, entries: list[AnyEntry]) -> None:
    assert verify(image)[:2] == (-(-len(entries) // BATCH), len(entries))
    with sqlite3.connect(image) as connection:
        connection.execute("UPDATE batches SET at = at + 1 WHERE last = 14")
    connection.close()
    with pytest.raises(JournalDamaged, match="altered"):
        verify(image)


@pytest.mark.parametrize("content", [b"", b"id,phone\n", b"SQLite format 3\0 no more"])
def test_a_file_that_is_no_journal_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    if not content:
        SqliteJournal(path).close()  # an empty file is what a crash leaves before the first page
        return

    with pytest.raises(JournalError):
        SqliteJournal(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()

    with pytest.raises(JournalError, match="no journal"):
        SqliteJournal(path)


def test_a_newer_versions_journal_is_refused(image: Path) -> None:
    with sqlite3.connect(image) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()

    with pytest.raises(JournalError, match="newer version"):
        read(image)
