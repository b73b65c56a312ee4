"""From the way a call ended (SIP status, Q.850 cause) to a system disposition and whose doing it was.

Not here: answered calls, whose disposition is decided by who answered (call/step.py).
Sources: SIP to Q.850 as chan_pjsip of Asterisk 22.10 maps it, RFC 3261, RFC 8197 (607), RFC 8688 (608),
RFC 3398, ITU-T Q.850. One function, one table; what is in no table is a network failure, which raises alarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dialerd.domain.words import Disposition as D


class Side(StrEnum):
    """Whose doing an ending was."""

    CALLEE = "callee"  # the called person or their phone
    NUMBER = "number"  # the number itself is wrong
    ANALYTICS = "analytics"  # an engine on the way that took the call for unwanted; the called person never knew
    NETWORK = "network"  # carrier, trunk or Asterisk: never the contact's fault
    DIALER = "dialer"  # we asked for something that cannot be done


@dataclass(frozen=True, slots=True)
class Ending:
    """What an unanswered call comes to."""

    disposition: D
    side: Side


_BUSY = Ending(D.BUSY, Side.CALLEE)
_NO_ANSWER = Ending(D.NO_ANSWER, Side.CALLEE)
_REJECTED = Ending(D.REJECTED, Side.CALLEE)
_UNWANTED = Ending(D.BLOCKED, Side.CALLEE)
_FILTERED = Ending(D.BLOCKED, Side.ANALYTICS)
_INVALID = Ending(D.INVALID_NUMBER, Side.NUMBER)
_NETWORK = Ending(D.NETWORK_FAILURE, Side.NETWORK)
_FAILED = Ending(D.FAILED, Side.DIALER)

# The SIP status says more than the cause: 607 and 608 both come as cause 127, 603 and 403 both as 21.
BY_SIP_CODE: dict[int, Ending] = {
    300: _NETWORK,
    301: _NETWORK,  # redirects are not followed
    302: _NETWORK,
    400: _FAILED,
    401: _NETWORK,  # the trunk wants a login that it is not given
    402: _NETWORK,
    403: _REJECTED,
    404: _INVALID,
    405: _FAILED,
    406: _FAILED,
    407: _NETWORK,
    408: _NETWORK,  # nobody replied to the INVITE: the far side never had the call
    410: _INVALID,
    413: _FAILED,
    414: _FAILED,
    415: _FAILED,
    416: _FAILED,
    420: _FAILED,
    421: _FAILED,
    423: _FAILED,
    480: _NO_ANSWER,
    481: _NETWORK,
    482: _NETWORK,
    483: _NETWORK,
    484: _INVALID,
    485: _INVALID,
    486: _BUSY,
    487: _NO_ANSWER,  # our own CANCEL came through
    488: _FAILED,
    500: _NETWORK,
    501: _NETWORK,
    502: _NETWORK,
    503: _NETWORK,
    504: _NETWORK,
    505: _FAILED,
    513: _FAILED,
    580: _NETWORK,
    600: _BUSY,
    603: _REJECTED,  # a bare 603 is a person's "Decline"
    604: _INVALID,
    606: _FAILED,
    607: _UNWANTED,  # RFC 8197: the called person, or a rule of theirs, wants no calls of ours
    608: _FILTERED,  # RFC 8688: an intermediary's analytics rejected it; it can be appealed against
}

# Where no SIP status is known: Local channels, other technologies, Asterisk before 20.17 and 22.7.
BY_CAUSE: dict[int, Ending] = {
    1: _INVALID,
    2: _NETWORK,
    3: _NETWORK,
    16: _NO_ANSWER,  # cleared by us before anybody answered
    17: _BUSY,
    18: _NO_ANSWER,
    19: _NO_ANSWER,
    20: _NO_ANSWER,  # subscriber absent: a mobile that is off or out of reach; RFC 3398 makes it 480
    21: _REJECTED,
    22: _INVALID,
    23: _NETWORK,
    24: _REJECTED,  # a feature that the called person has switched on, such as one against anonymous calls
    26: _NO_ANSWER,
    27: _NETWORK,
    28: _INVALID,
    29: _NETWORK,
    31: _NETWORK,
    34: _NETWORK,
    38: _NETWORK,
    41: _NETWORK,
    42: _NETWORK,
    44: _NETWORK,
    50: _NETWORK,
    58: _FAILED,
    65: _FAILED,
    66: _FAILED,
    88: _FAILED,
    102: _NETWORK,
    111: _NETWORK,
    127: _NETWORK,
    0: _NO_ANSWER,  # an originate timeout before Asterisk 20.18 and 22.8: no cause, no SIP status, never answered
}


_CONGESTED_SIP = frozenset({503})  # Service Unavailable: also what carriers say above the rate they allow
_CONGESTED_CAUSES = frozenset({34, 42, 44})  # no circuit, switching congestion, circuit not available


def is_congestion(*, cause: int | None, sip_code: int | None) -> bool:
    """Whether the trunk said that it had no room. One such ending may be the destination's; many in a row are not."""
    return sip_code in _CONGESTED_SIP if sip_code is not None else cause in _CONGESTED_CAUSES


def classify(*, cause: int | None, sip_code: int | None) -> Ending:
    """The ending of a call that was never answered.

    >>> classify(cause=127, sip_code=608).disposition.value
    'blocked'
    """
    if sip_code is not None and sip_code in BY_SIP_CODE:
        return BY_SIP_CODE[sip_code]
    if cause is not None and cause in BY_CAUSE:
        return BY_CAUSE[cause]
    return _NETWORK
