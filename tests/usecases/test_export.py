"""An export has the columns that users' scripts rely on, one row per attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns
from dialerd.usecases.export import COLUMNS, export_attempts
from tests.usecases.conftest import ACTOR, CALLER_ID, NOW, TRUNKS, House, spec


def test_the_columns_are_those_of_the_contract() -> None:
    assert ",".join(COLUMNS) == (
        "campaign,run,contact_id,number,attempt,attempt_id,started_at,answered_at,ended_at,duration_s,talk_s,amd,"
        "disposition,agent,trunk,caller_id,hangup_cause,sip_code"
    )


def test_each_attempt_is_a_row_and_an_open_one_has_no_end_yet(house: House) -> None:
    house.with_contacts("2122660001", "2122660002")
    campaigns.apply_campaign(house.unit, spec(max_attempts=2), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.start()
    ended, _ = house.dial(2)
    at = NOW + timedelta(seconds=12.5)
    house.end(
        ended, D.ANSWERED_HUMAN, at, answered_at=NOW + timedelta(seconds=5), amd="HUMAN HUMAN-1", cause=16, sip_code=200
    )
    first, second = (dict(zip(COLUMNS, row, strict=True)) for row in export_attempts(house.unit, "spring"))
    assert first == {
        "campaign": "spring",
        "run": "1",
        "contact_id": "1",
        "number": "+12122660001",
        "attempt": "1",
        "attempt_id": ended.id,
        "started_at": "2026-03-02T15:00:00.000+00:00",
        "answered_at": "2026-03-02T15:00:05.000+00:00",
        "ended_at": "2026-03-02T15:00:12.500+00:00",
        "duration_s": "12.500",
        "talk_s": "7.500",
        "amd": "HUMAN HUMAN-1",
        "disposition": "answered_human",
        "agent": "",
        "trunk": "carrier",
        "caller_id": CALLER_ID,
        "hangup_cause": "16",
        "sip_code": "200",
    }
    empty = {
        "answered_at",
        "ended_at",
        "duration_s",
        "talk_s",
        "amd",
        "disposition",
        "agent",
        "hangup_cause",
        "sip_code",
    }
    assert {column for column, cell in second.items() if not cell} == empty


def test_a_campaign_that_never_ran_has_nothing_to_export(house: House) -> None:
    with pytest.raises(IllegalActionError, match="has never run"):
        export_attempts(house.unit, "spring")
