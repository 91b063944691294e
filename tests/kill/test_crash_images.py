"""A power cut at any moment: images rebuilt from the writes and syncs of a real run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from runtime.journal.sqlite import SqliteJournal
from tests.kill.test_faults import RUN, folder, shell

__all__ = ["folder"]

IMAGES = 120
FILES = ("run.journal", "run.journal-wal", "run.journal-owner")
"""What a power cut leaves; the first page's rollback journal is gone before anything is written."""

CALL = re.compile(r"^(pwrite64|fdatasync|ftruncate)\((.*)\) += \d+$")
WRITE = re.compile(r'^\d+<([^>]*)>, "([^"]*)", \d+, (\d+)$')
TRUNCATE = re.compile(r"^\d+<([^>]*)>, (\d+)$")
UNFINISHED = " <unfinished ...>"


@dataclass(frozen=True)
class Step:
    """One thing done to a file of the journal; a sync has neither data nor length."""

    file: str
    at: int = 0
    data: bytes | None = None
    length: int | None = None

    @property
    def is_sync(self) -> bool:
        return self.data is None and self.length is None

    def apply(self, files: dict[str, bytearray]) -> None:
        content = files.setdefault(self.file, bytearray())
        if self.length is not None:
            del content[self.length :]
        elif self.data is not None:
            content.extend(bytes(max(0, self.at - len(content))))
            content[self.at : self.at + len(self.data)] = self.data


def whole_calls(lines: list[str]) -> Iterator[str]:
    """Yield each system call as one line, also one that another thread's has interrupted."""
    begun: dict[str, str] = {}
    for line in lines:
        thread, _, said = line.partition(" ")
        said = said.lstrip()
        if said.endswith(UNFINISHED):
            begun[thread] = said.removesuffix(UNFINISHED)
        elif said.startswith("<... "):
            yield begun.pop(thread, "") + said.partition(" resumed>")[2]
        else:
            yield said


def read_trace(path: Path) -> list[Step]:
    """Read what strace has recorded of the journal's files; it writes all text in hexadecimal."""
    steps = []
    for line in whole_calls(path.read_text().splitlines()):
        found = CALL.match(line)
        if found is None:
            continue
        name, arguments = found[1], found[2]
        file = Path(_bytes(arguments.partition("<")[2].partition(">")[0]).decode()).name
        if file not in FILES:
            continue
        if name == "pwrite64":
            written = WRITE.match(arguments)
            assert written is not None, line[:200]
            steps.append(Step(file, int(written[3]), _bytes(written[2])))
        elif name == "ftruncate":
            cut = TRUNCATE.match(arguments)
            assert cut is not None, line
            steps.append(Step(file, length=int(cut[2])))
        else:
            steps.append(Step(file))
    return steps


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def acknowledged(steps: list[Step]) -> int:
    """Say what the dialer had taken as durable: the position that it has noted last."""
    noted = [step.data for step in steps if step.file.endswith("-owner") and step.data is not None]
    return int(noted[-1].split()[1]) if noted else 0


def image_after(steps: list[Step], random: Random) -> dict[str, bytearray]:
    """Keep each file's synced writes, and any part of the others, in any order of survival."""
    synced = {step.file: place for place, step in enumerate(steps) if step.is_sync}
    files: dict[str, bytearray] = {}
    survival = random.choice((0.0, 0.5, 1.0))
    for place, step in enumerate(steps):
        if not step.is_sync and (place < synced.get(step.file, -1) or random.random() < survival):
            step.apply(files)
    return files


@pytest.mark.timeout(300)
def test_after_a_power_cut_all_that_was_acknowledged_is_there(folder: Path, tmp_path: Path) -> None:
    calls = "pwrite64,fdatasync,ftruncate"
    done = shell(folder, f"exec strace -f -qq -y -xx -s 1000000 -o strace.txt -e trace={calls} {RUN}")
    assert done.returncode == 0, done.stderr
    steps = read_trace(folder / "strace.txt")
    assert sum(step.is_sync for step in steps) > 20
    positions = set()
    for seed in range(IMAGES):
        random = Random(seed)
        cut = random.randrange(len(steps))
        place = tmp_path / f"image{seed}"
        place.mkdir()
        for name, content in image_after(steps[:cut], random).items():
            (place / name).write_bytes(content)

        journal = SqliteJournal(place / "run.journal")
        recovered = journal.recover()
        journal.close()

        position = 0 if recovered is None else recovered.position
        assert position >= acknowledged(steps[:cut]), f"seed {seed}, after {cut} of {len(steps)} steps"
        positions.add(position)
        shutil.rmtree(place)
    assert len(positions) > IMAGES // 10
