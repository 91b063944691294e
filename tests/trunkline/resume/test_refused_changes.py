"""A change that can't be made is refused before the journal hears of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio

from actors.settings import NumberSettings
from runtime.calls import E164
from runtime.errors import UnknownName
from runtime.journal.entries import CampaignChange, NumberChange
from tests.runtime.journal.kept import KeptDisk, KeptJournal
from tests.trunkline.engine.pilots import BERLIN, EAST, LONDON, pilot
from trunkline.config import Config
from trunkline.engine import Engine

Asked = Callable[[Engine], Any]


def dial(folder: Path, disk: KeptDisk, *asked: Asked) -> list[BaseException | None]:
    """Dial to the end; give what each that is asked right after the start came to."""
    (folder / "c.csv").write_text("phone\n+14155551000\n+14155551001\n")
    config = Config.from_dict(pilot(EAST, LONDON, contacts="c.csv", keep_open=True), folder=folder)

    async def main() -> list[BaseException | None]:
        came_to: list[BaseException | None] = []
        with trio.fail_after(20):
            async with Engine(config, seed=1, virtual=True, journal=KeptJournal(disk)) as engine:
                answers = [ask(engine) for ask in asked]
                for one in answers:
                    try:
                        await one
                    except UnknownName as error:
                        came_to.append(error)
                    else:
                        came_to.append(None)
                engine.close_campaign("spring")
                assert (await engine.finished).reason == "finished"
        return came_to

    return trio.run(main)


def changes(disk: KeptDisk) -> list[str]:
    kinds = (NumberChange, CampaignChange)
    return [entry.what for entry in disk.entries() if isinstance(entry, kinds)]


@pytest.mark.parametrize(
    "asked",
    [
        lambda engine: engine.add_number(
            NumberSettings(E164(BERLIN), "acme", "nowhere"), campaigns=("spring",)
        ),
        lambda engine: engine.add_number(NumberSettings(E164(BERLIN), "acme", "east"), campaigns=("winter",)),
        lambda engine: engine.remove_number(LONDON, campaign="winter"),
    ],
    ids=["a connection that isn't there", "a campaign that isn't there", "a number of another pool"],
)
def test_what_is_refused_leaves_nothing_in_the_journal(tmp_path: Path, asked: Asked) -> None:
    disk = KeptDisk()

    (refused,) = dial(tmp_path, disk, asked)

    assert isinstance(refused, UnknownName)
    assert changes(disk) == []


def test_a_change_of_a_number_that_has_gone_is_refused_without_a_trace(tmp_path: Path) -> None:
    disk = KeptDisk()

    async def flagged_later(engine: Engine) -> None:
        await engine.remove_number(LONDON)
        await engine.flag(LONDON)

    (refused,) = dial(tmp_path, disk, flagged_later)

    assert isinstance(refused, UnknownName)
    assert changes(disk) == ["removed"]


def test_a_change_that_needs_the_one_before_it_is_taken_without_waiting(tmp_path: Path) -> None:
    disk = KeptDisk()

    came_to = dial(
        tmp_path,
        disk,
        lambda engine: engine.remove_number(LONDON),
        lambda engine: engine.add_number(NumberSettings(E164(LONDON), "acme", "east"), campaigns=("spring",)),
        lambda engine: engine.flag(LONDON),
        lambda engine: engine.pause("spring"),
        lambda engine: engine.resume("spring"),
    )

    assert came_to == [None] * 5
    assert changes(disk) == ["removed", "added", "flagged", "paused", "resumed"]
