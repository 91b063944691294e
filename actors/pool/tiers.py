"""Which numbers a contact may be called from, nearest first.

Sticky, else (with `prefer_area_match`) the same area, else the contact's
country, else the nearest timezone, else the full pool. A tier whose numbers
are all busy is still a match; only one without an eligible number is passed.
"""

from __future__ import annotations

from math import inf

from actors.messages import Profile
from actors.pool.cells import Cell, Group, Tier
from actors.pool.geography import Place, offset_distance
from actors.pool.inventory import PooledConnection, PooledNumber
from actors.pool.waiting import Lane, WaitingClass, WaitingRoom
from actors.pool.weights import AnswerRate
from actors.settings import CampaignSettings, WhenFull
from runtime.calls import E164

OFFSETS_HOLD_SECONDS = 900.0
"""UTC offsets change on quarter hours only."""


class Tiers:
    """The cells, groups and lanes of one campaign's pool."""

    def __init__(
        self, settings: CampaignSettings, room: WaitingRoom, members: dict[E164, PooledNumber]
    ) -> None:
        self._settings = settings
        self._members = members
        self._room = room
        self._cells: dict[tuple[Place, str], Cell] = {}
        self._lanes: dict[tuple[Tier, object], Lane] = {}
        self._sticky_lanes: dict[str, Lane] = {}
        self._nearby: dict[tuple[str, ...], Lane | None] = {}
        self.offsets_hold_until = inf
        """Until when the nearby matches made so far are right."""

    def seat(self, number: PooledNumber, rate: AnswerRate) -> None:
        """Give a number its place among the campaign's cells."""
        key = (number.place, number.connection.name)
        cell = self._cells.get(key)
        if cell is None:
            cell = Cell(self._settings.name, number.place, number.connection, self._settings.prior_attempts)
            self._cells[key] = cell
            number.connection.cells.append(cell)
            self._forget_groups()
        leaf = cell.add(number, rate)
        number.seats.append((cell, leaf))
        cell.weigh(leaf)

    def stands(self, sticky: PooledNumber) -> bool:
        """Tell whether a sticky number can still be used: active and in the pool."""
        return sticky.standing and sticky.number in self._members

    def lanes_of(self, waiting: WaitingClass, now: float) -> tuple[Lane, ...]:
        """Find the lanes that may serve a class at this moment, best first."""
        if waiting.pinned is not None:
            lane = self._pinned_lane(waiting, waiting.pinned, now)
            return () if lane is None else (lane,)
        if waiting.sticky is not None and self.stands(waiting.sticky):
            sticky = self._sticky_lane(waiting.sticky.connection)
            if self._settings.sticky_when_full is WhenFull.WAIT:
                return (sticky,)
            return (sticky, *self._matching(waiting.profile, now))
        return self._matching(waiting.profile, now)

    def other_numbers(self, waiting: WaitingClass) -> bool:
        """Tell whether a class with excluded numbers has any other eligible one."""
        return any(
            number.eligible and cell.connection.usable and number not in waiting.excluded
            for lane in waiting.lanes
            if lane.group is not None
            for cell in lane.group.cells
            for number in cell.members()
        )

    def sticky_lane(self, connection: PooledConnection) -> Lane | None:
        """Give the lane of stickies on a connection, if there is one."""
        return self._sticky_lanes.get(connection.name)

    def has_eligible(self) -> bool:
        """Tell whether any number of the campaign is eligible."""
        return any(cell.eligible and cell.connection.usable for cell in self._cells.values())

    @property
    def cells(self) -> list[Cell]:
        """List the campaign's cells in the order they came to be."""
        return list(self._cells.values())

    def _matching(self, profile: Profile, now: float) -> tuple[Lane, ...]:
        spill = self._settings.match_when_full is WhenFull.SPILL
        lanes: list[Lane] = []
        for tier in self._ladder(profile):
            lane = self._lane(tier, profile, now)
            if lane is not None and lane.group is not None and lane.group.eligible and lane not in lanes:
                lanes.append(lane)
                if not spill:
                    break
        return tuple(lanes)

    def _ladder(self, profile: Profile) -> tuple[Tier, ...]:
        steps: list[Tier] = []
        if self._settings.prefer_area_match and profile.area is not None:
            steps.append(Tier.AREA)
        if self._settings.prefer_country_match and profile.region not in (None, "001"):
            steps.append(Tier.COUNTRY)
            if profile.zones:
                steps.append(Tier.TIMEZONE)
        steps.append(Tier.POOL)
        return tuple(steps)

    def _pinned_lane(self, waiting: WaitingClass, tier: Tier, now: float) -> Lane | None:
        if tier is Tier.STICKY:
            return None
        return self._lane(tier, waiting.profile, now)

    def _lane(self, tier: Tier, profile: Profile, now: float) -> Lane | None:
        match tier:
            case Tier.AREA:
                return self._lane_of(tier, profile.area)
            case Tier.COUNTRY:
                return self._lane_of(tier, profile.region)
            case Tier.TIMEZONE:
                return self._nearby_lane(profile.zones, now)
            case _:
                return self._lane_of(Tier.POOL, None)

    def _lane_of(self, tier: Tier, key: str | None) -> Lane | None:
        lane = self._lanes.get((tier, key))
        if lane is not None:
            return lane
        match tier:
            case Tier.AREA:
                cells = [cell for cell in self._cells.values() if cell.place.area == key]
            case Tier.COUNTRY:
                cells = [cell for cell in self._cells.values() if cell.place.region == key]
            case _:
                cells = list(self._cells.values())
        return self._found(tier, key, cells) if cells else None

    def _nearby_lane(self, zones: tuple[str, ...], now: float) -> Lane | None:
        if zones in self._nearby:
            return self._nearby[zones]
        cells = self._nearest(zones, now)
        lane: Lane | None = None
        if cells:
            key = tuple((cell.place, cell.connection.name) for cell in cells)
            lane = self._lanes.get((Tier.TIMEZONE, key)) or self._found(Tier.TIMEZONE, key, cells)
        self._nearby[zones] = lane
        return lane

    def _found(self, tier: Tier, key: object, cells: list[Cell]) -> Lane:
        group = Group(tier, cells)
        lane = Lane(self._room, group, None)
        group.lane = lane
        self._lanes[tier, key] = lane
        return lane

    def look_again(self) -> None:
        """Forget which timezones are nearest: eligibility or an offset changed."""
        self._nearby.clear()
        self.offsets_hold_until = inf

    def _nearest(self, zones: tuple[str, ...], now: float) -> list[Cell]:
        """List the cells at the smallest difference of UTC offset, if near enough.

        Only cells with an eligible number count towards the smallest.
        """
        self.offsets_hold_until = now - now % OFFSETS_HOLD_SECONDS + OFFSETS_HOLD_SECONDS
        distances: dict[tuple[str, ...], float | None] = {}
        best: float | None = None
        for cell in self._cells.values():
            place_zones = cell.place.zones
            if place_zones not in distances:
                distances[place_zones] = offset_distance(zones, place_zones, now)
            distance = distances[place_zones]
            if distance is None or distance > self._settings.nearby_hours:
                continue
            if cell.eligible and cell.connection.usable and (best is None or distance < best):
                best = distance
        if best is None:
            return []
        return [cell for cell in self._cells.values() if distances[cell.place.zones] == best]

    def _sticky_lane(self, connection: PooledConnection) -> Lane:
        lane = self._sticky_lanes.get(connection.name)
        if lane is None:
            lane = Lane(self._room, None, connection)
            self._sticky_lanes[connection.name] = lane
        return lane

    def _forget_groups(self) -> None:
        """Drop the groups after the cells changed; classes look for lanes anew."""
        for lane in self._lanes.values():
            if lane.group is not None:
                lane.group.leave()
        self._lanes.clear()
        self.look_again()
