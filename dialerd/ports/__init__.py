"""The Protocols between the pure core and the edges; the only thing engine, use cases and adapters share.

Not here: any behaviour.
"""

from dialerd.ports.clock import (
    Clock,
    Dice,
    Supervisor,
    Timer,
)
from dialerd.ports.exchange import (
    Done,
    Exchange,
    ExchangeDown,
    ExchangeEvent,
    ExchangeSink,
    ExchangeUp,
    Failed,
    Gone,
    Reply,
)
from dialerd.ports.rows import (
    AttemptRow,
    CampaignRow,
    ConditionCount,
    ContactRow,
    DncEntry,
    ExportRow,
    FilterCount,
    HeldTargets,
    ListRow,
    RunRow,
    Scrubbed,
    TargetRow,
)
from dialerd.ports.store import (
    Audit,
    Campaigns,
    Contacts,
    Dialing,
    Dnc,
    Lists,
    Runs,
    Store,
    Unit,
)

__all__ = [
    "AttemptRow",
    "Audit",
    "CampaignRow",
    "Campaigns",
    "Clock",
    "ConditionCount",
    "ContactRow",
    "Contacts",
    "Dialing",
    "Dice",
    "Dnc",
    "DncEntry",
    "Done",
    "Exchange",
    "ExchangeDown",
    "ExchangeEvent",
    "ExchangeSink",
    "ExchangeUp",
    "ExportRow",
    "Failed",
    "FilterCount",
    "Gone",
    "HeldTargets",
    "ListRow",
    "Lists",
    "Reply",
    "RunRow",
    "Runs",
    "Scrubbed",
    "Store",
    "Supervisor",
    "TargetRow",
    "Timer",
    "Unit",
]
