"""Words that an option doesn't know: of choices, results, zones, regions, encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trunkline.config.bad_input import Edit, said_of

CASES: dict[str, tuple[Edit, str]] = {
    "an unknown status": (
        ('"spam"', '"spm"'),
        ':21:10: numbers[1].status: "spm" is no value of this option; did you mean "spam"?',
    ),
    "an unknown rotation": (
        'rotation = "thomson"\n',
        ':28:12: campaigns[0].rotation: "thomson" is no value of this option; did you mean "thompson"?',
    ),
    "an unknown choice": (
        'match_when_full = "drop"\n',
        ':28:19: campaigns[0].match_when_full: "drop" is no value of this option; one of "wait", "spill"',
    ),
    "an unknown result in retry_after": (
        'retry_after.bussy = "1h"\n',
        ':28:13: campaigns[0].retry_after.bussy: neither an outcome nor a disposition; did you mean "busy"?',
    ),
    "an unlike result in retry_after": (
        'retry_after.later = "1h"\n',
        ':28:13: campaigns[0].retry_after.later: neither an outcome nor a disposition; one of "voicemail", "no_answer", "busy", "failed", "rejected", "canceled", "unknown", "completed", "callback", "hung_up"',
    ),
    "answered in retry_after": (
        'retry_after.answered = "1h"\n',
        ':28:13: campaigns[0].retry_after.answered: an answered call is decided by its disposition; one of "completed", "callback", "hung_up"',
    ),
    "a mistyped never": (
        'retry_after.busy = "nevr"\n',
        ':28:20: campaigns[0].retry_after.busy: "nevr" is neither a duration nor "never"; did you mean "never"?',
    ),
    "a value for the table retry_after": (
        'retry_after = "1h"\n',
        ':28:15: campaigns[0].retry_after: must be a table, not "1h"',
    ),
    "an outcome as a disposition": (
        'dispositions = ["busy"]\n',
        ':28:17: campaigns[0].dispositions[0]: "busy" is an outcome; name it otherwise',
    ),
    "a disposition twice": (
        'dispositions = ["sold", "sold"]\n',
        ':28:25: campaigns[0].dispositions[1]: "sold" stands twice',
    ),
    "an unknown timezone": (
        'default_timezone = "Europe/Berln"\n',
        ':28:20: campaigns[0].default_timezone: no timezone "Europe/Berln"; did you mean "Europe/Berlin"?',
    ),
    "a timezone in small letters": (
        ('connection = "east"', 'connection = "east"\ntimezone = "europe/berlin"'),
        ':17:12: numbers[0].timezone: no timezone "europe/berlin"; did you mean "Europe/Berlin"?',
    ),
    "a path as a timezone": (
        'default_timezone = "../../etc/passwd"\n',
        ':28:20: campaigns[0].default_timezone: no timezone "../../etc/passwd"',
    ),
    "a continent as a timezone": (
        'default_timezone = "Europe"\n',
        ':28:20: campaigns[0].default_timezone: no timezone "Europe"; did you mean "Europe/Rome"?',
    ),
    "an unknown region": (
        'default_region = "UK"\n',
        ':28:18: campaigns[0].default_region: no region "UK"; did you mean "GB"?',
    ),
    "a region in small letters": (
        'default_region = "us"\n',
        ':28:18: campaigns[0].default_region: no region "us"; did you mean "US"?',
    ),
    "a region that is none": (
        'default_region = "XX"\n',
        ':28:18: campaigns[0].default_region: no region "XX"; write two capital letters, as in "US"',
    ),
    "an unknown encoding": (
        'contacts_encoding = "cp1525"\n',
        ':28:21: campaigns[0].contacts_encoding: no text encoding "cp1525"; did you mean "cp1252"?',
    ),
    "an encoding of bytes": (
        'contacts_encoding = "hex"\n',
        ':28:21: campaigns[0].contacts_encoding: no text encoding "hex"',
    ),
    "an encoding of no file": (
        'contacts_encoding = "idna"\n',
        ':28:21: campaigns[0].contacts_encoding: no text encoding "idna"',
    ),
    "a NUL in a path": (
        '\n[run]\nsummary = "a\\u0000b"\n',
        ":30:11: run.summary: holds a NUL",
    ),
    "a delay of too many digits": (
        "\n[run]\nabort_on_fail = 1" + 4_000 * "0" + "\n",
        ":30:17: run.abort_on_fail: a duration is at most 366 days, not a number of more than 30 digits",
    ),
    "an unknown log level": (
        '\n[run]\nlog_level = "warn"\n',
        ':30:13: run.log_level: "warn" is no value of this option; did you mean "warning"?',
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    assert said_of(pilot, edit, tmp_path) == [expected]
