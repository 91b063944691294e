from __future__ import annotations

import pytest

PILOT = """\
[[tenants]]
name = "acme"
max_concurrent = 40

[[connections]]
name = "east"
max_concurrent = 25

[[connections]]
name = "west"
max_concurrent = 20
max_calls_per_second = 10

[[numbers]]
number = "+14155550100"
connection = "east"

[[numbers]]
number = "+442071838750"
connection = "west"
status = "spam"

[[campaigns]]
name = "spring"
primary = "+14155550100"
pool = ["+14155550100", "+442071838750"]
contacts = "contacts.csv"
"""


@pytest.fixture
def pilot() -> str:
    """A sound configuration; its last table is the campaign."""
    return PILOT
