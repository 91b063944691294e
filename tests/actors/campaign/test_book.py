"""The book of a campaign's contacts gives back what was written into it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actors.campaign.book import ContactBook, Standing, result_of, standing_of
from runtime.calls import E164
from runtime.contacts import NewContact


def contact(names: tuple[str, ...] = (), values: tuple[str, ...] = (), *, name: str = "17") -> NewContact:
    return NewContact(1, name, E164("+14155550100"), "US", ("America/Los_Angeles",), None, (), names, values)


@given(st.dictionaries(st.text(), st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=4))
def test_a_contacts_other_columns_come_back_as_they_were(columns: dict[str, str]) -> None:
    book = ContactBook()
    index = book.add(contact(tuple(columns), tuple(columns.values())))

    extra = book.record(index, ()).extra

    assert extra == columns
    assert {name: extra[name] for name in extra} == columns
    assert len(extra) == len(columns)
    assert repr(extra) in (repr(columns), "mappingproxy({})")


@given(st.lists(st.text(), unique=True, max_size=5))
def test_ids_of_any_text_come_back(ids: list[str]) -> None:
    book = ContactBook()
    indexes = [book.add(contact(name=one)) for one in ids]

    assert [book.contact(index) for index in indexes] == ids
    assert [book.find(one) for one in ids] == indexes


def test_every_standing_is_found_by_the_name_of_its_result() -> None:
    assert {standing: standing_of(result_of(standing)) for standing in Standing} == {
        standing: standing for standing in Standing
    }


def test_a_contact_moves_from_standing_to_standing() -> None:
    book = ContactBook()
    index = book.add(contact())
    before = book.standing(index)

    book.set_standing(index, Standing.EXHAUSTED)

    assert (before, book.standing(index)) == (Standing.WAITING, Standing.EXHAUSTED)
    assert book.count(Standing.EXHAUSTED) == 1
