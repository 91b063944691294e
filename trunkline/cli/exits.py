"""The exit codes, by name."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STALLED = 3
    VIOLATION = 4
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "the run failed",
    Exit.USAGE: "usage or configuration",
    Exit.STALLED: "stalled, or a threshold failed",
    Exit.VIOLATION: "an audit found a violation",
    Exit.INTERRUPTED: "interrupted, calls in progress have ended",
    Exit.TERMINATED: "terminated, calls in progress have ended",
}
EPILOG = "Exit codes: " + ", ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items()) + "."
