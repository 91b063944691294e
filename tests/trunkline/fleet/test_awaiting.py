"""A change is in force when each daemon has confirmed it, or has lapsed."""

from __future__ import annotations

from runtime.ledger import script
from trunkline.fleet.awaiting import Awaiting, Record, read_record


def record(version: int, told: int, *, lapsed: bool = False) -> Record:
    return Record(version, 10.0, lapsed, told)


def test_who_has_not_confirmed_is_waited_for() -> None:
    awaiting = Awaiting(3)

    assert awaiting.see({"one": record(1, told=3), "two": record(1, told=2)}, 0.0) == ["two"]
    assert awaiting.see({"one": record(2, told=3), "two": record(2, told=3)}, 3.0) == []


def test_who_does_not_state_itself_for_a_lease_has_lapsed() -> None:
    awaiting = Awaiting(3)

    assert awaiting.see({"one": record(7, told=2)}, 0.0) == ["one"]
    assert awaiting.see({"one": record(7, told=2)}, 10.4) == ["one"]
    assert awaiting.see({"one": record(7, told=2)}, 10.6) == []
    assert awaiting.lapsed == {"one"}


def test_who_states_itself_again_is_waited_for_again() -> None:
    awaiting = Awaiting(3)
    awaiting.see({"one": record(7, told=2)}, 0.0)
    awaiting.see({"one": record(7, told=2)}, 11.0)

    assert awaiting.see({"one": record(8, told=2)}, 12.0) == ["one"]


def test_whom_the_ledger_counts_as_lapsed_is_not_waited_for() -> None:
    assert Awaiting(3).see({"one": record(7, told=0, lapsed=True)}, 0.0) == []


def test_records_are_read_as_the_script_writes_them() -> None:
    text = script.source()
    names = (
        text[text.index("local RECORD = {") :].split("}")[0].replace("'", " ").replace(",", " ").split()[4:]
    )
    line = " ".join(
        {"version": "77", "lease": "2000", "remaining": "-1", "told": "5"}.get(name, "9") for name in names
    )

    assert read_record(line.encode()) == Record(77, 2.0, lapsed=False, told=5)
