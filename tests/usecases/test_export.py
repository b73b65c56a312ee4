"""An export has the columns that users' scripts rely on, one row per attempt."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from dialerd.domain.call import Facts
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import AttemptId
from dialerd.domain.words import Disposition as D
from dialerd.engine.reconcile import facts_of
from dialerd.usecases import campaigns, dialing, export, runs
from dialerd.usecases.export import ALL, COLUMNS, Wanted, export_attempts
from tests.usecases.conftest import ACTOR, CALLER_ID, NOW, TRUNKS, House, spec


def test_the_columns_begin_with_those_of_the_contract() -> None:
    assert ",".join(COLUMNS[:18]) == (
        "campaign,run,contact_id,number,attempt,attempt_id,started_at,answered_at,ended_at,duration_s,talk_s,amd,"
        "disposition,agent,trunk,caller_id,hangup_cause,sip_code"
    )


def test_talk_time_counts_from_the_agent_where_there_is_one(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    (attempt,) = house.dial(1)
    talked: dict[str, Any] = {"agent": "ann", "connected_at": NOW + timedelta(seconds=7)}
    dialing.note(house.unit, attempt.id, Facts(placed_at=NOW, answered_at=NOW + timedelta(seconds=5), **talked))
    open_one = house.unit.dialing.attempt(attempt.id)
    assert open_one is not None
    assert facts_of(open_one).agent == "ann"
    assert facts_of(open_one).connected_at == NOW + timedelta(seconds=7)
    house.end(attempt, D.ANSWERED_HUMAN, NOW + timedelta(seconds=12), answered_at=NOW + timedelta(seconds=5), **talked)
    (row,) = (dict(zip(COLUMNS, row, strict=True)) for row in export_attempts(house.read, "spring"))
    assert (row["agent"], row["talk_s"]) == ("ann", "5.000")


def test_each_attempt_is_a_row_and_an_open_one_has_no_end_yet(house: House) -> None:
    house.with_contacts("2122660001", "2122660002")
    campaigns.apply_campaign(house.unit, spec(max_attempts=2), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.start()
    ended, _ = house.dial(2)
    at = NOW + timedelta(seconds=12.5)
    said_hello, talked = NOW + timedelta(seconds=6.3), NOW + timedelta(seconds=7)
    known = {"answered_at": NOW + timedelta(seconds=5), "greeted_at": said_hello, "connected_at": talked, "cause": 16}
    house.end(ended, D.ANSWERED_HUMAN, at, amd="HUMAN HUMAN-1", sip_code=200, **known)
    first, second = (dict(zip(COLUMNS, row, strict=True)) for row in export_attempts(house.read, "spring"))
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
        "talk_s": "5.500",
        "amd": "HUMAN HUMAN-1",
        "disposition": "answered_human",
        "agent": "",
        "trunk": "carrier",
        "caller_id": CALLER_ID,
        "hangup_cause": "16",
        "sip_code": "200",
        "asterisk": "pbx1",
        "verdict": "",
        "counted": "yes",
        "reason": "",
        "regulation": "",
        "system_disposition": "answered_human",
        "greeting_ended_at": "2026-03-02T15:00:06.300+00:00",
        "connected_at": "2026-03-02T15:00:07.000+00:00",
        "channel": "voice",
        "step": "",
        "recording": "",
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
        "verdict",
        "counted",
        "reason",
        "regulation",
        "system_disposition",
        "greeting_ended_at",
        "connected_at",
        "step",
        "recording",
    }
    assert {column for column, cell in second.items() if not cell} == empty


def test_a_campaign_that_never_ran_has_nothing_to_export(house: House) -> None:
    with pytest.raises(IllegalActionError, match="has never run"):
        export_attempts(house.read, "spring")


@pytest.fixture
def two_runs(house: House) -> House:
    """Run 1: 0001 busy at 15:00:10, 0002 answered; stopped. Run 2: 0001 rang out, 0002 is being called."""
    house.with_contacts("2122660001", "2122660002")
    campaigns.apply_campaign(house.unit, spec(max_attempts=1), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.start()
    first, second = house.dial(2)
    house.end(first, D.BUSY, NOW + timedelta(seconds=10))
    house.end(second, D.ANSWERED_HUMAN, NOW + timedelta(seconds=20))
    runs.rerun_campaign(house.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=NOW)
    run = house.latest()
    dialing.take_in(house.unit, run.id, draw=lambda: 0.5, now=NOW)
    ids = (AttemptId(f"d{n:032x}") for n in (7, 8))
    claim = dialing.claim(
        house.unit,
        run.id,
        limit=2,
        way_out=dialing.WayOut(trunk="carrier", asterisk="pbx1"),
        new_id=lambda: next(ids),
        now=NOW + timedelta(hours=1),
    )
    house.end(claim.attempts[0], D.NO_ANSWER, NOW + timedelta(hours=1, seconds=20))
    return house


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Wanted(), ["2 1 no_answer", "2 2 "]),
        (Wanted(run=1), ["1 1 busy", "1 2 answered_human"]),
        (Wanted(run=ALL), ["1 1 busy", "1 2 answered_human", "2 1 no_answer", "2 2 "]),
        (Wanted(run=ALL, dispositions=["busy", "no_answer"]), ["1 1 busy", "2 1 no_answer"]),
        (Wanted(run=ALL, dispositions=["fax"]), []),
        (Wanted(run=ALL, since=NOW + timedelta(hours=1)), ["2 1 no_answer", "2 2 "]),
        (Wanted(run=ALL, until=NOW + timedelta(hours=1)), ["1 1 busy", "1 2 answered_human"]),
        (Wanted(run=ALL, since=NOW + timedelta(hours=1, microseconds=1)), []),
        (Wanted(since=NOW, until=NOW + timedelta(minutes=1)), []),
        # The same moment in another zone.
        (
            Wanted(run=ALL, until=(NOW + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-5)))),
            ["1 1 busy", "1 2 answered_human"],
        ),
    ],
)
def test_an_export_is_narrowed_by_run_span_and_disposition(two_runs: House, wanted: Wanted, rows: list[str]) -> None:
    found = [dict(zip(COLUMNS, row, strict=True)) for row in export_attempts(two_runs.read, "spring", wanted)]
    assert [f"{row['run']} {row['contact_id']} {row['disposition']}" for row in found] == rows


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        (Wanted(run=3), NotFoundError, "no run 3"),
        (Wanted(dispositions=["bussy"]), BadInputError, "no disposition bussy"),
        (Wanted(since=NOW, until=NOW), BadInputError, "ends before it begins"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_not_an_empty_file(
    two_runs: House, wanted: Wanted, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        export_attempts(two_runs.read, "spring", wanted)


def test_a_long_run_is_read_page_by_page_in_transactions_of_their_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 3)
    house.with_contacts(*(f"212266{n:04}" for n in range(10)))
    house.start()
    ids = (AttemptId(f"d{n:032x}") for n in range(10))
    for at, limit in ((0, 2), (1, 1), (2, 5), (3, 2)):  # a claim's attempts share their moment, more than a page holds
        dialing.claim(
            house.unit,
            house.latest().id,
            limit=limit,
            way_out=dialing.WayOut(trunk="carrier", asterisk="pbx1"),
            new_id=lambda: next(ids),
            now=NOW + timedelta(seconds=at),
        )
    pages: list[int] = []

    def read(job: Any) -> Any:
        found = job(house.unit)
        if isinstance(found, tuple):
            pages.append(len(found[0]))
        return found

    rows = export_attempts(read, "spring")
    assert [int(row[COLUMNS.index("attempt_id")][1:], 16) for row in rows] == list(range(10))
    assert pages == [3, 5, 2]
    wanted = Wanted(since=NOW + timedelta(seconds=1), until=NOW + timedelta(seconds=3))
    found = [int(row[COLUMNS.index("attempt_id")][1:], 16) for row in export_attempts(house.read, "spring", wanted)]
    assert found == list(range(2, 8))


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(since=NOW)])
def test_a_campaign_that_is_deleted_while_it_is_exported_makes_no_file_that_looks_whole(
    house: House, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 1)
    house.with_contacts("2122660001", "2122660002")
    campaigns.apply_campaign(house.unit, spec(max_attempts=1), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.start()
    for attempt in house.dial(2):
        house.end(attempt, D.BUSY, NOW)
    rows = export_attempts(house.read, "spring", wanted)
    next(rows)
    while not campaigns.delete_campaign(house.unit, "spring", actor=ACTOR, now=NOW):
        pass
    with pytest.raises(NotFoundError, match="was deleted while"):
        list(rows)
