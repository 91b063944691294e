"""Which journal `trunkline run` dials by, and what it finds there."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import ConfigError, JournalDamaged
from runtime.journal.sqlite import SqliteJournal
from runtime.journal.sqlite.journal import set_aside
from runtime.observe.events import Event
from trunkline.config import Problem
from trunkline.log_tail import read_tail
from trunkline.recovered_lines import missing_lines


@dataclass(frozen=True)
class JournalPlan:
    """The journal to dial by, and how to take what is there."""

    path: Path
    fresh: bool
    accept_loss: bool


def journal_path(config: str, given: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Choose the journal's file.

    What is given; else the configuration's name with `.journal`, beside it;
    else, where that can't be written and there is none yet, in the XDG state
    folder.
    """
    if given == "-":
        raise ConfigError([Problem("a journal is a file; name one", "--journal")])
    if given is not None:
        return Path(given)
    state = _state_folder(environ)
    if config == "-":
        return _in_state(state, Path.cwd() / "standard-input", beside=None)
    beside = Path(config).with_suffix(".journal")
    if beside.exists():
        return beside
    elsewhere = None if state is None else state / _name(Path(config))
    if os.access(beside.parent, os.W_OK) and not _is_there(elsewhere):
        return beside
    return _in_state(state, Path(config), beside=beside.parent)


def _state_folder(environ: Mapping[str, str]) -> Path | None:
    """Give the folder for what outlives a process; None for a user who has no home.

    A relative `XDG_STATE_HOME` doesn't count, as its specification says.
    """
    given = environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(given):
        return Path(given) / "trunkline"
    try:
        return Path.home() / ".local" / "state" / "trunkline"
    except RuntimeError:
        return None


def _is_there(path: Path | None) -> bool:
    """Tell whether a file is there; where that can't be seen it isn't ours."""
    try:
        return path is not None and path.exists()
    except OSError:
        return False


def _in_state(state: Path | None, config: Path, beside: Path | None) -> Path:
    """Place a journal in the state folder, made if need be; ConfigError where it can't be written."""
    if state is not None and (_can_be_made(state) or _is_there(state / _name(config))):
        return state / _name(config)
    folders = [str(folder.absolute()) for folder in (beside, state) if folder is not None]
    where = " and ".join(folders) or "the state folder of a user without a home"
    raise ConfigError([Problem(f"{where} can't be written; name a file for the journal", "--journal")])


def _can_be_made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _name(config: Path) -> str:
    """Name a journal that doesn't stand beside its configuration: two may have one name."""
    place = hashlib.sha256(str(config.absolute()).encode()).hexdigest()[:8]
    return f"{config.stem}-{place}.journal"


def open_journal(plan: JournalPlan) -> SqliteJournal:
    """Open the journal; an old one that is put aside is named on standard error."""
    if plan.fresh:
        aside = set_aside(plan.path, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
        if aside is not None:
            print(f"trunkline: the earlier journal is {aside} now", file=sys.stderr)
    return SqliteJournal(plan.path, accept_loss=plan.accept_loss)


def lines_to_add(journal: SqliteJournal, log_file: str | None, *, accept_loss: bool) -> list[Event]:
    """Return the lines that a crash has kept from the log.

    Raises JournalDamaged where the log is ahead: the journal has lost its end.
    """
    recovered = journal.recover()
    if recovered is None or log_file in (None, "-"):
        return []
    tail = read_tail(Path(str(log_file)), recovered.run)
    if tail.last > recovered.position and not accept_loss:
        raise JournalDamaged(
            str(journal.path),
            f"the log {log_file} is ahead of it: it tells of entry {tail.last}, the journal ends with "
            f"{recovered.position}. What is missing was dialed and would be dialed again; "
            "--accept-loss goes on all the same",
        )
    return list(missing_lines(journal, recovered, tail))
