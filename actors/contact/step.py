"""How far an attempt has come."""

from __future__ import annotations

from enum import Enum


class Step(Enum):
    """How far an attempt has come."""

    ASKING = "asking"
    RESERVING = "reserving"
    INTENDING = "intending"
    AT_THE_GATE = "at the gate"
    PLACED = "placed"
    IN_DOUBT = "in doubt"
    TALKING = "talking"
    HANGING_UP = "hanging up"
    ENDING = "ending"
    VOIDING = "voiding"
    OVER = "over"
