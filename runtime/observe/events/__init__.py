"""The event table: every line that the log can hold.

Names and fields are an interface (docs/events.md). `tenant` and `campaign`
are None where an event belongs to none; `seq` and `recovered` stand in a
line only where they are set. Seconds throughout; times are seconds since the
epoch. The writer adds `timestamp`, `level` and `event`.
"""

from runtime.observe.events.advice import (
    Advice,
)
from runtime.observe.events.calls import (
    CallAnswered,
    CallEnded,
    CallLateEvent,
    CallOverdue,
    CallRinging,
)
from runtime.observe.events.campaign import (
    CampaignCanceled,
    CampaignFinished,
    CampaignPaused,
    CampaignResumed,
    CampaignStalled,
    CampaignStarted,
)
from runtime.observe.events.capacity import (
    ConnectionClosed,
    ConnectionLimitChanged,
    ConnectionOpened,
    LimitDiffers,
    PoolCapacity,
    TenantCapChanged,
)
from runtime.observe.events.contacts import (
    ContactFinished,
    ContactRejected,
    ContactStickyLost,
    ContactStickySet,
)
from runtime.observe.events.dispatch import (
    DispatchGranted,
    DispatchRefused,
    DispatchVoided,
    DispatchWaiting,
)
from runtime.observe.events.engine import (
    ActorCrashed,
    EngineRecovered,
    EngineStarted,
    EngineStopped,
    JournalAway,
    JournalBack,
    LeaseLapsed,
    ScenarioApplied,
    StateAway,
    StateBack,
    StateLearned,
    StateLearning,
)
from runtime.observe.events.line import (
    AttemptEvent,
    Event,
    Table,
)
from runtime.observe.events.numbers import (
    NumberAdded,
    NumberChanged,
    NumberFlagged,
    NumberPaused,
    NumberRemoved,
    NumberRested,
    NumberResting,
    NumberResumed,
    NumberUnflagged,
    NumberWeights,
)

__all__ = [
    "ActorCrashed",
    "Advice",
    "AttemptEvent",
    "CallAnswered",
    "CallEnded",
    "CallLateEvent",
    "CallOverdue",
    "CallRinging",
    "CampaignCanceled",
    "CampaignFinished",
    "CampaignPaused",
    "CampaignResumed",
    "CampaignStalled",
    "CampaignStarted",
    "ConnectionClosed",
    "ConnectionLimitChanged",
    "ConnectionOpened",
    "ContactFinished",
    "ContactRejected",
    "ContactStickyLost",
    "ContactStickySet",
    "DispatchGranted",
    "DispatchRefused",
    "DispatchVoided",
    "DispatchWaiting",
    "EngineRecovered",
    "EngineStarted",
    "EngineStopped",
    "Event",
    "JournalAway",
    "JournalBack",
    "LeaseLapsed",
    "LimitDiffers",
    "NumberAdded",
    "NumberChanged",
    "NumberFlagged",
    "NumberPaused",
    "NumberRemoved",
    "NumberRested",
    "NumberResting",
    "NumberResumed",
    "NumberUnflagged",
    "NumberWeights",
    "PoolCapacity",
    "ScenarioApplied",
    "StateAway",
    "StateBack",
    "StateLearned",
    "StateLearning",
    "Table",
    "TenantCapChanged",
]
