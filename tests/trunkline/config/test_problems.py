from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trunkline.config.problems import Finding, Problem, Source
from trunkline.config.wording import dotted, quoted, shown


def rendered(text: str, path: tuple[str | int, ...]) -> list[str]:
    return Source("p.toml", text).problem(Finding(path, "is wrong")).render().split("\n")


def test_the_line_is_shown_with_a_caret_below_its_place() -> None:
    assert rendered("a = 1\nlimit = -5 # few\n", ("limit",)) == [
        "p.toml:2:9: limit: is wrong",
        "    2 | limit = -5 # few",
        "      |         ^",
    ]


def test_the_caret_stands_right_after_wide_and_combining_letters_and_tabs() -> None:
    lines = rendered('a = {\t"電話e\u0301" = 1, b = 2}', ("a", "b"))
    assert lines[0].startswith("p.toml:1:23: ")
    assert lines[1] == '    1 | a = { "電話e\u0301" = 1, b = 2}'
    assert lines[2].index("^") - lines[2].index("|") == 2 + 23


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "x = [" + "1, " * 500 + "[2]]"
    lines = rendered(text, ("x", 500))
    assert max(map(len, lines)) < 130
    assert lines[1][lines[2].index("^") :].startswith("[2]]")


def test_control_characters_of_the_file_reach_no_terminal() -> None:
    text = 'a = "\x1b[31m\u202e" # \x9b'
    assert all(line.isprintable() for line in rendered(text, ("a",)))


def test_without_a_text_a_problem_is_its_path_and_message() -> None:
    problem = Problem("is wrong", "numbers[3].connection")
    assert str(problem) == problem.render() == "numbers[3].connection: is wrong"


def test_a_path_is_named_as_it_is_written() -> None:
    assert dotted(("numbers", 3, "a b", "c-d")) == 'numbers[3]."a b".c-d'


@given(st.text())
def test_whatever_is_quoted_is_one_printable_short_line(text: str) -> None:
    assert quoted(text).isprintable()
    assert len(quoted(text)) <= 10 * 61 + 2


@given(st.integers() | st.floats() | st.none() | st.binary() | st.lists(st.integers()) | st.text())
def test_whatever_is_shown_is_one_printable_line(value: object) -> None:
    assert shown(value).isprintable()


def test_a_number_too_long_to_print_is_described() -> None:
    assert shown(10**6000) == "a number of more than 30 digits"
