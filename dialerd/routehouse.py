"""Ways out for messages and looks at Asterisk's own queues, as the settings name them.

Not here: what goes there (engine/messaging.py, engine/queuedesk.py).
"""

from __future__ import annotations

from dialerd.adapters import ami
from dialerd.adapters.mail import MailRoute
from dialerd.adapters.sms import sms_route
from dialerd.ports import Clock, MessageRoute, QueueWatch, Store
from dialerd.settings import Settings
from dialerd.usecases.mailbox import StoredMailbox
from dialerd.usecases.pieces import StoredPieces


def routes_of(given: Settings, clock: Clock, store: Store) -> dict[str, MessageRoute]:
    """Ways out for messages, by name."""
    mailbox = StoredMailbox(store)
    mails: dict[str, MessageRoute] = {each.name: MailRoute(each, clock, mailbox) for each in given.mail}
    return {each.name: sms_route(each, clock, StoredPieces(store)) for each in given.sms} | mails


def queue_watches(given: Settings, clock: Clock) -> dict[str, QueueWatch]:
    """By Asterisk, of those that have a manager interface for us."""
    return {each.name: ami.AmiQueues(each.name, each.ami, clock) for each in given.asterisk if each.ami}
