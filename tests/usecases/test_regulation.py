"""Regulation packs in a campaign: named, obeyed, remembered, measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialerd.adapters.files import read_rulebook
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.queue import read_queue
from dialerd.domain.regulation import REMEMBERED, Rulebook, daily_limit
from dialerd.domain.words import AgentKind, AttemptId, CampaignId, ContactId
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow, OwnCallback, PreviewRow
from dialerd.usecases import (
    callbacks,
    campaigns,
    contacts,
    dialing,
    explain,
    lists,
    owncallbacks,
    preview,
    regulation,
    runs,
    status,
)
from dialerd.usecases.export import COLUMNS, export_attempts
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

BOOK = read_rulebook(None)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
ALWAYS = {"timezone": "UTC", "mon-sun": "00:00-24:00"}


def apply(house: House, **changes: Any) -> None:
    campaigns.apply_campaign(house.unit, spec(**changes), trunks=TRUNKS, rulebook=BOOK, actor=ACTOR, now=NOW)


def claim(house: House, *, now: Any = NOW, first: int = 0) -> list[Any]:
    run = house.latest()
    ids = (AttemptId(f"d{index:032x}") for index in range(first, 99))
    found = dialing.claim(
        house.unit,
        run.id,
        limit=9,
        way_out=dialing.WayOut(trunk="carrier", asterisk="pbx1"),
        packs=BOOK.of(run.spec.regulations),
        new_id=lambda: next(ids),
        now=now,
    )
    return list(found.attempts)


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [
        ({"mode": "predictive"}, True),
        ({"mode": "predictive", "machine_error": 0.0}, True),
        ({"mode": "predictive", "machine_error": 0.05}, False),
        ({"mode": "predictive", "amd": False}, False),
        ({"mode": "predictive", "regulations": ["us-federal"]}, False),
        ({"mode": "power", "amd": True}, True),
        ({"mode": "power"}, False),
        ({"mode": "agentless", "queue": None, "on_human": {"play": "hello"}}, False),
    ],
)
def test_a_meter_that_reckons_with_people_taken_for_machines_wants_to_know_how_many(
    house: House, changes: dict[str, Any], is_warned: bool
) -> None:
    house.unit.queues.put(read_queue({"name": "sales"}, source="test"), NOW)
    wanted = {"queue": "sales", "on_human": None, "regulations": ["us-federal", "uk-ofcom"], **changes}
    applied = campaigns.apply_campaign(
        house.unit, spec(**wanted), trunks=TRUNKS, rulebook=BOOK, actor=ACTOR, now=NOW, dry_run=True
    )
    said = [each for each in applied.warnings if "machine_error" in each]
    assert len(said) == is_warned
    assert all("UK-ABANDON-2010 counts people taken for machines as abandoned" in each for each in said)


def test_a_pack_that_is_not_known_and_a_ring_that_is_too_short_are_refused_when_applied(house: House) -> None:
    with pytest.raises(NotFoundError, match="no regulation pack us-xx"):
        apply(house, regulations=["us-xx"])
    with pytest.raises(BadInputError, match="max_ring_s is 10, but its regulation packs"):
        apply(house, regulations=["us-federal"], max_ring_s=10)


def test_an_attempt_remembers_the_packs_that_allowed_it(house: House) -> None:
    house.with_contacts("3052660001", "2122660001")
    apply(house, regulations=["us-federal", "us-states"])
    house.start()
    found = {attempt.number: attempt.regulation for attempt in claim(house)}
    assert found == {
        "+13052660001": "us-federal@2026.11 us-states@2026.11 us-fl@2026.11",
        "+12122660001": "us-federal@2026.11 us-states@2026.11",
    }
    exported = {
        row[COLUMNS.index("number")]: row[COLUMNS.index("regulation")] for row in export_attempts(house.read, "spring")
    }
    assert exported == found
    kept = house.unit.dialing.attempt(AttemptId(f"d{0:032x}"))
    assert kept is not None
    assert kept.regulation == found[kept.number]


def test_a_refusal_names_the_rule_and_until_when_for_the_claim_and_for_explain_alike(house: House) -> None:
    house.with_contacts("3052660001")
    apply(house, regulations=["us-fl"], hours={"timezone": "UTC", "mon-sun": "00:00-24:00"})
    house.start()
    night = NOW.replace(hour=3) + timedelta(days=1)  # 22:00 in Florida
    told = explain.explain(house.unit, "spring", 1, trunks=TRUNKS, rulebook=BOOK, now=night)
    assert told.held_by == "regulation"
    assert "rule FL-HOURS of us-fl@2026.11" in told.closed[0].reason
    assert told.until == night.replace(hour=13)
    assert claim(house, now=night) == []
    (held,) = house.unit.runs.held(house.latest().id)
    assert (held.gate, held.next_at) == ("regulation", night.replace(hour=13))


def test_calls_of_other_campaigns_to_a_number_are_counted_where_the_rule_is_about_the_number(house: House) -> None:
    lists.create_list(house.unit, "uk", region="GB", actor=ACTOR, now=NOW)
    contacts.add_contact(
        house.unit, "uk", ["020 7123 4567"], attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW
    )
    apply(house, lists=["uk"], hours={"timezone": "UTC", "mon-sun": "00:00-24:00"})
    house.start()
    (attempt,) = claim(house)
    house.end(attempt, D.ABANDONED, NOW, answered_at=NOW)
    apply(
        house, name="other", lists=["uk"], regulations=["uk-ofcom"], hours={"timezone": "UTC", "mon-sun": "00:00-24:00"}
    )
    told = explain.explain(house.unit, "other", 1, trunks=TRUNKS, rulebook=BOOK, now=NOW + timedelta(hours=1))
    assert "UK-72H" in next(gate.reason for gate in told.closed if gate.name == "regulation")


def abandoned_in_the_uk(house: House) -> None:
    """A person in London was abandoned just now; another campaign calls the same list, held to Ofcom's rules."""
    lists.create_list(house.unit, "uk", region="GB", actor=ACTOR, now=NOW)
    contacts.add_contact(
        house.unit, "uk", ["020 7123 4567"], attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW
    )
    house.unit.agents.put("ann", endpoint="PJSIP/1001", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)
    house.unit.queues.put(read_queue({"name": "sales", "agents": ["ann"]}, source="test"), NOW)
    apply(house, lists=["uk"], hours=ALWAYS)
    house.start()
    (attempt,) = claim(house)
    house.end(attempt, D.ABANDONED, NOW, answered_at=NOW)


def begin_again(house: House, mode: str) -> None:
    delete(house, "spring")
    apply(house, lists=["uk"], regulations=["uk-ofcom"], hours=ALWAYS, mode=mode, queue="sales", on_human=None)
    house.start()


@pytest.mark.parametrize("mode", ["predictive", "power", "progressive"])
def test_who_was_abandoned_is_not_called_for_72_hours_by_a_pace_that_keeps_no_agent_for_the_call(
    house: House, mode: str
) -> None:
    abandoned_in_the_uk(house)
    begin_again(house, mode)
    early, late = NOW + timedelta(hours=71, minutes=59), NOW + timedelta(hours=72)
    assert claim(house, now=early, first=1) == []
    assert [attempt.number for attempt in claim(house, now=late, first=1)] == ["+442071234567"]


def test_who_was_abandoned_may_be_shown_and_dialed_in_preview_for_an_agent_waits_for_the_answer(house: House) -> None:
    abandoned_in_the_uk(house)
    begin_again(house, "preview")
    soon, packs = NOW + timedelta(hours=1), BOOK.of(("uk-ofcom",))
    told = explain.explain(house.unit, "spring", 1, trunks=TRUNKS, rulebook=BOOK, now=soon)
    assert "regulation" not in [gate.name for gate in told.closed]
    row = preview.show(house.unit, house.latest().id, "ann", packs=packs, now=soon)
    assert isinstance(row, PreviewRow)
    way_out = dialing.WayOut(trunk="carrier", asterisk="pbx1")
    ids = iter([AttemptId(f"d{1:032x}")])
    dialed = preview.dial(house.unit, "ann", way_out=way_out, packs=packs, new_id=lambda: next(ids), now=soon)
    assert isinstance(dialed, AttemptRow)


def test_an_agents_own_callback_to_who_was_abandoned_is_dialed_and_anybodys_waits_for_the_72_hours(
    house: House,
) -> None:
    abandoned_in_the_uk(house)
    begin_again(house, "progressive")
    at = NOW + timedelta(hours=1)
    wish = callbacks.Wish(at=at, agent="ann", fallback_min=30.0)
    made = callbacks.add_callback(house.unit, "spring", 1, wish, region="GB", actor=ACTOR, now=NOW)
    late = at + timedelta(minutes=30)

    def dial(now: datetime) -> AttemptRow | None:
        run = house.latest()
        own = OwnCallback(agent="ann", run_id=run.id, contact_id=made.contact_id)
        ids = iter([AttemptId(f"d{1:032x}")])
        return owncallbacks.dial_own(
            house.unit,
            own,
            way_out=dialing.WayOut(trunk="carrier", asterisk="pbx1"),
            packs=BOOK.of(("uk-ofcom",)),
            new_id=lambda: next(ids),
            now=now,
        )

    house.unit.dialing._connection.execute("SAVEPOINT early")
    assert isinstance(dial(at), AttemptRow)
    house.unit.dialing._connection.execute("ROLLBACK TO early")
    assert dial(late) is None


def test_the_packs_meters_hold_every_pace_and_the_campaigns_own_target_the_predictive_one(house: House) -> None:
    house.with_contacts("2122660001")
    house.unit.queues.put(read_queue({"name": "sales"}, source="test"), NOW)
    delete(house, "spring")
    for mode, names in (
        ("power", {"US-TSR-ABANDON", "US-TSR-ABANDON-ROLLING"}),
        ("predictive", {"US-TSR-ABANDON", "US-TSR-ABANDON-ROLLING", "abandon_target over 24 hours"}),
    ):
        apply(house, mode=mode, queue="sales", on_human=None, regulations=["us-federal"])
        run = house.start()
        assert {meter.name for meter in regulation.pacing_meters(house.unit, run, BOOK, NOW)} == names
        runs.stop_run(house.unit, "spring", actor=ACTOR, now=NOW)
        delete(house, "spring")


def delete(house: House, name: str, now: Any = NOW) -> None:
    while not campaigns.delete_campaign(house.unit, name, actor=ACTOR, now=now):
        pass


def test_calls_of_a_deleted_campaign_to_a_number_are_counted_in_the_others(house: House) -> None:
    house.with_contacts("2122660001")
    hours = {"timezone": "UTC", "mon-sun": "00:00-24:00"}
    apply(house, hours=hours, max_attempts=1)
    house.start()
    (attempt,) = claim(house)
    house.end(attempt, D.BUSY, NOW + timedelta(minutes=1))
    apply(house, name="other", hours=hours)
    daily = Rulebook({}, always=(daily_limit(1),))
    later = NOW + timedelta(hours=23)

    def told() -> explain.Explanation:
        return explain.explain(house.unit, "other", 1, trunks=TRUNKS, rulebook=daily, now=later)

    before = told()
    assert "LIMIT-PER-DAY" in next(gate.reason for gate in before.closed if gate.name == "regulation")
    delete(house, "spring")
    assert told() == before


def test_a_campaign_that_is_deleted_and_made_anew_is_still_the_same_matter_and_another_of_its_id_is_not(
    house: House,
) -> None:
    house.with_contacts("3052660001")
    rules = {"regulations": ["us-fl"], "max_attempts": 3, "retry_after_min": 1}
    apply(house, **rules)
    house.start()
    for minute in range(0, 15, 5):  # as often as FL-3-24H allows
        (attempt,) = claim(house, now=NOW + timedelta(minutes=minute), first=minute)
        house.end(attempt, D.NO_ANSWER, NOW + timedelta(minutes=minute + 1))
    delete(house, "spring")
    later = NOW + timedelta(hours=1)

    def is_refused(name: str) -> bool:
        told = explain.explain(house.unit, name, 1, trunks=TRUNKS, rulebook=BOOK, now=later)
        return "regulation" in [gate.name for gate in told.closed]

    apply(house, name="other", **rules)  # SQLite gives it the id of the deleted one
    assert not is_refused("other")
    apply(house, **rules)
    assert is_refused("spring")


def test_what_is_kept_of_deleted_campaigns_goes_once_no_rule_can_ask_for_it(house: House) -> None:
    def kept() -> int:
        return len(house.unit.regulation.past_calls("+12122660001", ContactId(1), CampaignId(1), since=EVER))

    house.with_contacts("2122660001")
    apply(house, max_attempts=1)
    house.start()
    (attempt,) = house.dial()
    house.end(attempt, D.BUSY, NOW)
    delete(house, "spring")
    assert kept() == 1
    for now, left in ((NOW + REMEMBERED, 1), (NOW + REMEMBERED + timedelta(seconds=1), 0)):
        apply(house, name="other")
        delete(house, "other", now)
        assert kept() == left


def test_a_person_with_two_numbers_is_not_called_twice_as_often(house: House) -> None:
    numbers = ["3052660001", "3052660002"]
    contacts.add_contact(house.unit, "customers", numbers, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    apply(house, regulations=["us-fl"], max_attempts=9, retry_after_min=1)
    house.start()
    dialed = []
    for minute in range(0, 60, 5):
        for attempt in claim(house, now=NOW + timedelta(minutes=minute), first=minute):
            dialed.append(attempt.number)
            house.end(attempt, D.NO_ANSWER, NOW + timedelta(minutes=minute + 1))
    assert len(dialed) == 3
    assert len(set(dialed)) == 2, "and both numbers are tried"
    (held,) = house.unit.runs.held(house.latest().id)
    assert (held.gate, held.next_at) == ("regulation", NOW + timedelta(days=1))


def test_a_number_of_no_known_zone_ends_its_target_instead_of_being_looked_at_for_ever(house: House) -> None:
    house.with_contacts("8002660001")
    house.unit.contacts._connection.execute("UPDATE contact SET zones = '[]'")
    apply(house, regulations=["us-federal"], hours={"timezone": "UTC", "mon-sun": "00:00-24:00"})
    house.start()
    assert claim(house) == []
    assert house.latest().done == 1


def test_a_meter_counts_the_quarter_of_an_hour_in_which_its_window_begins(house: House) -> None:
    house.with_contacts("2122660001")
    apply(house, regulations=["uk-ofcom"])
    house.start()
    (attempt,) = claim(house)
    house.end(attempt, D.ABANDONED, NOW + timedelta(minutes=9), answered_at=NOW)
    a_day_on = NOW + timedelta(days=1, minutes=8)  # the call is 23 hours and 59 minutes old
    assert [m.abandoned for m in regulation.meters(house.unit, "spring", BOOK, a_day_on)] == [1]


def test_meters_count_live_answers_and_abandoned_ones_within_their_windows(house: House) -> None:
    house.with_contacts(*(f"212266000{n}" for n in range(5)))
    apply(house, regulations=["us-federal", "uk-ofcom"])
    house.start()
    attempts = claim(house)
    how = [D.ANSWERED_HUMAN, D.ABANDONED, D.CUSTOMER_HANGUP, D.ANSWERING_MACHINE, D.BUSY]
    for attempt, disposition in zip(attempts, how, strict=True):
        house.end(attempt, disposition, NOW, answered_at=NOW)
    soon = NOW + timedelta(hours=1)
    assert {(m.rule, m.abandoned, m.live_answers) for m in regulation.meters(house.unit, "spring", BOOK, soon)} == {
        ("US-TSR-ABANDON", 1, 3),
        ("US-TSR-ABANDON-ROLLING", 1, 3),
        ("UK-ABANDON-2010", 1, 3),
    }
    later = NOW + timedelta(days=2)
    counts = {m.rule: m.live_answers for m in regulation.meters(house.unit, "spring", BOOK, later)}
    assert counts == {"US-TSR-ABANDON": 3, "US-TSR-ABANDON-ROLLING": 3, "UK-ABANDON-2010": 0}


def test_people_taken_for_machines_are_reckoned_in_by_the_meter_that_asks_for_it(house: House) -> None:
    house.with_contacts(*(f"212266000{n}" for n in range(6)))
    apply(house, regulations=["us-federal", "uk-ofcom"], machine_error=0.3)
    house.start()
    how = [D.ANSWERED_HUMAN, D.ABANDONED, D.ANSWERING_MACHINE, D.VOICEMAIL_LEFT, D.ANSWERING_MACHINE, D.BUSY]
    for attempt, disposition in zip(claim(house), how, strict=True):
        house.end(attempt, disposition, NOW, answered_at=NOW)

    def counts(now: datetime) -> dict[str, tuple[int, int, int]]:
        found = regulation.meters(house.unit, "spring", BOOK, now)
        return {m.rule: (m.abandoned, m.live_answers, m.false_positives) for m in found}

    soon = NOW + timedelta(hours=1)
    reckoned = {"US-TSR-ABANDON": (1, 2, 0), "US-TSR-ABANDON-ROLLING": (1, 2, 0), "UK-ABANDON-2010": (2, 3, 1)}
    assert counts(soon) == reckoned  # 0.9 of three machines, which is one
    assert counts(NOW + timedelta(days=2))["UK-ABANDON-2010"] == (0, 0, 0)
    delete(house, "spring", soon)
    apply(house, regulations=["us-federal", "uk-ofcom"], machine_error=0.3)
    assert counts(soon) == reckoned, "made anew it is the same campaign"


def test_a_meter_that_holds_power_to_one_call_per_agent_is_told(house: House) -> None:
    house.with_contacts("2122660001", "2122660002")
    house.unit.queues.put(read_queue({"name": "sales"}, source="test"), NOW)
    delete(house, "spring")
    apply(house, mode="power", ratio=3, queue="sales", on_human=None, regulations=["uk-ofcom"])
    house.start()
    assert status.slowed(house.unit, "spring", BOOK, NOW) == []
    for attempt in claim(house):
        house.end(attempt, D.ABANDONED, NOW, answered_at=NOW)
    soon = NOW + timedelta(minutes=1)
    if house.latest().state.is_over:
        house.start()
    (told,) = status.slowed(house.unit, "spring", BOOK, soon)
    assert (told.meter, told.abandoned, told.live_answers, told.cap) == ("UK-ABANDON-2010", 2, 2, 0.03)
    assert told.reason.startswith("one call per agent instead of 3: UK-ABANDON-2010 is over its cap, 2 of 2 people")
    assert status.slowed(house.unit, "spring", BOOK, NOW + timedelta(days=2)) == []


def test_a_campaign_that_is_deleted_and_made_anew_goes_on_with_its_meters(house: House) -> None:
    packs = {"regulations": ["us-federal", "uk-ofcom"]}

    def counts(name: str, now: datetime) -> dict[str, tuple[int, int, datetime]]:
        found = regulation.meters(house.unit, name, BOOK, now)
        return {m.rule: (m.abandoned, m.live_answers, m.since) for m in found}

    def abandon_two(now: datetime, first: int) -> None:
        for attempt in claim(house, now=now, first=first):
            house.end(attempt, D.ABANDONED, now + timedelta(minutes=1), answered_at=now)

    house.with_contacts("2122660001", "2122660002")
    apply(house, **packs)
    house.start()
    abandon_two(NOW, 0)
    later = NOW + timedelta(hours=1)
    before = counts("spring", later)
    delete(house, "spring")
    apply(house, name="other", **packs)  # SQLite gives it the id of the deleted one
    assert {abandoned for abandoned, _, _ in counts("other", later).values()} == {0}
    apply(house, **packs)
    assert counts("spring", later) == before
    house.start()
    held_to = regulation.pacing_meters(house.unit, house.latest(), BOOK, later)
    assert {(m.abandoned, m.live_answers) for m in held_to} == {(2, 2)}
    abandon_two(later, 10)
    delete(house, "spring", later)
    apply(house, **packs)
    soon, period = NOW + timedelta(hours=4), NOW + timedelta(days=30)
    assert {abandoned for abandoned, _, _ in counts("spring", soon).values()} == {4}
    assert counts("spring", period)["US-TSR-ABANDON"] == (0, 0, period), "periods are counted from its first run on"
