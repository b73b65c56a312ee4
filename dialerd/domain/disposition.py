"""What each system disposition means: does it need another try, was a person reached, was the call dialed at all.

Not here: how an ending becomes a disposition (causes.py) and when a retry is due (retry.py).
To add a disposition: a member in words.Disposition and a row in MEANINGS; the tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.words import Disposition as D


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`retried`: tried again by the campaign's plain retry rule (an own rule may say otherwise either way).
    `elsewhere`: another number of the contact may still reach the person. `live`: a person answered; the base of
    every abandon share. `text`: for people.
    """

    text: str
    retried: bool = False
    elsewhere: bool = False
    live: bool = False


MEANINGS: dict[D, Meaning] = {
    D.ANSWERED_HUMAN: Meaning(text="a person answered and was served", live=True),
    D.ANSWERING_MACHINE: Meaning(text="a machine answered", retried=True, elsewhere=True),
    D.FAX: Meaning(text="a fax answered", elsewhere=True),
    D.BUSY: Meaning(text="the line was busy", retried=True, elsewhere=True),
    D.NO_ANSWER: Meaning(text="it rang, nobody answered", retried=True, elsewhere=True),
    D.INVALID_NUMBER: Meaning(text="no such number", elsewhere=True),
    D.NETWORK_FAILURE: Meaning(text="the network or the trunk could not carry the call", retried=True),
    D.BLOCKED: Meaning(text="the call was blocked as unwanted"),
    D.REJECTED: Meaning(text="the call was declined"),
    D.ABANDONED: Meaning(text="a person answered and no agent was free in time", live=True),
    D.CUSTOMER_HANGUP: Meaning(text="answered, hung up before it was known by whom", live=True),
    D.AGENT_HANGUP: Meaning(text="the agent ended the call", live=True),
    D.VOICEMAIL_LEFT: Meaning(text="a message was left on a machine"),
    D.NO_AGENT: Meaning(text="no agent was there to take the call"),
    # Unknown is not "no": the phone may have rung, a person may have spoken. Never tried again by itself.
    D.INTERRUPTED: Meaning(text="dialerd or Asterisk was cut off; what became of the call is unknown"),
    D.DO_NOT_CALL: Meaning(text="the number is on a do-not-call list"),
    D.SCREENED: Meaning(text="a phone's assistant took the call"),
    D.FAILED: Meaning(text="the call could not be placed as asked", elsewhere=True),
    D.CANCELLED: Meaning(text="dialerd ended the call, or never made it, because it was told to stop", retried=True),
    D.SENT: Meaning(text="the message was taken by the route, and nothing is known of its delivery"),
    D.DELIVERED: Meaning(text="the message has arrived"),
    D.UNDELIVERED: Meaning(text="the message did not arrive"),
    D.BOUNCED: Meaning(text="the address takes no messages", elsewhere=True),
    D.REPLIED: Meaning(text="the person has written back"),
    D.SETTLED_BEFORE: Meaning(text="another dialer was done with the contact before it came here"),
}


def is_live(code: str) -> bool:
    """Whether a person answered. A custom code is given by somebody who spoke to one."""
    return code not in set(D) or MEANINGS[D(code)].live
