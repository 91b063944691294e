"""Measure how fast contacts are read.

    python -m bench.contacts [--rows N] [--seed N] [--json]

Three files of the same people are read to the end by the whole pipeline
(decoding, splitting, phone, timezones, duplicates): written as E.164, as
people write them abroad, and as they write them at home. Beside it, in the
same run, what phonenumbers alone takes to parse and validate the same
numbers, and what csv alone takes to split the same file.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
import time
from collections.abc import Callable

import phonenumbers
from phonenumbers import PhoneNumberFormat

from actors.pool.numbering import read_international
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


def seconds(run: Callable[[], int], rows: int) -> float:
    """Take the best of three runs; each must account for all rows."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        done = run()
        best = min(best, time.perf_counter() - start)
        assert done == rows, f"{done} of {rows} rows"
    return best


def measure(rows: int, seed: int) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {}
    for writing, form in WRITINGS.items():
        # A national writing is read in one region; the others mix six.
        regions, default = (("GB",), "GB") if writing == "national" else (REGIONS, None)
        texts = [phonenumbers.format_number(number, form) for number in numbers(rows, seed, regions)]
        content = "id,phone,name\n" + "".join(f'c{row},"{text}",Ada\n' for row, text in enumerate(texts))
        encoded = content.encode()

        def read(encoded: bytes = encoded, default: str | None = default) -> int:
            intake = ContactIntake(default_region=default, now=time.time)
            return sum(isinstance(row, ContactRow) for row in read_contacts(io.BytesIO(encoded), intake))

        def split(content: str = content) -> int:
            return sum(1 for _ in csv.reader(io.StringIO(content, newline=""), strict=True)) - 1

        sample = texts[: max(1, rows // 50)]

        def plain(sample: list[str] = sample, default: str | None = default) -> int:
            return sum(phonenumbers.is_valid_number(phonenumbers.parse(text, default)) for text in sample)

        ours = rows / seconds(read, rows)
        theirs = len(sample) / seconds(plain, len(sample))
        figures[writing] = {
            "rows_per_second": round(ours),
            "csv_alone_per_second": round(rows / seconds(split, rows)),
            "phonenumbers_alone_per_second": round(theirs),
            "times_phonenumbers": round(ours / theirs, 1),
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast contacts are read.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = measure(options.rows, options.seed)
    if options.json:
        json.dump({"rows": options.rows, "seed": options.seed, "writings": figures}, sys.stdout)
        print()
        return
    print(f"{'writing':14} {'rows/s':>9} {'csv alone':>11} {'phonenumbers':>13} {'ratio':>7}")
    for writing, figure in figures.items():
        print(
            f"{writing:14} {figure['rows_per_second']:>9,.0f} {figure['csv_alone_per_second']:>11,.0f} "
            f"{figure['phonenumbers_alone_per_second']:>13,.0f} {figure['times_phonenumbers']:>6.1f}x"
        )


if __name__ == "__main__":
    main()
