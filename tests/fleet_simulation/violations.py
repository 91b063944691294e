"""What must not happen did."""

from __future__ import annotations


class Violation(AssertionError):
    """An invariant is broken; the text begins with its number in the list of guarantees."""
