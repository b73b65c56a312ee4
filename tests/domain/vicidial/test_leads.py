"""Leads and callbacks: numbers, zones, times, what was done with them, and what cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.phone import BadNumber
from dialerd.domain.vicidial import CallbackRow, Lead, LeadTrouble, Statuses, read_callback, read_lead
from dialerd.domain.vicidial.leads import read_number
from dialerd.domain.vicidial.statuses import SYSTEM, code_of
from dialerd.domain.vicidial.zones import zone_of
from tests.vicidial import COLUMNS, USUAL

MADE_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # winter time in the United States
SUMMER = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)


def row(table: str = "vicidial_list", **values: Any) -> dict[str, str | None]:
    given = {**USUAL[table], "lead_id": 7, "phone_number": "2122660001", **values}
    return {name: None if given.get(name) is None else str(given[name]) for name in COLUMNS[table]}


def campaign(dialed: str = " NEW NA B -", *recycled: tuple[str, int, int]) -> Statuses:
    found = Statuses()
    found.take("vicidial_campaigns", {"campaign_id": "C", "dial_statuses": dialed})
    for status, delay, most in recycled:
        rule = {"campaign_id": "C", "status": status, "attempt_delay": str(delay), "attempt_maximum": str(most)}
        found.take("vicidial_lead_recycle", {**rule, "active": "Y"})
    return found


def read(statuses: Statuses | None = None, *, by_pass: bool = False, **values: Any) -> Lead:
    lead, troubles = read_lead(
        row(**values), statuses or campaign(), campaign="C", region="US", by_pass=by_pass, made_at=MADE_AT
    )
    assert lead is not None and not troubles
    return lead


@pytest.mark.parametrize(
    ("written", "code", "e164"),
    [
        ("2122660001", "1", "+12122660001"),
        ("12122660001", "1", "+12122660001"),
        ("2122660001", "", "+12122660001"),
        ("2122660001", "0", "+12122660001"),
        ("2079460018", "44", "+442079460018"),
        ("02079460018", "44", "+442079460018"),
        ("442079460018", "44", "+442079460018"),
        ("442079460018", "", "+442079460018"),
        ("(212) 266-0001", "1", "+12122660001"),
        ("+442079460018", "", "+442079460018"),
        ("5512345678", "52", "+525512345678"),
    ],
)
def test_a_number_is_put_together_with_its_code(written: str, code: str, e164: str) -> None:
    found = read_number(written, code=code, region="US")
    assert not isinstance(found, BadNumber) and found.e164 == e164


@pytest.mark.parametrize(
    ("written", "code"), [("", "1"), ("123", "1"), ("2125550100x99", "1"), ("212XXXXXXX", "1"), ("0", ""), ("²²", "1")]
)
def test_what_is_no_number_is_told_with_its_reason(written: str, code: str) -> None:
    found = read_number(written, code=code, region="US")
    assert isinstance(found, BadNumber) and found.reason


def test_a_lead_becomes_a_contact_with_all_that_is_known() -> None:
    lead = read(first_name="Zoë", email="zoe@example.com", alt_phone="2122660002", address3="212-266-0003", rank=5,
                owner="1001", address1="5 High St", date_of_birth="1980-02-03", comments="it's\nlate")  # fmt: skip
    contact = lead.contact
    assert [each.e164 for each in contact.numbers] == ["+12122660001", "+12122660002", "+12122660003"]
    assert contact.priority == 5 and contact.email == "zoe@example.com"
    assert contact.attributes["first_name"] == "Zoë" and contact.attributes["comments"] == "it's\nlate"
    assert contact.attributes["vicidial_lead_id"] == "7" and contact.attributes["owner"] == "1001"
    assert {"gender", "address3", "vicidial_called_count"}.isdisjoint(contact.attributes)
    assert lead.past is None and lead.is_known and lead.is_placed


def test_what_of_a_lead_cannot_be_used_is_left_out_and_told() -> None:
    lead, troubles = read_lead(
        row(email="nobody", alt_phone="212555010x9999", comments="x" * 1001, first_name="A\0nn"),
        campaign(), campaign="C", region="US", by_pass=False, made_at=MADE_AT,
    )  # fmt: skip
    assert lead is not None and len(lead.contact.numbers) == 1 and lead.contact.email is None
    assert lead.contact.attributes["comments"] == "x" * 1000 and lead.contact.attributes["first_name"] == "Ann"
    assert [each.column for each in troubles] == ["email", "comments", "alt_phone"]
    assert not any(each.is_lost for each in troubles)
    nobody, (trouble,) = read_lead(
        row(phone_number="99"), campaign(), campaign="C", region="US", by_pass=False, made_at=MADE_AT
    )
    assert nobody is None and trouble.is_lost and trouble.column == "phone_number"


@given(st.dictionaries(st.sampled_from(COLUMNS["vicidial_list"]), st.none() | st.text(max_size=30)), st.booleans())
def test_whatever_a_row_says_it_is_a_lead_or_a_reason(values: dict[str, str | None], by_pass: bool) -> None:
    lead, troubles = read_lead(
        {**row(), **values}, campaign(), campaign="C", region="US", by_pass=by_pass, made_at=MADE_AT
    )
    assert lead is not None or troubles
    assert lead is None or lead.past is None or lead.past.last_at is None or lead.past.last_at <= MADE_AT


@pytest.mark.parametrize(
    ("status", "count", "flag", "at", "attempts", "code", "is_over"),
    [
        ("NA", 2, "Y", "2026-03-02 09:30:00", 2, "no_answer", False),
        ("B", 1, "Y", "2026-03-01 09:30:00", 1, "busy", False),
        ("A", 1, "Y", "2026-03-01 09:30:00", 1, "answering_machine", True),  # the campaign does not dial it again
        ("SALE", 3, "Y", "2026-03-01 09:30:00", 3, "sale", True),
        ("1HOT", 1, "Y", "2026-03-01 09:30:00", 1, "s_1hot", True),
        ("NA", 0, "N", "2026-03-01 09:30:00", 1, "no_answer", False),  # its status says that it was called
        ("NEW", 2, "N", "2026-03-01 09:30:00", 2, "no_answer", False),  # its list was reset by hand
    ],
)
def test_what_was_done_with_a_lead_is_counted(
    status: str, count: int, flag: str, at: str, attempts: int, code: str, is_over: bool
) -> None:
    past = read(status=status, called_count=count, called_since_last_reset=flag, last_local_call_time=at).past
    assert past is not None and (past.attempts, past.code, past.is_over) == (attempts, code, is_over)
    assert past.last_at == datetime.fromisoformat(at.replace(" ", "T") + "-05:00")  # by the lead's own clock


@pytest.mark.parametrize(("flag", "attempts"), [("N", 0), ("Y", 1), ("Y2", 3)])
def test_attempts_may_be_those_since_the_list_was_reset(flag: str, attempts: int) -> None:
    at = "2026-03-02 09:30:00"
    past = read(by_pass=True, called_since_last_reset=flag, status="NA", called_count=9, last_local_call_time=at).past
    assert past is not None and past.attempts == attempts and past.last_at is not None


@pytest.mark.parametrize("at", [None, "0000-00-00 00:00:00", "2008-01-01 00:00:00x", "2026-03-02 23:59:00"])
def test_a_call_of_which_nobody_knows_when_may_have_been_just_now(at: str | None) -> None:
    past = read(status="NA", called_count=1, last_local_call_time=at).past
    assert past is not None and past.last_at == MADE_AT


def test_a_status_that_is_recycled_is_dialed_again_and_one_of_no_campaign_by_what_it_says() -> None:
    assert not campaign(" NEW -", ("B", 600, 3)).is_over("B", "C")
    alone = Statuses()
    said = {status: alone.is_over(status, "X") for status in ("NEW", "NA", "B", "AA", "DROP", "DNC", "SALE", "DC", "?")}
    assert said == {"NEW": False, "NA": False, "B": False, "AA": False, "DROP": False, "DNC": True, "SALE": True,
                    "DC": True, "?": True}  # fmt: skip


def test_sets_have_what_agents_may_give_and_dialerd_does_not_know_already() -> None:
    statuses = campaign(" NEW NA WARM -", ("COLD", 1800, 2))
    agents = {"SALE": {"sale": "Y"}, "WARM": {}, "COLD": {}, "CBHOLD": {}, "HID": {"selectable": "N"}}
    for status, flags in {"NA": {}, **agents}.items():
        statuses.take(
            "vicidial_statuses",
            {"status": status, "selectable": "Y", **flags},
        )
    statuses.take("vicidial_campaign_statuses", {"campaign_id": "C", "status": "1X", "selectable": "Y"})
    made = statuses.set_of("C", prefix="v-")
    assert made is not None and made.name == "v-c"
    told = {each.code: (each.positive, each.callback, each.retry_after_min) for each in made.disposition}
    assert told == {
        "sale": (True, False, None),
        "warm": (False, False, 1440.0),
        "cold": (False, False, 30.0),
        "cbhold": (False, True, None),
        "s_1x": (False, False, None),
    }
    assert not statuses.is_known("HUH", "C") and statuses.is_known("1x", "c") and not statuses.is_known("1X", "D")
    assert all(code_of(status) == disposition for status, disposition in SYSTEM.items())


def test_retry_rules_are_those_by_which_it_was_dialed_again() -> None:
    rules = {
        each["disposition"]: (each["after_min"], each["max"]) for each in campaign(" NA -", ("B", 600, 3)).retries("C")
    }
    assert rules["no_answer"] == (1440.0, 100) and rules["busy"] == (10.0, 3)
    assert rules["answering_machine"] == (0.0, 0), "dialerd would try it again by itself, and ViciDial did not"
    assert "do_not_call" not in rules and "fax" not in rules


@pytest.mark.parametrize(
    ("zones", "offset", "state", "at", "zone"),
    [
        (("America/New_York",), -5.0, "NY", MADE_AT, None),
        (("America/Chicago", "America/New_York"), -5.0, "FL", MADE_AT, "America/New_York"),
        (("America/Chicago", "America/New_York"), -5.0, "FL", SUMMER, "America/Chicago"),
        (("America/New_York",), -8.0, "CA", MADE_AT, "America/Los_Angeles"),  # moved, and kept the number
        (("America/New_York",), -7.0, "AZ", MADE_AT, "America/Phoenix"),
        (("America/New_York",), -8.0, "TX", MADE_AT, None),  # what is known does not agree: the number's zones hold
        (("America/New_York",), 0.0, "", MADE_AT, None),
        (("America/New_York",), None, "CA", MADE_AT, None),
        ((), -5.0, "NY", MADE_AT, "America/New_York"),
        ((), -5.0, "", MADE_AT, None),
    ],
)
def test_a_lead_lives_where_offset_state_and_number_agree(
    zones: tuple[str, ...], offset: float | None, state: str, at: datetime, zone: str | None
) -> None:
    assert zone_of(zones, offset_h=offset, state=state, country="USA", at=at) == zone


def promised(**values: Any) -> CallbackRow | LeadTrouble | None:
    given = row("vicidial_callbacks", callback_id=3, **{"callback_time": "2026-03-03 10:00:00", **values})
    return read_callback(given, zone="America/New_York", max_notes=20, line=9)


def test_a_callback_is_its_agents_or_anybodys_by_the_servers_clock() -> None:
    found = promised(recipient="USERONLY", comments="asked for\0 a call in the morning")
    assert isinstance(found, CallbackRow)
    assert (found.agent, found.notes) == ("1001", "asked for a call in ")
    assert found.at == datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
    anybodys = promised(status="LIVE")
    assert isinstance(anybodys, CallbackRow) and anybodys.agent is None
    assert promised(status="INACTIVE") is None
    for never in ("0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "at noon"):
        assert isinstance(promised(callback_time=never), LeadTrouble), never
