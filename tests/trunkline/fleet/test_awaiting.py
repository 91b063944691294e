"""A change is in force when each daemon has confirmed it, or has lapsed."""

from __future__ import annotations

from runtime.ledger import script
from trunkline.fleet.awaiting import Awaiting, Known, Record, read_ledger, read_record


def record(version: int, told: int, *, lapsed: bool = False) -> Record:
    return Record(version, 10.0, lapsed, told)


def known(*, complete: bool = True, since: str = "life 1", **records: Record) -> Known:
    return Known(since, complete, records)


def awaiting() -> Awaiting:
    return Awaiting(3, 10.0)


def test_who_has_not_confirmed_is_waited_for() -> None:
    one = awaiting()

    assert one.see(known(one=record(1, told=3), two=record(1, told=2)), 0.0) == ["two"]
    assert one.see(known(one=record(2, told=3), two=record(2, told=3)), 3.0) == []
    assert not one.incomplete


def test_who_does_not_state_itself_for_a_lease_has_lapsed() -> None:
    one = awaiting()

    assert one.see(known(one=record(7, told=2)), 0.0) == ["one"]
    assert one.see(known(one=record(7, told=2)), 10.4) == ["one"]
    assert one.see(known(one=record(7, told=2)), 10.6) == []
    assert one.lapsed == {"one"}


def test_who_states_itself_again_is_waited_for_again() -> None:
    one = awaiting()
    one.see(known(one=record(7, told=2)), 0.0)
    one.see(known(one=record(7, told=2)), 11.0)

    assert one.see(known(one=record(8, told=2)), 12.0) == ["one"]


def test_whom_the_ledger_counts_as_lapsed_is_not_waited_for() -> None:
    assert awaiting().see(known(one=record(7, told=0, lapsed=True)), 0.0) == []


def test_where_the_ledger_may_not_know_all_daemons_they_have_a_lease_to_state_themselves() -> None:
    one = awaiting()

    waits = []
    for now in (0.0, 10.4, 10.6):
        one.see(known(complete=False), now)
        waits.append(one.incomplete)

    assert waits == [True, True, False]


def test_after_another_loss_they_have_another_lease() -> None:
    one = awaiting()
    one.see(known(complete=False), 0.0)
    one.see(known(complete=False, since="life 2"), 8.0)
    one.see(known(complete=False, since="life 2"), 12.0)

    assert one.incomplete


def test_records_are_read_as_the_script_writes_them() -> None:
    names = names_in_script("RECORD")
    line = " ".join(
        {"version": "77", "lease": "2000", "remaining": "-1", "told": "5"}.get(name, "9") for name in names
    )

    assert read_record(line.encode()) == Record(77, 2.0, lapsed=False, told=5)


def test_the_ledger_knows_all_that_are_live_when_it_has_learned_in_the_life_of_its_server() -> None:
    def ledger(life: str, **numbers: str) -> Known:
        head = " ".join(numbers.get(name, "0") for name in names_in_script("HEAD"))
        return read_ledger({b"#": f"{head} life1".encode(), b"told": b"3"}, life)

    assert ledger("life1", generation="4") == Known("life1 4", complete=True, records={})
    assert not ledger("life1", learning="1").complete
    assert not ledger("life2").complete
    assert not read_ledger({b"told": b"3"}, "life1").complete


def names_in_script(table: str) -> list[str]:
    text = script.source()
    return (
        text[text.index(f"local {table} = {{") :]
        .split("{")[1]
        .split("}")[0]
        .replace("'", " ")
        .replace(",", " ")
        .split()
    )
