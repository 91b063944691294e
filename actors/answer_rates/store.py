"""Where daemons state what they have counted of answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from actors.answer_rates.messages import News, Stated


class AnswerRatesStore(Protocol):
    """What Redis does for a tenant's answer rates; the answer comes on the loop."""

    def share_answer_rates(
        self,
        tenant: str,
        said: Mapping[str, Stated],
        known: Mapping[str, int],
        answer: Callable[[News], None],
    ) -> None:
        """Say what some daemons have stated, and ask for what isn't `known`: the newest version of each.

        What is said counts where it is newer than what the store has. Answers
        when the store can be reached.
        """
        ...
