"""`trunkline journal`: look into a journal, also while somebody dials by it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from trunkline.cli.options import Json, option
from trunkline.cli.refusals import usage

JournalPath = Annotated[str, typer.Argument(metavar="JOURNAL", help="The journal's file.")]
Campaign = Annotated[str | None, option("campaign", "Only of this campaign.")]
JsonLines = Annotated[bool, option("json", "Print JSON, one object a line.")]

app = typer.Typer(
    name="journal",
    help="Look into a journal, also while somebody dials by it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _file(journal: str) -> Path:
    path = Path(journal)
    try:
        is_there = path.exists()
    except OSError as error:
        raise usage(f"{path}: it can't be read: {error.strerror}") from None
    if not is_there:
        raise usage(f"{path}: there is no such journal")
    if path.is_dir():
        raise usage(f"{path}: this is a folder; a journal is a file")
    return path


class What(str, Enum):
    """What is exported."""

    CONTACTS = "contacts"
    ATTEMPTS = "attempts"
    ENTRIES = "entries"


@app.command(epilog="Example: trunkline journal show pilot.journal")
def show(journal: JournalPath, json_output: Json = False) -> None:
    """Print what the run has come to: lives, campaigns, changes, calls in doubt."""
    from runtime.journal.sqlite.journal import verify
    from trunkline.history import as_table

    _, entries, recovered = verify(_file(journal))
    table = {"entries": entries} if recovered is None else as_table(recovered)
    if json_output:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(table), indent=2) + b"\n")
        return
    for name, value in table.items():
        if isinstance(value, list):
            print(f"{name}: {len(value)}")
            for row in value:
                print(f"  {_line(row)}")
        elif isinstance(value, float):  # seconds since the epoch
            print(f"{name}: {datetime.fromtimestamp(value, UTC).isoformat()}")
        else:
            print(f"{name}: {_line(value) if isinstance(value, Mapping) else value}")


@app.command(epilog="Example: trunkline journal contacts pilot.journal --campaign spring > contacts.csv")
def contacts(journal: JournalPath, campaign: Campaign = None, json_output: JsonLines = False) -> None:
    """Print every contact: how often it was called, where it stands, what it waits for."""
    from trunkline.journal_rows import contact_rows

    _write(contact_rows(_file(journal), campaign), as_json=json_output)


@app.command(epilog="Example: trunkline journal attempts pilot.journal --json")
def attempts(journal: JournalPath, campaign: Campaign = None, json_output: JsonLines = False) -> None:
    """Print every attempt: when, from which number, what became of it."""
    from trunkline.journal_rows import attempt_rows

    _write(attempt_rows(_file(journal), campaign), as_json=json_output)


@app.command(epilog="Example: trunkline journal export pilot.journal --json > entries.jsonl")
def export(
    journal: JournalPath,
    what: Annotated[What, option("what", "What to print.")] = What.ENTRIES,
    campaign: Campaign = None,
    json_output: JsonLines = False,
) -> None:
    """Print everything that the journal holds, entry by entry, as JSON lines; or its tables."""
    from trunkline.journal_rows import attempt_rows, contact_rows, entry_rows

    match what:
        case What.CONTACTS:
            _write(contact_rows(_file(journal), campaign), as_json=json_output)
        case What.ATTEMPTS:
            _write(attempt_rows(_file(journal), campaign), as_json=json_output)
        case What.ENTRIES:
            _write(entry_rows(_file(journal)), as_json=True)


@app.command(epilog="Example: trunkline journal verify pilot.journal")
def verify(journal: JournalPath, json_output: Json = False) -> None:
    """Check that nothing is missing and nothing was altered; exit 1 where it was."""
    from runtime.journal.sqlite.journal import verify as verify_file

    batches, entries, recovered = verify_file(_file(journal))
    in_doubt = 0 if recovered is None else len(recovered.in_doubt)
    if json_output:
        print(msgspec.json.encode({"batches": batches, "entries": entries, "in_doubt": in_doubt}).decode())
    else:
        print(f"{journal}: {entries} entries in {batches} batches, nothing is missing or was altered")
        print(f"calls in doubt: {in_doubt}")


def _line(row: Mapping[str, Any]) -> str:
    parts = []
    for name, value in row.items():
        shown = _line(value) if isinstance(value, Mapping) else value
        parts.append(f"{name}={shown}" if not isinstance(value, Mapping) else f"{name}: {shown}")
    return ", ".join(parts)


def _write(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
        return
    writer: Any = None
    for row in _dated(rows):
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)


def _dated(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Write times as people read them; in JSON they are seconds since the epoch."""
    for row in rows:
        yield {
            name: datetime.fromtimestamp(value, UTC).isoformat(timespec="microseconds")
            if name in ("at", "due", "ended_at") and value is not None
            else value
            for name, value in row.items()
        }
