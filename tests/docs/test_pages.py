"""The pages say what is so: links lead somewhere, examples run, tables agree with the code."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

import actors.messages
import runtime.calls
import runtime.journal.base
import runtime.journal.entries
from actors.messages import Reason
from trunkline.cli.exits import MEANINGS
from trunkline.cli.tables import print_summary
from trunkline.config.models import json_schema
from trunkline.config.page import configuration_page
from trunkline.engine import Engine
from trunkline.summary import SummaryCollector, summarize

ROOT = Path(__file__).parents[2]
SUMMARY = msgspec.structs.replace(summarize(SummaryCollector(), reason="finished"), seconds=12.0)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SVG = "{http://www.w3.org/2000/svg}"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", page.read_text())
    local = [target.partition("#")[0] for target in targets if "://" not in target]

    assert [target for target in local if target and not (page.parent / target).exists()] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    (contents,) = blocks("docs/index.md", "{toctree}")
    listed = {line for line in contents.splitlines() if line and not line.startswith(":")}

    assert listed == {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+)\.md\)", (ROOT / "README.md").read_text()))

    assert linked == {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}


def test_what_the_readme_shows_of_a_summary_is_laid_out_as_the_command_does() -> None:
    (shown,) = blocks("README.md", "text")
    out = Console(file=StringIO(), width=110, highlight=False)
    print_summary(out, SUMMARY)
    assert isinstance(out.file, StringIO)
    printed = out.file.getvalue().splitlines()

    head = [line for line in shown.splitlines() if "┃" in line]
    assert [re.sub(r"\s+", " ", line) for line in head] == [
        re.sub(r"\s+", " ", line) for line in printed if line.startswith("┃ number ")
    ]
    assert re.fullmatch(r"run [0-9a-f]{12}: finished after \d+ s, seed \d+", shown.splitlines()[0])
    assert re.fullmatch(r"attempts \d+, answered \d+ \(\d+\.\d %\)", shown.splitlines()[1])
    assert re.fullmatch(r"run : finished after 12 s, seed 0", printed[0])
    assert re.fullmatch(r"attempts 0, answered 0 \(–\)", printed[1])


def test_the_exit_codes_are_those_of_the_command() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.*) \|$", (ROOT / "docs/exit-codes.md").read_text(), re.M)

    assert rows == [(str(code.value), code.name, meaning) for code, meaning in MEANINGS.items()]


def test_the_folders_of_the_layout_are_there() -> None:
    folders = re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text(), re.M)

    assert folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_the_program_of_the_readme_runs_with_the_configuration_of_the_readme(tmp_path: Path) -> None:
    (program,) = blocks("README.md", "python")
    (configuration,) = blocks("README.md", "toml")
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "pilot.toml").write_text(configuration)
    (tmp_path / "contacts.csv").write_text("id,phone\nada,+44 20 7946 0018\nbob,+1 212 555 0123\n")

    done = run(tmp_path, "program.py")

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"spring: [0-2] of 2 reached with [2-6] calls\n", done.stdout)


def test_the_campaign_of_getting_started_can_be_rehearsed(tmp_path: Path) -> None:
    (configuration,) = blocks("docs/getting-started.md", "toml")
    (contacts,) = blocks("docs/getting-started.md", "text")
    (tmp_path / "campaign.toml").write_text(configuration)
    (tmp_path / "contacts.csv").write_text(contacts)

    command = ["simulate", "campaign.toml", "--seed", "7", "--log-file", "rehearsal.log"]
    done = run(tmp_path, "-m", "trunkline", *command)

    assert done.returncode == 0, done.stderr
    log = (tmp_path / "rehearsal.log").read_text()
    assert '"event":"campaign.finished"' in log
    assert '"rejected":0' in log


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = (
        f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); module = sys.argv[1] == '-m'; "
        "sys.argv[:] = sys.argv[2 if module else 1:]; "
        "(runpy.run_module if module else runpy.run_path)(sys.argv[0], run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_the_picture_shows_messages_that_exist() -> None:
    picture = ElementTree.parse(ROOT / "docs/exchange.svg")
    words = {text.text or "" for text in picture.iter(f"{SVG}text")}
    messages = {word for word in words if re.fullmatch(r"([A-Z][a-z]+){1,3}", word)}
    places = {"Campaign", "Pool", "Contact", "Connection", "Tenant", "Journal"}

    assert places < messages
    for name in messages - places:
        modules = (actors.messages, runtime.calls, runtime.journal.base, runtime.journal.entries)
        assert any(hasattr(module, name) for module in modules), name


def test_the_picture_can_be_read_aloud() -> None:
    picture = ElementTree.parse(ROOT / "docs/exchange.svg").getroot()

    description = picture.findtext(f"{SVG}desc")

    assert description is not None
    assert "Contact sends Release to Pool and Connection and Tenant" in description


def test_the_page_of_the_configuration_is_that_of_the_models() -> None:
    assert (ROOT / "docs/configuration.md").read_text() == configuration_page(), (
        "write it anew: python -m trunkline.config.page > docs/configuration.md"
    )


def test_the_page_of_the_configuration_leaves_no_option_out() -> None:
    page = configuration_page()
    tables = [table for name, table in json_schema()["$defs"].items() if name.endswith("Table")]
    options = {option for table in tables for option in table["properties"]} - {"events"}

    assert sorted(option for option in options if f"| `{option}` |" not in page) == []


def test_the_page_of_events_names_each_reason_to_wait_and_to_be_voided() -> None:
    said = (ROOT / "docs/events.md").read_text()

    rows = [line for line in said.splitlines() if line.startswith("| `reason` |")]
    assert [reason.value for reason in Reason if not any(reason.value in row for row in rows)] == []


def test_what_an_engine_is_said_to_answer_it_has() -> None:
    table = (
        (ROOT / "docs/embedding.md")
        .read_text()
        .partition("## What an engine can be")[2]
        .partition("\n## ")[0]
    )
    first_cells = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
    said = {name for cell in first_cells for name in re.findall(r"`(\w+)", cell)}
    public = {name for name in dir(Engine) if not name.startswith("_")} | {"finished"}
    streams = {"events", "results", "outcomes", "acknowledge"}
    others = {"start", "finished_already", "nothing_left"}

    assert said == public - streams - others


def test_what_an_engine_takes_is_told() -> None:
    page = (ROOT / "docs/embedding.md").read_text()

    assert [name for name in ("place", "hang_up", "adopt") if f"async def {name}(" not in page] == []
    assert [one.name for one in runtime.calls.Outcome if f"`{one.name}`" not in page] == []
    assert [one.name for one in runtime.calls.CallProgress if f"CallProgress.{one.name}" not in page] == []
