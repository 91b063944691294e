"""The numbers of a campaign's pool, in the groups that tiers draw from.

Every number sits in one *cell*: those of one place on one connection. A
*group* is the cells of one tier (a country, a nearby timezone, the whole
pool). What changes for one number changes one cell; what changes for a
connection marks its cells; a group looks at what was marked when it draws.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from actors.pool.geography import Place
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.sampler import WeightTree
from actors.pool.weights import AnswerRate

if TYPE_CHECKING:
    from actors.pool.waiting import Lane


class Tier(str, Enum):
    """How near a number is to its contact."""

    STICKY = "sticky"
    AREA = "area"
    COUNTRY = "country"
    TIMEZONE = "timezone"
    POOL = "pool"


TIER_NAMES = {tier: tier.value for tier in Tier}
"""Each tier's name, without the search that `value` is in Python 3.11."""


class Cell:
    """The numbers of one place on one connection, in one campaign."""

    __slots__ = (
        "campaign",
        "connection",
        "eligible",
        "gone",
        "groups",
        "numbers",
        "place",
        "prior",
        "rates",
        "tree",
    )

    def __init__(self, campaign: str, place: Place, connection: PooledConnection, prior: float) -> None:
        self.campaign = campaign
        self.place = place
        self.connection = connection
        self.prior = prior
        self.numbers: list[PooledNumber] = []
        self.rates: list[AnswerRate] = []
        self.tree = WeightTree(0)
        self.eligible = 0
        self.gone: set[int] = set()
        """Leaves of numbers that have left the campaign."""
        self.groups: list[tuple[Group, int]] = []

    def add(self, number: PooledNumber, rate: AnswerRate) -> int:
        """Seat a number; returns its leaf."""
        leaf = self.tree.append()
        self.numbers.append(number)
        self.rates.append(rate)
        if number.eligible:
            self.eligible += 1
        return leaf

    def weigh(self, leaf: int) -> None:
        """Take over the leaf's answer rate and whether it is free."""
        if self.numbers[leaf].free() and leaf not in self.gone:
            rate = self.rates[leaf]
            inverse = 1.0 / (rate.counted + self.prior)
            self.tree.set(leaf, rate.answered * inverse, inverse)
        else:
            self.tree.set(leaf, 0.0, 0.0, 0)
        for group, index in self.groups:
            group.stale.add(index)

    def drop(self, leaf: int) -> None:
        """Take a number out; its leaf stays empty."""
        self.gone.add(leaf)
        self.count_eligible()
        self.weigh(leaf)

    def count_eligible(self) -> None:
        """Count its eligible numbers anew."""
        self.eligible = sum(number.eligible for number in self.members())

    def members(self) -> list[PooledNumber]:
        """List the numbers that are in the campaign."""
        if not self.gone:
            return self.numbers
        return [number for leaf, number in enumerate(self.numbers) if leaf not in self.gone]

    def free_leaves(self) -> list[int]:
        """List the leaves of numbers that are free, whatever the connection's room."""
        return [leaf for leaf, number in enumerate(self.numbers) if number.free() and leaf not in self.gone]

    def mark(self) -> None:
        """Note that its connection has changed."""
        for group, index in self.groups:
            group.stale.add(index)

    def wake(self) -> None:
        """Let those who wait for one of its numbers be looked at again."""
        for group, _ in self.groups:
            lane = group.lane
            if lane is not None:
                lane.wake()

    @property
    def drawable(self) -> bool:
        """Tell whether one of its numbers could be offered now."""
        return self.tree.count > 0 and self.connection.has_room()


class Group:
    """The cells of one tier, and which contacts wait for them."""

    __slots__ = ("cells", "lane", "stale", "tier", "tree")

    def __init__(self, tier: Tier, cells: list[Cell]) -> None:
        self.tier = tier
        self.cells = list(cells)
        self.tree = WeightTree(len(cells))
        self.stale = set(range(len(cells)))
        self.lane: Lane | None = None
        """Where its waiting classes stand."""
        for index, cell in enumerate(self.cells):
            cell.groups.append((self, index))

    def leave(self) -> None:
        """Take the group out of its cells; it is not used again."""
        for cell in self.cells:
            cell.groups = [(group, index) for group, index in cell.groups if group is not self]

    def refresh(self) -> WeightTree:
        """Bring the sums up to date; the tree of cells."""
        tree = self.tree
        if self.stale:
            cells = self.cells
            for index in self.stale:
                cell = cells[index]
                inner = cell.tree
                if inner.count and cell.connection.has_room():
                    tree.set(index, inner.answered, inner.inverse, inner.count)
                else:
                    tree.set(index, 0.0, 0.0, 0)
            self.stale.clear()
        return tree

    @property
    def eligible(self) -> bool:
        """Tell whether any of its numbers is eligible, busy or not."""
        return any(cell.eligible and cell.connection.usable for cell in self.cells)

    def free(self) -> int:
        """Count its numbers that have a free slot right now."""
        return self.refresh().count

    def free_numbers(self) -> list[PooledNumber]:
        """List its numbers that have a free slot right now."""
        return [
            cell.numbers[leaf]
            for cell in self.cells
            if cell.connection.has_room()
            for leaf in cell.free_leaves()
        ]
