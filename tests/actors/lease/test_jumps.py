from __future__ import annotations

from actors.lease.jumps import Reading, jump_between

BEFORE = Reading(monotonic=100.0, boot=500.0, wall=1_767_571_200.0)


def after(seconds: float, *, slept: float = 0.0, stepped: float = 0.0) -> Reading:
    return Reading(
        BEFORE.monotonic + seconds, BEFORE.boot + seconds + slept, BEFORE.wall + seconds + slept + stepped
    )


def test_clocks_that_go_alike_tell_of_no_jump() -> None:
    assert jump_between(BEFORE, after(0.2)) is None
    assert jump_between(BEFORE, after(3600.0, stepped=0.1)) is None


def test_a_host_that_slept_is_found_out() -> None:
    assert jump_between(BEFORE, after(0.2, slept=30.0)) == "the host slept for 30.0 s"


def test_a_clock_that_was_set_is_found_out_both_ways() -> None:
    assert jump_between(BEFORE, after(0.2, stepped=-3600.0)) == "the host's clock was set by -3600.0 s"
    assert jump_between(BEFORE, after(0.2, stepped=1.5)) == "the host's clock was set by +1.5 s"
