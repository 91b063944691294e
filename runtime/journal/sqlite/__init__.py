"""The journal in a file: sqlite3, one writer, grouped commits."""

from __future__ import annotations

from runtime.journal.sqlite.journal import SqliteJournal

__all__ = ["SqliteJournal"]
