"""An opt-out: who does not want to be reached any more, how and when that was said, and where it is kept.

Not here: do-not-call lists as such (usecases/dnc.py), recognizing a STOP in a message (replies.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialerd.domain.contact import Contact
from dialerd.domain.words import AttemptId, ContactId

GLOBAL_LIST = "global"
"""The do-not-call list that every campaign obeys."""

MAX_WORDS = 500
"""Longest record of what was said, in characters."""

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}\Z")


class How(StrEnum):
    """The way by which somebody has opted out."""

    KEY_PRESS = "key_press"  # in a call
    VOICE = "voice"  # said to a recording or a recognizer
    SMS = "sms"
    EMAIL = "email"  # a reply, or the List-Unsubscribe of a message
    AGENT = "agent"  # told an agent
    CLI = "cli"
    HOOK = "hook"  # the dialplan
    API = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One opt-out as it is kept. `address`: a number in E.164 form or an e-mail address, the one it came from;
    `addresses`: all that were put on the list for it. `words`: what was said, cut to MAX_WORDS.

    `taken_back_at`: since when the address that was asked for is off that list again, `taken_back_by` whom or what;
    None: nobody has taken it off.
    """

    address: str
    addresses: Sequence[str]
    how: How
    list_name: str
    at: datetime
    actor: str
    words: str = ""
    contact_id: ContactId | None = None
    attempt_id: AttemptId | None = None
    taken_back_at: datetime | None = None
    taken_back_by: str = ""


def is_email(text: str) -> bool:
    """Whether a person means an e-mail address, not a number."""
    return _EMAIL.match(text.strip()) is not None


def as_address(email: str) -> str:
    """An e-mail address as do-not-call lists keep it: letter case does not tell people apart."""
    return email.strip().lower()


def addresses_of(contact: Contact) -> tuple[str, ...]:
    """Every address at which a contact can be reached."""
    email = (as_address(contact.email),) if contact.email else ()
    return (*(number.e164 for number in contact.numbers), *email)
