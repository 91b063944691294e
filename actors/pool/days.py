"""A number's day: its calls are counted, and at its cap it rests."""

from __future__ import annotations

from actors.messages import DayEnded
from actors.pool.inventory import PooledNumber, end_of_day
from actors.pool.tenant_pool import TenantPool
from actors.pool.waking import eligibility_changed
from runtime.observe.events import NumberRested, NumberResting


def charge_day(pool: TenantPool, number: PooledNumber, cap: int) -> None:
    """Count one more call of the day; at its cap the number rests."""
    if number.shared_day is not None:
        number.open_offers += 1
        number.spend_day(1)
        if number.short:
            for cell, leaf in number.seats:
                cell.weigh(leaf)
        return
    now = pool.clock.time()
    if number.day_ends_at is None or now >= number.day_ends_at:
        number.day_count = number.open_offers
        number.day_ends_at = end_of_day(number.timezone, now)
    number.day_count += 1
    number.open_offers += 1
    if number.day_count >= cap:
        let_rest(pool, number)
        pool.after(number.day_ends_at - now, DayEnded(number.number, number.day_ends_at))


def let_rest(pool: TenantPool, number: PooledNumber) -> None:
    """Let a number rest that is at its day cap."""
    number.resting = True
    eligibility_changed(pool, number)
    reason = f"{number.day_cap} calls a day"
    pool.observer.emit(NumberResting(tenant=pool.tenant, number=number.number, by="day_cap", reason=reason))


def let_rested(pool: TenantPool, number: PooledNumber, by: str) -> None:
    """Let a number be dialed again that has rested."""
    number.resting = False
    pool.observer.emit(NumberRested(tenant=pool.tenant, number=number.number, by=by))
    eligibility_changed(pool, number)


def begin_day(pool: TenantPool, ended: DayEnded) -> bool:
    """Begin a new day of a number that rests; True if it may be dialed from again.

    Offers that are out count for the new day, and may have used it up already.
    """
    number = pool.numbers[ended.number]
    if not number.resting or number.day_ends_at != ended.at:
        return False
    now = pool.clock.time()
    number.day_count = number.open_offers
    number.day_ends_at = end_of_day(number.timezone, now)
    if number.day_cap is None or number.day_count < number.day_cap:
        let_rested(pool, number, "day_ended")
        return True
    pool.after(number.day_ends_at - now, DayEnded(number.number, number.day_ends_at))
    return False
