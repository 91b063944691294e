"""The files that a new campaign starts from."""

from __future__ import annotations

CONFIG_NAME = "trunkline.toml"
CONTACTS_NAME = "contacts.csv"

CONFIG = """\
# A campaign to start from. Check it with `trunkline check trunkline.toml`,
# try it in virtual time with `trunkline simulate trunkline.toml`.

[[tenants]]
name = "acme"
max_concurrent = 10               # calls of this tenant at once

[[connections]]                   # a provider connection (trunk)
name = "east"
carrier = "simulated"             # calls nobody; the name of an adapter otherwise
max_concurrent = 8
# max_calls_per_second = 5

[[connections]]
name = "west"
carrier = "simulated"
max_concurrent = 6

[[numbers]]                       # the numbers to call from
number = "+14155552671"
connection = "east"
# max_concurrent = 5
# max_calls_per_day = 200

[[numbers]]
number = "+442071838750"
connection = "west"

[[campaigns]]
name = "pilot"
primary = "+14155552671"          # joins the pool by itself
pool = ["+442071838750"]
contacts = "contacts.csv"
default_region = "US"             # how numbers without a country code are read
max_attempts = 3
# calling_hours = "09:00-17:30"   # in the contact's own timezone
# default_timezone = "America/New_York"

[campaigns.retry_after]           # seconds, or "15m", "2h", "1d", "never"
no_answer = "2h"
busy = "15m"
"""

CONTACTS = """\
id,phone,timezone,name
1,(415) 555-2672,,Ana Adler
2,212-555-2368,America/New_York,Ben Brown
3,+44 20 7183 8751,,Cleo Costa
4,+44 121 234 5678,Europe/London,Dev Dubois
"""
