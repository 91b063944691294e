"""Measure how fast contacts are read.

    python -m bench.contacts [--rows N] [--seed N] [--json] [--quick]

Three files of the same people are read to the end by the whole pipeline
(decoding, splitting, phone, timezones, duplicates): written as E.164, as
people write them abroad, and as they write them at home. Beside it, in the
same run, what phonenumbers alone takes to parse and validate the same
numbers, and what csv alone takes to split the same file. A second is one of
the CPU: what a core does.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import time
from collections.abc import Sequence
from functools import partial

import phonenumbers
from phonenumbers import PhoneNumberFormat

from actors.pool.numbering import read_international
from bench.figures import Cell, Figures, Ratio, parser, present
from bench.turns import Stopwatch, in_turns
from trunkline.contacts import ContactIntake, ContactRow, read_contacts

REGIONS = ("US", "GB", "DE", "FR", "IT", "BR")
WRITINGS = {
    "e164": PhoneNumberFormat.E164,
    "international": PhoneNumberFormat.INTERNATIONAL,
    "national": PhoneNumberFormat.NATIONAL,
}


def numbers(count: int, seed: int, regions: tuple[str, ...]) -> list[phonenumbers.PhoneNumber]:
    """Draw distinct valid numbers around the regions' examples."""
    rnd = random.Random(seed)
    drawn: dict[str, phonenumbers.PhoneNumber] = {}
    while len(drawn) < count:
        example = phonenumbers.example_number_for_type(
            rnd.choice(regions), phonenumbers.PhoneNumberType.MOBILE
        )
        assert example is not None
        national = list(phonenumbers.national_significant_number(example))
        for place in range(2, len(national)):
            national[place] = rnd.choice("0123456789")
        reading = read_international(f"{example.country_code}{''.join(national)}")
        if reading is not None and reading.valid:
            drawn[reading.e164] = phonenumbers.PhoneNumber(
                country_code=int(reading.calling_code), national_number=int(reading.national)
            )
    return list(drawn.values())


def measure(options: argparse.Namespace) -> Figures:
    rows, rounds = (200, 1) if options.quick else (options.rows, options.rounds)
    table: list[dict[str, Cell]] = []
    ratios: list[Ratio] = []
    for writing, form in WRITINGS.items():
        # A national writing is read in one region; the others mix six.
        regions, default = (("GB",), "GB") if writing == "national" else (REGIONS, None)
        texts = [phonenumbers.format_number(one, form) for one in numbers(rows, options.seed, regions)]
        content = "id,phone,name\n" + "".join(f'c{row},"{text}",Ada\n' for row, text in enumerate(texts))
        encoded = content.encode()
        sample = texts[: max(1, rows // 50)]
        taken = in_turns(
            {
                "read": partial(_read, encoded, default, rows),
                "csv": partial(_split, content, rows),
                "phonenumbers": partial(_parse, sample, default),
            },
            rounds,
        )
        ours, alone = taken["read"].cpu / rows, taken["phonenumbers"].cpu / len(sample)
        table.append(
            {
                "writing": writing,
                "rows": rows,
                "rows/s": round(1 / ours),
                "csv alone": round(rows / taken["csv"].cpu),
                "phonenumbers alone": round(1 / alone),
            }
        )
        ratios.append(Ratio(f"rows/s to phonenumbers alone, {writing}", alone / ours))
        ratios.append(
            Ratio(f"thousand rows/s, {writing}", 1e-3 / ours, at_least=20 if writing == "national" else 50)
        )
    return Figures("contacts", {"rows": rows, "rounds": rounds, "seed": options.seed}, table, ratios)


def _read(encoded: bytes, default: str | None, rows: int, stopwatch: Stopwatch) -> None:
    intake = ContactIntake(default_region=default, now=time.time)
    with stopwatch:
        read = sum(isinstance(row, ContactRow) for row in read_contacts(io.BytesIO(encoded), intake))
    assert read == rows, f"{read} of {rows} rows can be dialed"


def _split(content: str, rows: int, stopwatch: Stopwatch) -> None:
    with stopwatch:
        split = sum(1 for _ in csv.reader(io.StringIO(content, newline=""), strict=True)) - 1
    assert split == rows


def _parse(texts: list[str], default: str | None, stopwatch: Stopwatch) -> None:
    with stopwatch:
        valid = sum(phonenumbers.is_valid_number(phonenumbers.parse(text, default)) for text in texts)
    assert valid == len(texts)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser("contacts", "How fast contacts are read.")
    options.add_argument("--rows", type=int, default=100_000, help="of each file (default: 100000)")
    options.add_argument("--rounds", type=int, default=3, help="turns of each way (default: 3)")
    present(options, measure, arguments)


if __name__ == "__main__":
    main()
