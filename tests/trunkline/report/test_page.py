"""report.html as a file: what is in it, in which order, and how big it is."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import ConfigError
from tests.trunkline.report.conftest import HOSTILE, Report, make_report, tables
from trunkline.cli import outputs
from trunkline.config import RunTable
from trunkline.report.page import render_report

NAME = HOSTILE.strip("\u2028").strip()


class Reader(HTMLParser):
    """Notes tags, ids, texts outside of scripts, and what each script holds."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in ("meta", "link", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data
        if self._open and self._open[-1] == "h2":
            self.headings.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_thresholds_come_first_and_the_command_last(report: Report) -> None:
    headings = read(report.html).headings

    assert headings[0] == "Thresholds"
    assert headings[-1] == "Run this again"
    assert {"Calls in progress", "Numbers", "Waiting", "Outcomes", "Tiers", "Retries"} < set(headings)


def test_names_are_text_and_never_markup(report: Report) -> None:
    reader = read(report.html)

    assert NAME in reader.text
    assert "labelled" in reader.text
    assert "a warning that says </script>" in reader.text
    assert "b" not in reader.tags or "<b>spring" not in report.html
    assert len(re.findall("</script", report.html)) == 3


def test_the_data_can_be_read_back(report: Report) -> None:
    (written,) = re.findall(
        r'<script type="application/json" id="report-data">(.*?)</script>', report.html, re.DOTALL
    )
    data: Any = json.loads(written)

    assert any("</script>labelled" in what for what in data["datasets"]["marks"]["what"])
    assert len(data["datasets"]["calls"]["t"]) == len(data["datasets"]["calls"]["total"])


def test_every_chart_has_a_place_a_name_and_a_table(report: Report) -> None:
    reader = read(report.html)
    (written,) = re.findall(r'id="report-data">(.*?)</script>', report.html, re.DOTALL)
    charts = [chart["id"] for chart in json.loads(written)["charts"]]

    assert sorted(charts) == sorted(set(charts))
    assert set(charts) <= set(reader.ids)
    assert report.html.count('role="img" aria-label="') == len(charts)
    assert reader.tags.count("table") >= 8
    assert reader.tags.count("caption") == reader.tags.count("table")


def test_nothing_in_it_leads_to_the_network(report: Report) -> None:
    markup = re.sub(r"<script.*?</script>", "", report.html, flags=re.DOTALL)

    assert "default-src &#x27;none&#x27;" in markup or "default-src 'none'" in markup
    assert not re.search(r"""(src|href)=|url\(|@import""", markup)


def test_equal_runs_have_equal_pages(report: Report) -> None:
    again = render_report(report.summary, report.timeline, report.counted)

    assert again == report.html


def test_forty_numbers_on_six_connections_take_less_than_two_megabytes(tmp_path: Path) -> None:
    big = make_report(tmp_path, tables(connections=6, numbers=40), contacts=400)

    assert 900_000 < len(big.html.encode()) < 2_000_000


def test_without_the_extra_it_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("trunkline.report.library.find_spec", lambda name: None)

    with pytest.raises(ConfigError) as caught:
        outputs.Outputs(RunTable.model_validate({"report": str(tmp_path / "report.html")}))

    assert [str(problem) for problem in caught.value.problems] == [
        "--report needs Vega-Lite: pip install 'trunkline[report]'"
    ]
