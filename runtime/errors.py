"""Every exception that Trunkline raises on purpose.

TrunklineError
├── ConfigError          a configuration that can't be used; `problems` lists them all
├── ContactsError        a contacts file that can't be read; `file`, `row`, `byte`
├── EngineError          the engine can't do what was asked of it
│   ├── EngineClosed     … because it is closed or closing
│   ├── UnknownName      … because no such number, campaign, connection, tenant or contact; `kind`, `name`
│   ├── ContactRefused   … because a contact can't be added; `contact`, `reason`
│   └── ActorFailed      … because one of its actors crashes again and again
├── JournalError         the journal can't be used; `path`, `reason`
│   ├── JournalInUse     … because another process has it; `pid`
│   ├── JournalDamaged   … because it was cut or altered
│   └── JournalContradicted … because the configuration says otherwise; `reasons`
├── LogError             the log can't be written; `path`, `reason`
├── LogLineError         a line in a log isn't one; `line`, counted from 1
├── LogNotAudited        a log can't be audited; `path`, `line`, `reason`
└── KernelError          the actor runtime was used wrongly
    ├── NoActorSystem    … no running ActorSystem where one is needed
    └── WouldDeadlock    … `get()` on an unresolved future on the loop's own thread
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Problem(Protocol):
    """One thing wrong with a configuration, ready to print."""

    def __str__(self) -> str: ...

    def render(self) -> str:
        """Return the problem with the line that it stands in."""
        ...


class TrunklineError(Exception):
    """Base of everything Trunkline raises on purpose."""


class ConfigError(TrunklineError):
    """A configuration that can't be used."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ContactsError(TrunklineError):
    """A contacts file that can't be read at all."""

    def __init__(self, file: str, reason: str, *, row: int | None = None, byte: int | None = None) -> None:
        self.file = file
        self.reason = reason
        self.row = row
        self.byte = byte
        place = file if row is None else f"{file}: row {row}"
        super().__init__(f"{place}: {reason}")


class EngineError(TrunklineError):
    """The engine can't do what was asked of it."""


class EngineClosed(EngineError):
    """The engine is closed or closing."""


class UnknownName(EngineError):
    """Nothing goes by this name."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"no {kind} {name!r}")


class ContactRefused(EngineError):
    """A contact can't be added."""

    def __init__(self, contact: str, reason: str) -> None:
        self.contact = contact
        self.reason = reason
        super().__init__(f"contact {contact!r} refused: {reason}")


class ActorFailed(EngineError):
    """One of the engine's actors crashes again and again."""


class JournalError(TrunklineError):
    """The journal can't be used."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class JournalInUse(JournalError):
    """Another process dials by this journal."""

    def __init__(self, path: str, pid: int | None) -> None:
        self.pid = pid
        who = "another process" if pid is None else f"process {pid}"
        super().__init__(path, f"{who} is dialing by this journal")


class JournalDamaged(JournalError):
    """The journal was cut or altered: what was acknowledged is not all there."""


class JournalContradicted(JournalError):
    """The configuration contradicts what the journal's run has begun with."""

    def __init__(self, reasons: Sequence[str], path: str = "the journal") -> None:
        self.reasons = tuple(reasons)
        super().__init__(path, "the configuration contradicts this journal: " + "; ".join(reasons))


class LogError(TrunklineError):
    """The log can't be written."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: the log can't be written: {reason}")


class LogLineError(TrunklineError):
    """A line in a log isn't one, and no crash explains it."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line} of the log is no JSON object")


class LogNotAudited(TrunklineError):
    """A log can't be audited: it can't be read, or it isn't whole.

    `line` counts from 1 in the file `path`; each may be unknown.
    """

    def __init__(self, reason: str, *, line: int | None = None, path: str | None = None) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        place = path or "the log"
        super().__init__(f"{place if line is None else f'{place}:{line}'}: {reason}")


class KernelError(TrunklineError):
    """The actor runtime was used wrongly."""


class NoActorSystem(KernelError):
    """No running ActorSystem where one is needed."""


class WouldDeadlock(KernelError):
    """Waiting here would stop the loop that has to bring the result."""
