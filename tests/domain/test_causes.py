"""How an unanswered call ended, row by row as the real Asterisk 22 tells it."""

from __future__ import annotations

import pytest

from dialerd.domain.causes import BY_CAUSE, BY_SIP_CODE, Side, classify
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.words import Disposition

# (SIP status, Q.850 cause that Asterisk 22.10 gives for it) to what it means
ROWS = [
    (300, 16, "network_failure"),
    (302, 23, "network_failure"),
    (400, 127, "failed"),
    (401, 21, "network_failure"),
    (403, 21, "rejected"),
    (404, 1, "invalid_number"),
    (407, 21, "network_failure"),
    (408, 18, "network_failure"),  # the INVITE was never replied to
    (410, 22, "invalid_number"),
    (420, 3, "failed"),
    (480, 19, "no_answer"),
    (483, 19, "network_failure"),
    (484, 28, "invalid_number"),
    (485, 1, "invalid_number"),
    (486, 17, "busy"),
    (487, 127, "no_answer"),
    (488, 58, "failed"),
    (500, 38, "network_failure"),
    (501, 29, "network_failure"),
    (502, 27, "network_failure"),
    (503, 34, "network_failure"),
    (504, 102, "network_failure"),
    (513, 34, "failed"),  # our own message was too large
    (580, 34, "network_failure"),
    (600, 17, "busy"),
    (603, 21, "rejected"),
    (604, 1, "invalid_number"),
    (606, 58, "failed"),
    (607, 127, "blocked"),  # only the SIP status tells these two from each other and from the rest of 127
    (608, 127, "blocked"),
]


@pytest.mark.parametrize(("sip_code", "cause", "expected"), ROWS)
def test_a_sip_status_means_what_the_table_says(sip_code: int, cause: int, expected: str) -> None:
    assert classify(cause=cause, sip_code=sip_code).disposition == expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (17, "busy"),
        (19, "no_answer"),
        (1, "invalid_number"),
        (21, "rejected"),
        (34, "network_failure"),
        (0, "no_answer"),
    ],
)
def test_without_a_sip_status_the_cause_decides(cause: int, expected: str) -> None:
    assert classify(cause=cause, sip_code=None).disposition == expected


def test_what_is_in_no_table_is_a_network_failure_which_raises_alarms() -> None:
    for unknown in (classify(cause=99, sip_code=None), classify(cause=None, sip_code=None)):
        assert (unknown.disposition, unknown.side) == (Disposition.NETWORK_FAILURE, Side.NETWORK)


def test_a_contact_is_never_blamed_for_the_network_or_for_us() -> None:
    final = {ending.disposition for ending in [*BY_SIP_CODE.values(), *BY_CAUSE.values()] if ending.side == "network"}
    assert final <= {Disposition.NETWORK_FAILURE, Disposition.BLOCKED}


def test_every_disposition_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Disposition)


@pytest.mark.parametrize("cause", range(128))
def test_every_cause_of_q850_has_a_disposition_and_a_side(cause: int) -> None:
    ending = classify(cause=cause, sip_code=None)
    expected = {
        "invalid_number": {1, 22, 28},
        "busy": {17},
        "no_answer": {0, 16, 18, 19, 26},
        "rejected": {21},
        "failed": {58, 65, 66, 88},
    }
    wanted = next((name for name, causes in expected.items() if cause in causes), "network_failure")
    assert ending.disposition == wanted
    assert (ending.side is Side.NETWORK) == (wanted == "network_failure")


@pytest.mark.parametrize("sip_code", range(300, 700))
def test_every_sip_status_has_a_disposition_and_the_cause_decides_where_it_is_not_known(sip_code: int) -> None:
    if sip_code in BY_SIP_CODE:
        assert classify(cause=1, sip_code=sip_code) == BY_SIP_CODE[sip_code]
    else:
        assert classify(cause=17, sip_code=sip_code).disposition == "busy"
        assert classify(cause=None, sip_code=sip_code).disposition == "network_failure"


@pytest.mark.parametrize(("sip_code", "cause"), [(486, 17), (603, 21), (600, 17), (403, 21)])
def test_what_the_called_person_did_is_never_the_trunks_fault(sip_code: int, cause: int) -> None:
    assert classify(cause=cause, sip_code=sip_code).side is Side.CALLEE
    assert classify(cause=cause, sip_code=None).side is Side.CALLEE
