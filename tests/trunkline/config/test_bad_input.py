"""Everything that can be wrong with a configuration file, and what is said of it.

Each case is the sound configuration with one edit. An edit is a pair (what is
replaced, by what), text that is added at the end, or a whole file as bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import ConfigError
from trunkline.config import load_config

Edit = tuple[str, str] | str | bytes

CASES: dict[str, tuple[Edit, str]] = {
    "five thousand opening brackets": (b"a = " + b"[" * 5000, ":1:21: nested deeper than 16; no option is"),
    "five thousand opening braces": (b"a = " + b"{a=" * 5000, ":1:53: nested deeper than 16; no option is"),
    "five thousand dots in a key": (b"a." * 5000 + b"a = 1", ":1:34: nested deeper than 16; no option is"),
    "an unclosed quote": (('"acme"', '"acme'), ":2:8: a quote is opened here and not closed"),
    "an unclosed single quote": (('"acme"', "'acme"), ":2:8: a quote is opened here and not closed"),
    "an unclosed long quote": ('x = """abc\n', ":28:5: a quote is opened here and not closed"),
    "an unclosed list": ("x = [1, 2\n", ':28:5: "[" is opened here and not closed'),
    "an unclosed table": ("x = {a = 1, ", ':28:5: "{" is opened here and not closed'),
    "a NUL": (("acme", "ac\x00me"), ":2:11: a NUL byte; a configuration is text"),
    "not UTF-8": (
        b'[[tenants]]\nname = "caf\xe9"\n',
        ":2:12: byte 23 (0xe9) is not UTF-8; save the file as UTF-8",
    ),
    "UTF-16": (
        b"\xff\xfe[\x00[\x00t\x00e\x00n\x00a\x00n\x00t\x00s\x00]\x00]\x00\n\x00",
        ":1:1: byte 0 (0xff) is not UTF-8; save the file as UTF-8",
    ),
    "not TOML at all": (
        b"id,phone\n1,+14155550100\n",
        ":1:3: not TOML: expected '=' after a key in a key/value pair",
    ),
    "JSON": (b'{"tenants": []}', ":1:1: not TOML: invalid statement"),
    "text without quotes": (
        ('name = "acme"', "name = acme"),
        ':2:8: not TOML: no value; text stands in quotes: "acme"',
    ),
    "True in capitals": ("keep_open = True\n", ":28:13: not TOML: write true in small letters"),
    "a key without a value": ("keep_open =\n", ":28:12: not TOML: a value is missing"),
    "a key without its equals sign": (
        "keep_open\n",
        ":28:10: not TOML: expected '=' after a key in a key/value pair",
    ),
    "a key that stands twice": (
        "contacts = 'b.csv'\n",
        ":28:1: campaigns[0].contacts: stands twice; first in line 27",
    ),
    "a table that stands twice": ("\n[run]\n\n[run]\n", ":31:1: run: stands twice; first in line 29"),
    "two statements on a line": (
        "keep_open = true recording = true\n",
        ":28:18: not TOML: expected newline or end of document after a statement",
    ),
    "an escape that is none": (
        ('"contacts.csv"', '"C:\\contacts.csv"'),
        ':27:17: not TOML: a backslash begins an escape; write "\\\\", or the text in single quotes',
    ),
    "an integer of five thousand digits": (
        "priority = " + "9" * 5000 + "\n",
        ":28:12: not TOML: a number of thousands of digits",
    ),
    "a date that isn't one": (
        "start_at = 2026-02-30T09:00:00Z\n",
        ":28:12: not TOML: invalid date or datetime",
    ),
    "an unknown key": (
        ('\nconnection = "east"', '\nconnection = "east"\nenabld = true'),
        ':17:1: numbers[0].enabld: unknown key; one of "number", "tenant", "connection", "status", "max_concurrent", "max_calls_per_day", "timezone", "simulated"',
    ),
    "a mistyped key that is needed": (
        ('connection = "east"', 'conection = "east"'),
        ':16:1: numbers[0].conection: unknown key; did you mean "connection"?',
    ),
    "a key of another table": (
        ("max_concurrent = 40", "max_concurrent = 40\nmax_attempts = 3"),
        ":4:1: tenants[0].max_attempts: unknown key; it is an option of [[campaigns]]",
    ),
    "a key unlike any": (
        ("max_concurrent = 40", "max_concurrent = 40\nzzz = 3"),
        ':4:1: tenants[0].zzz: unknown key; one of "name", "max_concurrent"',
    ),
    "an unknown table": ("\n[runn]\nseed = 1\n", ':29:2: runn: unknown key; did you mean "run"?'),
    "a mistyped list of tables": (
        ("[[campaigns]]", "[[campaign]]"),
        ':23:3: campaign: unknown key; did you mean "campaigns"?',
    ),
    "a list of tables written as one": (
        ("[[campaigns]]", "[campaigns]"),
        ":23:1: campaigns: must be a list of tables, not a table; write [[campaigns]]",
    ),
    "a table written as a list": (
        "\n[[run]]\nseed = 1\n",
        ":29:1: run: must be one table, not a list; write [run]",
    ),
    "a value where a table stands": (
        ("\n[[campaigns]]", '\n[scenario]\nevents = ["x"]\n\n[[campaigns]]'),
        ':24:11: scenario.events[0]: must be a table, not "x"; write [[scenario.events]]',
    ),
    "a missing key": (("max_concurrent = 40\n", ""), ':1:1: tenants[0]: missing key "max_concurrent"'),
    "no primary": (('primary = "+14155550100"\n', ""), ':23:1: campaigns[0]: missing key "primary"'),
    "a boolean for a count": (
        ("max_concurrent = 40", "max_concurrent = true"),
        ":3:18: tenants[0].max_concurrent: must be a whole number, not true",
    ),
    "text for a count": (
        ("max_concurrent = 40", 'max_concurrent = "40"'),
        ':3:18: tenants[0].max_concurrent: must be a whole number, not "40"; leave out the quotes',
    ),
    "a fraction for a count": (
        ("max_concurrent = 40", "max_concurrent = 40.5"),
        ":3:18: tenants[0].max_concurrent: must be a whole number, not 40.5",
    ),
    "a negative count": (
        ("max_concurrent = 40", "max_concurrent = -40"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not -40",
    ),
    "a count of nothing": (
        ("max_concurrent = 40", "max_concurrent = 0"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not 0",
    ),
    "a count over a million": (
        ("max_concurrent = 40", "max_concurrent = 1_000_001"),
        ":3:18: tenants[0].max_concurrent: must be 1 to 1,000,000, not 1000001",
    ),
    "a number for a name": (('"acme"', "7"), ":2:8: tenants[0].name: must be text, not 7; put it in quotes"),
    "an empty name": (('"acme"', '""'), ":2:8: tenants[0].name: must not be empty"),
    "a name with a line break": (
        ('"acme"', '"ac\\nme"'),
        ':2:8: tenants[0].name: "ac\\nme" must be printable, without a space at either end',
    ),
    "an escape sequence in a name": (
        ('"acme"', '"\\u001b[31macme"'),
        ':2:8: tenants[0].name: "\\x1b[31macme" must be printable, without a space at either end',
    ),
    "a list for a name": (('"acme"', '["acme"]'), ":2:8: tenants[0].name: must be text, not a list"),
    "text for a boolean": (
        'keep_open = "yes"\n',
        ':28:13: campaigns[0].keep_open: must be true or false, not "yes"',
    ),
    "a number for a boolean": (
        "recording = 1\n",
        ":28:13: campaigns[0].recording: must be true or false, not 1",
    ),
    "a second tenant of the same name": (
        (
            '\n[[connections]]\nname = "east"',
            '\n[[tenants]]\nname = "acme"\nmax_concurrent = 1\n\n[[connections]]\nname = "east"',
        ),
        ':6:8: tenants[1].name: "acme" stands twice; first in tenants[0]',
    ),
    "a second connection of the same name": (
        '\n[[connections]]\nname = "east"\nmax_concurrent = 1\n',
        ':30:8: connections[2].name: "east" stands twice; first in connections[0]',
    ),
    "the same number written otherwise": (
        '\n[[numbers]]\nnumber = "+1 (415) 555-0100"\nconnection = "east"\n',
        ':30:10: numbers[2].number: "+14155550100" stands twice; first in numbers[0]',
    ),
    "a second campaign of the same name": (
        '\n[[campaigns]]\nname = "spring"\nprimary = "+14155550100"\n',
        ':30:8: campaigns[1].name: "spring" stands twice; first in campaigns[0]',
    ),
    "a number twice in the pool": (
        ('["+14155550100", "+4', '["+14155550100", "+1 415 555 0100", "+4'),
        ':26:25: campaigns[0].pool[1]: "+14155550100" stands twice in the pool',
    ),
    "a number written nationally": (
        ('number = "+14155550100"', 'number = "(415) 555-0100"'),
        ':15:10: numbers[0].number: "(415) 555-0100" must be written internationally, as in "+14155550100"',
    ),
    "a number written with 00": (
        ('number = "+14155550100"', 'number = "00 1 415 555 0100"'),
        ':15:10: numbers[0].number: "00 1 415 555 0100" must be written internationally, as in "+14155550100"',
    ),
    "a number with letters": (
        ('number = "+14155550100"', 'number = "+1 800 FLOWERS"'),
        ':15:10: numbers[0].number: "+1 800 FLOWERS" is no phone number; write it as in "+14155550100"',
    ),
    "a number that is too short": (
        ('number = "+14155550100"', 'number = "+1415555"'),
        ':15:10: numbers[0].number: "+1415555" is no valid phone number: too short',
    ),
    "a number in no range": (
        ('number = "+14155550100"', 'number = "+14150000100"'),
        ':15:10: numbers[0].number: "+14150000100" is no valid phone number: no such range in its country',
    ),
    "a number of no country": (
        ('number = "+14155550100"', 'number = "+999155550100"'),
        ':15:10: numbers[0].number: "+999155550100" is no valid phone number: no such country code, or too few or too many digits',
    ),
    "a number without quotes": (
        ('number = "+14155550100"', "number = 14155550100"),
        ':15:10: numbers[0].number: must be text, not 14155550100; put it in quotes, as in "+14155550100"',
    ),
    "a number not in the inventory": (
        ('primary = "+14155550100"', 'primary = "+14155550101"'),
        ':25:11: campaigns[0].primary: "+14155550101" is not in the inventory; did you mean "+14155550100"?',
    ),
    "an unknown connection": (
        ('connection = "east"', 'connection = "eats"'),
        ':16:14: numbers[0].connection: no connection "eats"; did you mean "east"?',
    ),
    "an unknown tenant": (
        'tenant = "acne"\n',
        ':28:10: campaigns[0].tenant: no tenant "acne"; did you mean "acme"?',
    ),
    "an unknown carrier": (
        ('name = "east"', 'name = "east"\ncarrier = "simulatd"'),
        ':7:11: connections[0].carrier: no carrier "simulatd"; did you mean "simulated"?',
    ),
    "an unknown option of the simulated carrier": (
        ('name = "east"', 'name = "east"\noptions.answer_rat = 0.1'),
        ':7:9: connections[0].options.answer_rat: unknown key; did you mean "answer_rate"?',
    ),
    "a rate above one": (
        ('name = "east"', 'name = "east"\noptions.answer_rate = 1.5'),
        ":7:23: connections[0].options.answer_rate: must be 0 to 1, not 1.5",
    ),
    "rates that add up to more than one": (
        ('name = "east"', 'name = "east"\noptions.answer_rate = 0.9'),
        ":7:23: connections[0].options.answer_rate: answer_rate 0.9 + voicemail_rate 0.25 + busy_rate 0.05 + reject_rate 0.02 + failure_rate 0.01 = 1.23 of the attempts; the sum must be at most 1",
    ),
    "a change without its time": (
        ('name = "east"', 'name = "east"\noptions.changes = [{answer_rate = 0.1}]'),
        ':7:20: connections[0].options.changes[0]: missing key "at"',
    ),
    "a change that changes nothing": (
        ('name = "east"', 'name = "east"\noptions.changes = [{at = "1h"}]'),
        ":7:20: connections[0].options.changes[0]: names a time but nothing that changes then",
    ),
    "a number's rates over its connection's": (
        ('connection = "east"', 'connection = "east"\nsimulated.busy_rate = 0.9'),
        ":17:23: numbers[0].simulated.busy_rate: answer_rate 0.3 + voicemail_rate 0.25 + busy_rate 0.9 + reject_rate 0.02 + failure_rate 0.01 = 1.48 of the attempts; the sum must be at most 1",
    ),
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
    "a bad duration": (
        'max_ring_seconds = "45 sec"\n',
        ':28:20: campaigns[0].max_ring_seconds: "45 sec" is no duration; write a number of seconds or "30s", "15m", "2h", "1d"',
    ),
    "a negative duration": (
        "max_ring_seconds = -45\n",
        ":28:20: campaigns[0].max_ring_seconds: a duration must not be negative: -45",
    ),
    "a duration of nothing": (
        "max_call_seconds = 0\n",
        ":28:20: campaigns[0].max_call_seconds: must be longer than 0 seconds",
    ),
    "a duration that is not a number": (
        "max_call_seconds = nan\n",
        ":28:20: campaigns[0].max_call_seconds: must be a number of seconds, not nan",
    ),
    "a duration of years": (
        'retry_after.busy = "400d"\n',
        ':28:20: campaigns[0].retry_after.busy: a duration is at most 366 days, not "400d"',
    ),
    "a boolean for a duration": (
        "retry_after.busy = true\n",
        ':28:20: campaigns[0].retry_after.busy: must be a number of seconds or "30s", "15m", "2h", "1d", not true',
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
    "bad hours": (
        'calling_hours = "9-17"\n',
        ':28:17: campaigns[0].calling_hours: "9-17" are no hours; write them as in "09:00-17:30"',
    ),
    "hours that are none": (
        'calling_hours = "09:00-25:00"\n',
        ':28:17: campaigns[0].calling_hours: "09:00-25:00" names a time that isn\'t one; a day goes from 00:00 to 24:00',
    ),
    "hours that end when they start": (
        'calling_hours = "09:00-09:00"\n',
        ':28:17: campaigns[0].calling_hours: "09:00-09:00" starts when it ends; the whole day is "00:00-24:00"',
    ),
    "no hours": (
        "calling_hours = []\n",
        ":28:17: campaigns[0].calling_hours: an empty list would never call anybody; leave the option out to call at any hour",
    ),
    "a number for hours": (
        "calling_hours = 9\n",
        ':28:17: campaigns[0].calling_hours: must be hours as in "09:00-17:30" or a list of such, not 9',
    ),
    "an unknown day": (
        'calling_days = ["mon", "thr"]\n',
        ':28:16: campaigns[0].calling_days: no day "thr"; did you mean "thu"?',
    ),
    "no days": (
        "calling_days = []\n",
        ":28:16: campaigns[0].calling_days: an empty list would never call anybody; leave the option out to call on any day",
    ),
    "a day not in a list": (
        'calling_days = "mon"\n',
        ':28:16: campaigns[0].calling_days: must be a list of "mon" … "sun", not "mon"',
    ),
    "a time without its offset": (
        "start_at = 2026-03-01T09:00:00\n",
        ":28:12: campaigns[0].start_at: must say its offset from UTC, as in 2026-03-01T09:00:00Z or …+01:00",
    ),
    "a day for a time": (
        "start_at = 2026-03-01\n",
        ":28:12: campaigns[0].start_at: must be a time as in 2026-03-01T09:00:00Z, not a date or time",
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
    "exploration above one": (
        "exploration = 1.1\n",
        ":28:15: campaigns[0].exploration: must be 0 to 1, not 1.1",
    ),
    "a prior of nothing": (
        "prior_attempts = 0\n",
        ":28:18: campaigns[0].prior_attempts: must be above 0 and at most 1,000,000, not 0",
    ),
    "a list for the pool's number": (
        ('["+14155550100", "+4', '[["+14155550100"], "+4'),
        ":26:9: campaigns[0].pool[0]: must be text, not a list",
    ),
    "text for the pool": (
        ('pool = ["+14155550100", "+442071838750"]', 'pool = "+14155550100"'),
        ':26:8: campaigns[0].pool: must be a list, not "+14155550100"',
    ),
    "an unknown campaign to run": (
        '\n[run]\ncampaign = "sprng"\n',
        ':30:12: run.campaign: no campaign "sprng"; did you mean "spring"?',
    ),
    "a negative seed": (
        "\n[run]\nseed = -1\n",
        ":30:8: run.seed: must be 0 to 9,223,372,036,854,775,807, not -1",
    ),
    "an unknown log level": (
        '\n[run]\nlog_level = "warn"\n',
        ':30:13: run.log_level: "warn" is no value of this option; did you mean "warning"?',
    ),
    "a time scale of nothing": (
        "\n[run]\ntime_scale = 0\n",
        ":30:14: run.time_scale: must be above 0 and at most 1,000, not 0",
    ),
    "an unknown kind of event": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_numbr"\nnumber = "+14155550100"\n',
        ':31:8: scenario.events[0].kind: "flag_numbr" is no value of this option; did you mean "flag_number"?',
    ),
    "an event that lacks its number": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_number"\n',
        ':29:1: scenario.events[0]: missing key "number"; flag_number needs number',
    ),
    "an event with a key too many": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "tenant_cap"\nlimit = 3\ncampaign = "spring"\n',
        ":33:1: scenario.events[0].campaign: tenant_cap takes no campaign, only tenant, limit, factor and lasts",
    ),
    "an event about an unknown number": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "flag_number"\nnumber = "+14155550111"\n',
        ':32:10: scenario.events[0].number: "+14155550111" is not in the inventory; did you mean "+14155550100"?',
    ),
    "an event that adds what is there": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "add_number"\nnumber = "+14155550100"\nconnection = "east"\n',
        ':32:10: scenario.events[0].number: "+14155550100" is in the inventory already',
    ),
    "an event about an unknown campaign": (
        '\n[[scenario.events]]\nat = "5s"\nkind = "pause_campaign"\ncampaign = "autumn"\n',
        ':32:12: scenario.events[0].campaign: no campaign "autumn"; one of "spring"',
    ),
}


def edited(pilot: str, edit: Edit) -> bytes:
    if isinstance(edit, bytes):
        return edit
    if isinstance(edit, str):
        return (pilot + edit).encode()
    old, new = edit
    assert old in pilot
    return pilot.replace(old, new, 1).encode()


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_clear_error_at_its_place(
    pilot: str, tmp_path: Path, edit: Edit, expected: str
) -> None:
    file = tmp_path / "pilot.toml"
    file.write_bytes(edited(pilot, edit))
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    lines = [str(problem).removeprefix(str(file)) for problem in caught.value.problems]
    assert lines == [expected]
    assert "Traceback" not in caught.value.problems[0].render()


def test_the_sound_configuration_is_sound(pilot: str, tmp_path: Path) -> None:
    file = tmp_path / "pilot.toml"
    file.write_text(pilot)
    assert load_config(file).settings().campaigns[0].name == "spring"
