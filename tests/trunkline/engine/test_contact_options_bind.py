"""How contacts are read, and told of, in runs that go otherwise without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.trunkline.engine.pilots import (
    GB,
    LONDON,
    NEVER,
    US,
    grants,
    pilot,
)
from tests.trunkline.engine.stepping import run_stepped


def test_a_file_is_read_in_the_encoding_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(f"id,phone\nJos\xe9,{US[0]}\n".encode("latin-1"))
    tables = pilot(contacts="people.csv", contacts_encoding="latin-1")
    run = run_stepped(tables, tmp_path)
    assert {event.contact for event in run.named("contact.finished")} == {"José"}


def test_numbers_written_nationally_are_read_in_the_default_region(dial: Any) -> None:
    result, log = dial(pilot(default_region="GB", retry_after=NEVER), {"spring": ["020 7183 8750"]})
    assert grants(log)[0].to == LONDON
    assert dial(pilot(), {"spring": ["020 7183 8750"]})[0].campaigns["spring"].rejected == 1
    assert result.campaigns["spring"].rejected == 0


def test_phone_numbers_are_masked_in_the_log_if_wanted(dial: Any) -> None:
    def written(**options: Any) -> tuple[str, bool]:
        call = grants(dial(pilot(**options), {"spring": GB[11:12]})[1])[0]
        return call.to, call.party is None

    assert written() == ("+442071830011", True)
    assert written(log_phone_numbers="masked") == ("+44********11", False)
