"""A process that only dials looks for cyclic garbage seldom, and leaves no trace of that."""

from __future__ import annotations

import gc

import pytest

from trunkline.garbage import YOUNG, rare_collections


def test_what_was_there_before_is_left_alone_while_dialing() -> None:
    with rare_collections():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == YOUNG
        assert gc.isenabled()


def test_the_collectors_settings_are_put_back_whatever_happens() -> None:
    before = gc.get_threshold()

    with pytest.raises(ZeroDivisionError), rare_collections():
        1 / 0  # noqa: B018  # for its error

    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_cycles_that_are_made_while_dialing_are_still_found() -> None:
    class Ring:
        def __init__(self) -> None:
            self.other = self

    with rare_collections():
        gc.collect()
        rings = [Ring() for _ in range(10)]
        del rings
        assert gc.collect() >= 10
