from __future__ import annotations

from pathlib import Path

from runtime.observe.events_page import events_page
from runtime.observe.reference import describe_events

PAGE = Path(__file__).parents[3] / "docs" / "events.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == events_page(), (
        "write it anew: python -m runtime.observe.events_page > docs/events.md"
    )


def test_the_page_has_every_event_and_field() -> None:
    page = events_page()

    for row in describe_events():
        section = page.split(f"### {row.event}\n", 1)[1].split("\n###", 1)[0]
        for field in row.fields:
            assert f"| `{field.name}` | {field.type} |" in section


def test_no_text_breaks_a_table() -> None:
    widths = [
        line.replace("\\|", "").count("|") for line in events_page().splitlines() if line.startswith("|")
    ]

    assert set(widths) == {3, 4}
