"""How an unanswered call ended: every SIP status and every Q.850 cause, and whose doing each was."""

from __future__ import annotations

import pytest

from dialerd.domain.causes import BY_CAUSE, BY_SIP_CODE, Ending, Side, classify, is_congestion
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.words import Disposition

C, N, A, W, D = Side.CALLEE, Side.NUMBER, Side.ANALYTICS, Side.NETWORK, Side.DIALER

# SIP status, the Q.850 cause that Asterisk 22.10 gives for it, the disposition, whose doing. RFC 3261, 8197, 8688.
SIP = [
    (300, 16, "network_failure", W),
    (301, 23, "network_failure", W),
    (302, 23, "network_failure", W),
    (400, 127, "failed", D),
    (401, 21, "network_failure", W),  # cause 21 alone would blame the called person
    (402, 127, "network_failure", W),
    (403, 21, "rejected", C),
    (404, 1, "invalid_number", N),
    (405, 127, "failed", D),
    (406, 127, "failed", D),
    (407, 21, "network_failure", W),
    (408, 18, "network_failure", W),  # the INVITE was never replied to
    (410, 22, "invalid_number", N),
    (413, 127, "failed", D),
    (414, 127, "failed", D),
    (415, 127, "failed", D),
    (416, 127, "failed", D),
    (420, 3, "failed", D),
    (421, 127, "failed", D),
    (423, 127, "failed", D),
    (480, 19, "no_answer", C),
    (481, 127, "network_failure", W),
    (482, 127, "network_failure", W),
    (483, 19, "network_failure", W),
    (484, 28, "invalid_number", N),
    (485, 1, "invalid_number", N),
    (486, 17, "busy", C),
    (487, 127, "no_answer", C),
    (488, 58, "failed", D),
    (500, 38, "network_failure", W),
    (501, 29, "network_failure", W),
    (502, 27, "network_failure", W),
    (503, 34, "network_failure", W),
    (504, 102, "network_failure", W),
    (505, 127, "failed", D),
    (513, 34, "failed", D),  # our own message was too large
    (580, 34, "network_failure", W),
    (600, 17, "busy", C),
    (603, 21, "rejected", C),
    (604, 1, "invalid_number", N),
    (606, 58, "failed", D),
    (607, 127, "blocked", C),  # the called person wants no calls of ours
    (608, 127, "blocked", A),  # an engine decided; only the status tells these two from each other and the rest of 127
]

# Every value that ITU-T Q.850 gives a name, and Asterisk's 0. What is not here is unnamed.
Q850 = [
    (0, "no cause (Asterisk)", "no_answer", C),
    (1, "unallocated number", "invalid_number", N),
    (2, "no route to specified transit network", "network_failure", W),
    (3, "no route to destination", "network_failure", W),
    (4, "send special information tone", "network_failure", W),
    (5, "misdialled trunk prefix", "network_failure", W),
    (6, "channel unacceptable", "network_failure", W),
    (7, "call awarded, delivered in an established channel", "network_failure", W),
    (8, "preemption", "network_failure", W),
    (9, "preemption, circuit reserved", "network_failure", W),
    (14, "ported number", "network_failure", W),
    (16, "normal call clearing", "no_answer", C),
    (17, "user busy", "busy", C),
    (18, "no user responding", "no_answer", C),
    (19, "no answer from user", "no_answer", C),
    (20, "subscriber absent", "no_answer", C),
    (21, "call rejected", "rejected", C),
    (22, "number changed", "invalid_number", N),
    (23, "redirection to new destination", "network_failure", W),
    (24, "call rejected due to a feature at the destination", "rejected", C),
    (25, "exchange routing error", "network_failure", W),
    (26, "non-selected user clearing (answered elsewhere)", "no_answer", C),
    (27, "destination out of order", "network_failure", W),
    (28, "invalid number format", "invalid_number", N),
    (29, "facility rejected", "network_failure", W),
    (30, "response to STATUS ENQUIRY", "network_failure", W),
    (31, "normal, unspecified", "network_failure", W),
    (34, "no circuit available", "network_failure", W),
    (38, "network out of order", "network_failure", W),
    (39, "permanent frame mode connection out of service", "network_failure", W),
    (40, "permanent frame mode connection operational", "network_failure", W),
    (41, "temporary failure", "network_failure", W),
    (42, "switching equipment congestion", "network_failure", W),
    (43, "access information discarded", "network_failure", W),
    (44, "requested circuit not available", "network_failure", W),
    (46, "precedence call blocked", "network_failure", W),
    (47, "resource unavailable, unspecified", "network_failure", W),
    (49, "quality of service not available", "network_failure", W),
    (50, "requested facility not subscribed", "network_failure", W),
    (53, "outgoing calls barred within CUG", "network_failure", W),
    (55, "incoming calls barred within CUG", "network_failure", W),
    (57, "bearer capability not authorized", "network_failure", W),
    (58, "bearer capability not presently available", "failed", D),
    (62, "inconsistency in outgoing access information", "network_failure", W),
    (63, "service or option not available", "network_failure", W),
    (65, "bearer capability not implemented", "failed", D),
    (66, "channel type not implemented", "failed", D),
    (69, "requested facility not implemented", "network_failure", W),
    (70, "only restricted digital information", "network_failure", W),
    (79, "service or option not implemented", "network_failure", W),
    (81, "invalid call reference", "network_failure", W),
    (82, "identified channel does not exist", "network_failure", W),
    (83, "a suspended call exists, but not this identity", "network_failure", W),
    (84, "call identity in use", "network_failure", W),
    (85, "no call suspended", "network_failure", W),
    (86, "call with that identity has been cleared", "network_failure", W),
    (87, "user not member of CUG", "network_failure", W),
    (88, "incompatible destination", "failed", D),
    (90, "non-existent CUG", "network_failure", W),
    (91, "invalid transit network selection", "network_failure", W),
    (95, "invalid message", "network_failure", W),
    (96, "mandatory information element is missing", "network_failure", W),
    (97, "message type not implemented", "network_failure", W),
    (98, "message not compatible with call state", "network_failure", W),
    (99, "information element not implemented", "network_failure", W),
    (100, "invalid information element contents", "network_failure", W),
    (101, "message not compatible with call state", "network_failure", W),
    (102, "recovery on timer expiry", "network_failure", W),
    (103, "parameter not implemented", "network_failure", W),
    (110, "message with unrecognized parameter, discarded", "network_failure", W),
    (111, "protocol error, unspecified", "network_failure", W),
    (127, "interworking, unspecified", "network_failure", W),
]


@pytest.mark.parametrize(("sip_code", "cause", "disposition", "side"), SIP)
def test_a_sip_status_means_what_the_table_says_whatever_the_cause(
    sip_code: int, cause: int, disposition: str, side: Side
) -> None:
    for given in (cause, None, 17):
        assert classify(cause=given, sip_code=sip_code) == Ending(Disposition(disposition), side)


@pytest.mark.parametrize(("cause", "_name", "disposition", "side"), Q850)
def test_without_a_sip_status_the_cause_decides(cause: int, _name: str, disposition: str, side: Side) -> None:
    assert classify(cause=cause, sip_code=None) == Ending(Disposition(disposition), side)


def test_the_tables_above_leave_out_nothing_that_the_code_knows() -> None:
    assert set(BY_SIP_CODE) == {row[0] for row in SIP}
    assert set(BY_CAUSE) <= {row[0] for row in Q850}


@pytest.mark.parametrize("cause", [None, *sorted(set(range(-1, 256)) - {row[0] for row in Q850})])
def test_a_cause_without_a_name_is_a_network_failure_which_raises_alarms(cause: int | None) -> None:
    assert classify(cause=cause, sip_code=None) == Ending(Disposition.NETWORK_FAILURE, Side.NETWORK)


@pytest.mark.parametrize("sip_code", sorted(set(range(300, 700)) - set(BY_SIP_CODE)))
def test_where_a_sip_status_is_not_known_the_cause_decides(sip_code: int) -> None:
    assert classify(cause=17, sip_code=sip_code).disposition == "busy"
    assert classify(cause=None, sip_code=sip_code).disposition == "network_failure"


def test_a_contact_is_never_blamed_for_the_network_or_for_us() -> None:
    endings = [*BY_SIP_CODE.values(), *BY_CAUSE.values()]
    assert {each.disposition for each in endings if each.side is W} == {Disposition.NETWORK_FAILURE}
    assert {each.disposition for each in endings if each.side is D} == {Disposition.FAILED}
    assert {each.disposition for each in endings if each.side is A} == {Disposition.BLOCKED}


@pytest.mark.parametrize(("sip_code", "cause"), [(486, 17), (603, 21), (600, 17), (403, 21)])
def test_what_the_called_person_did_is_never_the_trunks_fault(sip_code: int, cause: int) -> None:
    assert classify(cause=cause, sip_code=sip_code).side is Side.CALLEE
    assert not is_congestion(cause=cause, sip_code=sip_code)


@pytest.mark.parametrize("value", range(700))
def test_a_trunk_is_congested_where_it_says_so_and_nowhere_else(value: int) -> None:
    assert is_congestion(cause=34, sip_code=value) == (value == 503), "the SIP status goes before the cause"
    assert is_congestion(cause=value, sip_code=None) == (value in (34, 42, 44))


def test_every_disposition_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Disposition)
