"""What docs/report.md says of thresholds and of the summary is so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from trunkline.config import Config
from trunkline.summary import Summary
from trunkline.summary.tables import TABLES

PAGE = (Path(__file__).parents[2] / "docs/report.md").read_text()
BASE = """
[[tenants]]
name = "acme"
max_concurrent = 5

[[connections]]
name = "east"
max_concurrent = 5

[[numbers]]
number = "+14155550100"
connection = "east"

[[campaigns]]
name = "NAME"
primary = "+14155550100"
"""


def test_the_thresholds_of_the_page_are_thresholds(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "pilot.toml").write_text(BASE + example)

    assert len(Config.load(tmp_path / "pilot.toml").thresholds) == 5


def test_every_figure_that_the_page_names_is_one() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("| path | figure |")[2], re.M)
    paths = [path for row in rows for path in re.findall(r"`([^`]*)`", row)]
    named = [path.replace("connection.NAME", "connection.east") for path in paths]
    named = [path.replace("tenant.NAME", "tenant.acme") for path in named]
    texts = [f"{path} > 0" for path in named]

    config = Config.from_dict(
        {
            "tenants": [{"name": "acme", "max_concurrent": 5}],
            "connections": [{"name": "east", "max_concurrent": 5}],
            "numbers": [{"number": "+14155550100", "connection": "east"}],
            "campaigns": [{"name": "NAME", "primary": "+14155550100"}],
            "run": {"threshold": texts},
        }
    )

    assert len(config.thresholds) == len(texts) >= 12


def test_every_part_of_the_summary_is_on_the_page() -> None:
    for field in msgspec.structs.fields(Summary):
        assert f"`{field.name}`" in PAGE, field.name
    for table in TABLES:
        assert f"`{table}`" in PAGE
