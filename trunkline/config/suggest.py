"""What somebody may have meant who wrote a name that isn't one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from trunkline.config.wording import quoted, shown


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name most like the word, or None when none is near.

    Capitals don't count, and a word is only looked at up to 100 characters:
    nobody mistypes a longer one.
    """
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    found = get_close_matches(word[:100].casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?`, or nothing when no known name is near."""
    name = closest(word, known)
    return f"; did you mean {quoted(name)}?" if name is not None else ""


def one_of(known: Iterable[str], *, most: int = 8) -> str:
    """Return `; one of "a", "b"` for a short list of names, else nothing."""
    names = list(known)
    if not names or len(names) > most:
        return ""
    return "; one of " + ", ".join(quoted(name) for name in names)


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Say that there is no such name, and which one may have been meant."""
    names = list(known)
    return f"no {kind} {shown(word)}" + (did_you_mean(word, names) or one_of(names))
