"""What several daemons know of a contact is put together the same, whoever speaks first and how often."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from runtime.calls import CallId
from runtime.journal.entries import Ended, Finished, Intent, NotPlaced
from runtime.journal.redis.kept import Fate, Kept
from runtime.journal.redis.merging import Fact, Over, learn, learn_all, merge
from tests.runtime.journal.redis.daemons import end_of, intent_of

FINISHED = Finished("spring", 0, "spring-0", "exhausted")


def intended(name: str, attempt: int) -> Intent:
    intent = intent_of(name, attempt)
    return replace(intent, at=1000.0 * attempt, over_by=1000.0 * attempt + 100.0)


def over(intent: Intent, outcome: str = "no_answer", result: str | None = None) -> Over:
    end: Ended = end_of(intent)
    return Over(intent, replace(end, line=replace(end.line, outcome=outcome), result=result))


def void(intent: Intent) -> NotPlaced:
    return NotPlaced(intent.call, "lease_over", 1.0)


@st.composite
def lines_of_history(draw: st.DrawFn, daemon: str = "a") -> list[Fact]:
    """Draw what becomes of a contact at one daemon after the other, none of which misses anything."""
    facts: list[Fact] = []
    attempt = 1
    for number in range(draw(st.integers(0, 5))):
        call = intended(f"{daemon}{number}", attempt)
        facts.append(call)
        match draw(st.sampled_from(["ended", "failed", "void", "open"])):
            case "ended":
                facts.append(over(call))
                attempt += 1
            case "failed":
                one = over(call, "failed")
                facts.append(Over(call, replace(one.end, counted=False)))
            case "void":
                facts.append(void(call))
            case _:
                return facts
    if draw(st.booleans()):
        facts.append(FINISHED)
    return facts


def contacts() -> st.SearchStrategy[Kept]:
    histories = st.one_of(lines_of_history("a"), lines_of_history("b"), lines_of_history("c"))
    return st.lists(histories, max_size=2).map(
        lambda several: reduce(merge, (learn_all(Kept(), one) for one in several), Kept())
    )


@given(lines_of_history(), st.data())
def test_of_two_memories_in_one_line_of_history_the_later_one_is_right(
    facts: list[Fact], data: st.DataObject
) -> None:
    earlier = learn_all(Kept(), facts[: data.draw(st.integers(0, len(facts)))])
    later = learn_all(Kept(), facts)

    assert merge(earlier, later) == merge(later, earlier) == later


@given(contacts(), contacts())
def test_it_does_not_matter_who_speaks_first(one: Kept, other: Kept) -> None:
    assert merge(one, other) == merge(other, one)


@given(contacts(), contacts())
def test_what_is_said_again_changes_nothing(one: Kept, other: Kept) -> None:
    both = merge(one, other)

    assert merge(one, both) == merge(other, both) == merge(both, both) == both


@given(contacts(), contacts())
def test_no_call_is_forgotten_and_no_end_is_undone(one: Kept, other: Kept) -> None:
    both = merge(one, other)

    assert both.over.keys() >= one.over.keys() | other.over.keys()
    assert {one.call, other.call} - {""} <= {both.call, *both.over}
    assert both.state.attempts >= max(one.state.attempts, other.state.attempts)
    assert (both.state.result is None) == (one.state.result is None and other.state.result is None)


@given(lines_of_history(), st.data())
def test_a_journals_facts_on_top_of_an_older_copy_give_what_was_lost(
    facts: list[Fact], data: st.DataObject
) -> None:
    copied = data.draw(st.integers(0, len(facts)))

    assert learn_all(learn_all(Kept(), facts[:copied]), facts) == learn_all(Kept(), facts)


def test_attempts_of_daemons_that_knew_nothing_of_one_another_are_added_up() -> None:
    first, second = intended("a", 1), intended("b", 1)
    one, other = (learn_all(Kept(), [call, over(call)]) for call in (first, second))

    assert merge(one, other).state.attempts == 2
    assert learn(one, over(second)).state.attempts == 2


def test_who_knows_of_a_third_attempt_knows_of_two_before() -> None:
    assert learn(Kept(), intended("c", 3)).state.attempts == 2
    assert learn(Kept(), over(intended("c", 3))).state.attempts == 3


def test_of_two_calls_in_doubt_the_one_that_lasts_longer_is_waited_for_and_both_count() -> None:
    kept = merge(*(Kept(intent=call) for call in (intended("a", 1), intended("b", 2))))

    assert (kept.call, kept.over, kept.state.attempts) == ("b", {"a": Fate.GUESSED}, 1)
    assert learn(kept, over(intended("b", 2))).state.attempts == 2


def test_of_two_intents_of_one_call_in_doubt_that_of_the_later_memory_is_kept_whoever_speaks_first() -> None:
    earlier, later = (learn(Kept(), intended("a", attempt)) for attempt in (2, 3))

    assert merge(earlier, later) == merge(later, earlier) == later


def test_how_a_call_really_ended_goes_before_a_guess_and_counts_once() -> None:
    first = intended("a", 1)
    guessed = merge(Kept(intent=first), Kept(intent=intended("b", 2)))

    kept = learn(guessed, over(first))

    assert (kept.over, kept.state.attempts) == ({"a": Fate.COUNTED}, 1)
    assert learn(guessed, void(first)) == guessed


@pytest.mark.parametrize("late", [False, True])
def test_who_was_reached_once_is_reached_whatever_others_make_of_it(late: bool) -> None:
    answered = over(intended("a", 1), "answered", "reached")
    others = learn_all(Kept(), [intended("b", 1), over(intended("b", 1)), intended("c", 2)])

    kept = learn(others, answered) if late else merge(learn(Kept(), answered), others)

    assert (kept.state.result, kept.state.due) == ("reached", None)


def test_a_call_that_was_never_placed_is_no_attempt() -> None:
    kept = learn_all(Kept(), [intended("a", 1), void(intended("a", 1)), void(intended("a", 1))])

    assert (kept.intent, kept.state.attempts, kept.over) == (None, 0, {CallId("a"): Fate.VOID})
