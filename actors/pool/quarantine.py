"""Let numbers rest that are answered much less than they were, and try them again.

Only for campaigns with `auto_quarantine`. A number rests `quarantine`, twice
as long each time its trial fails, and never are more than `max_resting_share`
of a campaign's standing numbers at rest at once.
"""

from __future__ import annotations

from actors.messages import ChangeNumber, QuarantineOver
from actors.pool.campaign import PoolCampaign
from actors.pool.changes import Changes
from actors.pool.tenant_pool import TenantPool
from runtime.calls import E164

LONGEST_DOUBLING = 16
"""A number whose trials keep failing rests so many times `quarantine` at most."""


class Quarantine:
    """Which numbers the doctor lets rest, and for how long."""

    def __init__(self, pool: TenantPool, changes: Changes) -> None:
        self._pool = pool
        self._changes = changes
        self._times: dict[E164, int] = {}

    def dropped(self, campaign: PoolCampaign, name: E164) -> None:
        """Let a number rest whose answers dropped, if the campaign wants that."""
        settings = campaign.settings
        number = campaign.members.get(name)
        if not settings.auto_quarantine or number is None or number.quarantined or not number.standing:
            return
        if not may_rest(campaign):
            return
        times = self._times.get(name, 0)
        self._times[name] = times + 1
        seconds = settings.quarantine * min(2**times, LONGEST_DOUBLING)
        reason = f"answered much less than it was; tried again in {seconds:g} s"
        self._changes.change(ChangeNumber("resting", name, "doctor", reason))
        self._pool.after(seconds, QuarantineOver(campaign.name, name))

    def over(self, message: QuarantineOver) -> None:
        """Dial from a number that has rested, on trial."""
        number = self._pool.numbers[message.number]
        if not number.quarantined:
            return
        self._changes.change(ChangeNumber("rested", message.number, "doctor", "on trial"))
        if self._pool.doctor is not None:
            self._pool.doctor.on_trial(message.campaign, message.number)

    def passed(self, name: E164) -> None:
        """Forget how often a number rested: it is answered as it was."""
        self._times.pop(name, None)


def may_rest(campaign: PoolCampaign) -> bool:
    """Tell whether one more number may rest without too much of the pool at rest."""
    standing = [one for one in campaign.members.values() if one.standing]
    resting = sum(1 for one in standing if one.quarantined)
    return bool(resting + 1 <= campaign.settings.max_resting_share * len(standing))
