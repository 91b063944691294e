"""What is remembered of contacts and calls: all of it, in few bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.audit.contacts import Contacts
from trunkline.audit.used import UsedIds


@given(st.lists(st.tuples(st.sampled_from(["spring", "summer"]), st.text(max_size=6)), max_size=3000))
def test_every_contact_has_a_row_of_its_own(names: list[tuple[str, str]]) -> None:
    contacts = Contacts()

    rows = {name: contacts.row(*name) for name in names}

    assert len(set(rows.values())) == len(rows) == len(contacts)
    assert all(contacts.row(*name) == row for name, row in rows.items())


def test_a_contact_takes_less_than_sixty_bytes() -> None:
    contacts = Contacts()
    for number in range(100_000):
        contacts.row("spring", str(number))

    assert contacts.bytes < 60 * len(contacts)


@given(
    st.lists(
        st.one_of(
            st.builds("run-spring-{}".format, st.integers(0, 5000)),
            st.builds("run.2-my-campaign-{}".format, st.integers(0, 10**11)),
            st.sampled_from(["x", "-", "-7", "a-", "a-1x", "a-²", "a-01", "a-1", "b-99999999999999"]),
            st.text(max_size=5),
        ),
        max_size=300,
        unique=True,
    )
)
def test_a_call_id_is_used_from_its_first_use_on(ids: list[str]) -> None:
    used = UsedIds()
    aliases = {"a-01": "a-1", "a-1": "a-01"}

    for place, call in enumerate(ids):
        assert (call in used) == (aliases.get(call) in ids[:place])
        used.add(call)

    assert all(call in used for call in ids)
