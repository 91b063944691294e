"""What a pool has counted of answers, said to other daemons and heard from them."""

from __future__ import annotations

from collections.abc import Iterator

from actors.answer_rates.messages import AskTotals, TotalsElsewhere, TotalsHere
from actors.answer_rates.totals import SharedRates
from actors.pool.campaign import PoolCampaign
from actors.pool.tenant_pool import TenantPool
from runtime.calls import E164


def tell_totals(pool: TenantPool, message: AskTotals) -> None:
    """Say what was counted here."""
    totals = {campaign.name: dict(rates.own) for campaign, rates in _shared(pool)}
    results = sum(one.results for numbers in totals.values() for one in numbers.values())
    message.ref.tell(TotalsHere(results, totals))


def hear_totals(pool: TenantPool, message: TotalsElsewhere) -> None:
    """Draw by what all daemons have counted."""
    for campaign, rates in _shared(pool):
        name, news = campaign.name, set[E164]()
        for daemon, totals in message.stated.items():
            news |= rates.hear(daemon, totals.get(name, {}))
        if message.earlier is not None:
            news |= rates.match(message.earlier.get(name, {}))
        for number in sorted(news & campaign.numbers.keys()):
            campaign.add_up(campaign.numbers[number])


def _shared(pool: TenantPool) -> Iterator[tuple[PoolCampaign, SharedRates]]:
    for campaign in pool.campaigns.values():
        if campaign.shared_rates is not None:
            yield campaign, campaign.shared_rates
