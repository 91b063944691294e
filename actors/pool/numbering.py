"""Read phone numbers by the numbering plans, as libphonenumber does but fast.

The rules and patterns are those of the phonenumbers package (its metadata is
compiled once a region, when it is first needed) and the answers are the
same: `parse`, `is_valid_number`, `region_code_for_number` and `number_type`
in one step, at a few microseconds a number instead of a hundred or more.
Text is not read here; digits are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby

import msgspec
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc

from runtime.calls import E164

WORLD = "001"
"""The region of calling codes that belong to no country, such as +800."""

UNKNOWN = PhoneNumberType.UNKNOWN

_LONGEST_NATIONAL = 17
_SHORTEST_NATIONAL = 2

_REGIONS: dict[str, tuple[str, ...]] = {
    str(code): tuple(regions) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
}
_NEVER = re.compile(r"(?!)")


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What some digits mean: a number, its region and its kind.

    `region` is libphonenumber's ("US", "GG", "001"; None where the number is
    nobody's), `kind` one of `phonenumbers.PhoneNumberType`: UNKNOWN says
    that this is no valid number.
    """

    calling_code: str
    national: str
    region: str | None
    kind: int

    @property
    def valid(self) -> bool:
        return self.kind != UNKNOWN

    @property
    def e164(self) -> E164:
        return E164("+" + self.calling_code + self.national)


class _Kinds:
    """The kinds of number in a plan as one pattern, asked in one step.

    Each kind is an alternative, in libphonenumber's order of precedence, with
    the lengths that it has looked for ahead.
    """

    __slots__ = ("_by_group", "_mobile", "find")

    def __init__(self, metadata: PhoneMetadata) -> None:
        groups = 0
        general_lengths = metadata.general_desc.possible_length if metadata.general_desc is not None else ()
        self._by_group: dict[int, int] = {}
        alternatives = []
        for kind, description in _descriptions(metadata):
            alternative = _alternative(description, general_lengths)
            if alternative is not None:
                self._by_group[groups + 1] = kind
                groups += 1 + re.compile(alternative).groups
                alternatives.append(f"({alternative})")
        mobile = None if metadata.mobile is None else _alternative(metadata.mobile)
        self._mobile = re.compile(mobile or "(?!)").fullmatch
        general = None if metadata.general_desc is None else _alternative(metadata.general_desc)
        self.find = re.compile(rf"(?={general or '(?!)'}\Z)(?:{'|'.join(alternatives) or '(?!)'})").fullmatch

    def of(self, match: re.Match[str]) -> int:
        kind = self._by_group[match.lastindex or 0]
        if kind == PhoneNumberType.FIXED_LINE and self._mobile(match.string) is not None:
            return PhoneNumberType.FIXED_LINE_OR_MOBILE
        return kind


def _descriptions(metadata: PhoneMetadata) -> tuple[tuple[int, PhoneNumberDesc | None], ...]:
    both = metadata.same_mobile_and_fixed_line_pattern
    return (
        (PhoneNumberType.PREMIUM_RATE, metadata.premium_rate),
        (PhoneNumberType.TOLL_FREE, metadata.toll_free),
        (PhoneNumberType.SHARED_COST, metadata.shared_cost),
        (PhoneNumberType.VOIP, metadata.voip),
        (PhoneNumberType.PERSONAL_NUMBER, metadata.personal_number),
        (PhoneNumberType.PAGER, metadata.pager),
        (PhoneNumberType.UAN, metadata.uan),
        (PhoneNumberType.VOICEMAIL, metadata.voicemail),
        (
            PhoneNumberType.FIXED_LINE_OR_MOBILE if both else PhoneNumberType.FIXED_LINE,
            metadata.fixed_line,
        ),
        (PhoneNumberType.MOBILE, None if both else metadata.mobile),
    )


def _alternative(description: PhoneNumberDesc | None, known: Sequence[int] = ()) -> str | None:
    """Write a description as one pattern; None where it holds no number.

    Lengths that are `known` of all that is asked need no asking again.
    """
    if description is None or not description.national_number_pattern:
        return None
    if known and set(known) <= set(description.possible_length):
        return f"(?:{description.national_number_pattern})"
    lengths = "|".join(rf"\d{{{length}}}\Z" for length in description.possible_length if length > 0)
    if description.possible_length and not lengths:
        return None
    ahead = f"(?={lengths})" if lengths else ""
    return f"{ahead}(?:{description.national_number_pattern})"


class RegionPlan:
    """A region's numbering plan, compiled from its metadata."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        self.region = str(metadata.id)
        self.calling_code = str(metadata.country_code)
        self.leading_digits = metadata.leading_digits
        self._international_prefix = re.compile(metadata.international_prefix or "NonMatch").match
        prefix = metadata.national_prefix_for_parsing
        self._national_prefix = re.compile(prefix).match if prefix else _NEVER.match
        self._transform = metadata.national_prefix_transform_rule or ""
        assert metadata.general_desc is not None
        self._general = re.compile(metadata.general_desc.national_number_pattern or "(?!)").fullmatch
        self._lengths = frozenset(metadata.general_desc.possible_length)
        self._longest = max(self._lengths)
        self._local_lengths = frozenset(metadata.general_desc.possible_length_local_only)
        self._kinds = _Kinds(metadata)

    def kind(self, national: str) -> int:
        """Tell a national number's kind; UNKNOWN where it is none of ours."""
        match = self._kinds.find(national)
        return UNKNOWN if match is None else self._kinds.of(match)

    def without_international_prefix(self, digits: str) -> str | None:
        """Take "00", "011" or the like off; None where there is none."""
        match = self._international_prefix(digits)
        if match is None or digits[match.end() :].startswith("0"):
            return None
        return digits[match.end() :]

    def without_calling_code(self, digits: str) -> str | None:
        """Take our own calling code off where it can't be but that; else None."""
        if not digits.startswith(self.calling_code):
            return None
        rest = self._stripped(digits[len(self.calling_code) :])
        if self._general(digits) is None and self._general(rest) is not None:
            return rest
        length = len(digits)
        return rest if length > self._longest and length not in self._local_lengths else None

    def without_national_prefix(self, digits: str) -> str:
        """Take a trunk prefix and carrier code off where they can be one."""
        stripped = self._stripped(digits)
        length = len(stripped)
        if stripped is digits or length in self._local_lengths:
            return digits
        return stripped if length in self._lengths or length > self._longest else digits

    def _stripped(self, digits: str) -> str:
        match = self._national_prefix(digits) if digits else None
        if match is None:
            return digits
        if self._transform and match.group(match.re.groups) is not None:
            stripped = match.expand(self._transform) + digits[match.end() :]
        else:
            stripped = digits[match.end() :]
        if stripped == digits or self._general(stripped) is not None:
            return stripped
        return digits if self._general(digits) is not None else stripped


@cache
def plan_of(region: str, calling_code: str = "") -> RegionPlan | None:
    """Give a region's plan; the calling code is asked for with "001" only."""
    if region == WORLD:
        metadata = PhoneMetadata.metadata_for_nongeo_region(int(calling_code), None)
    else:
        metadata = PhoneMetadata.metadata_for_region(region, None)
    return None if metadata is None else RegionPlan(metadata)


@cache
def _plans_of(calling_code: str) -> tuple[RegionPlan, ...]:
    """Give the plans that share a calling code, the main one first."""
    plans = (plan_of(region, calling_code) for region in _REGIONS[calling_code])
    return tuple(plan for plan in plans if plan is not None)


def calling_code_of(digits: str) -> str | None:
    """Tell the calling code that these digits begin with, if any."""
    for length in (1, 2, 3):
        if digits[:length] in _REGIONS:
            return digits[:length]
    return None


def regions_of(calling_code: str) -> tuple[str, ...]:
    """List the regions that share a calling code, the main one first."""
    return _REGIONS.get(calling_code, ())


def read_international(digits: str) -> Reading | None:
    """Read what follows a plus: calling code and national number.

    A trunk prefix between the two ("+44 (0)20 …") is taken off. None where no
    calling code begins these digits or the length is out of all bounds.
    """
    if len(digits) <= _SHORTEST_NATIONAL:
        return None
    code = calling_code_of(digits)
    return None if code is None else _read(code, _plans_of(code)[0], digits[len(code) :])


def read_national(digits: str, region: str) -> Reading | None:
    """Read digits as people in `region` dial them, international ones too.

    None where they can't be dialed there at all.
    """
    plan = plan_of(region)
    if plan is None or len(digits) < _SHORTEST_NATIONAL:
        return None
    abroad = plan.without_international_prefix(digits)
    if abroad is not None:
        return read_international(abroad)
    national = plan.without_calling_code(digits)
    if national is not None:
        return _read(plan.calling_code, _plans_of(plan.calling_code)[0], national)
    return _read(plan.calling_code, plan, digits)


def _read(calling_code: str, plan: RegionPlan, digits: str) -> Reading | None:
    if len(digits) < _SHORTEST_NATIONAL:
        return None
    national = plan.without_national_prefix(digits)
    if not _SHORTEST_NATIONAL <= len(national) <= _LONGEST_NATIONAL:
        return None
    region, kind = _whose(calling_code, national)
    return Reading(calling_code, national, region, kind)


def _whose(calling_code: str, national: str) -> tuple[str | None, int]:
    """Find the region that a national number is of, and its kind there.

    The first region that has its leading digits, or has no such digits but
    the number; then its kind may be UNKNOWN still.
    """
    for leading_digits, plans in _steps_of(calling_code):
        if leading_digits is None:
            kind = plans[0].kind(national)
            if kind != UNKNOWN or len(_REGIONS[calling_code]) == 1:
                return plans[0].region, kind
        else:
            match = leading_digits(national)
            if match is not None:
                plan = plans[(match.lastindex or 0) - 1]
                return plan.region, plan.kind(national)
    return None, UNKNOWN


_Step = tuple[Callable[[str], re.Match[str] | None] | None, tuple[RegionPlan, ...]]


@cache
def _steps_of(calling_code: str) -> tuple[_Step, ...]:
    """Lay out how to find a number's region: neighbours with leading digits in one pattern."""
    plans = _plans_of(calling_code)
    if len(plans) == 1:
        return ((None, plans),)
    steps: list[_Step] = []
    for by_digits, run in groupby(plans, key=lambda plan: plan.leading_digits is not None):
        if by_digits:
            alike = tuple(run)
            steps.append((re.compile("|".join(f"({plan.leading_digits})" for plan in alike)).match, alike))
        else:
            steps.extend((None, (plan,)) for plan in run)
    return tuple(steps)
