"""What the packs say of a call: the acceptance cases of the rules, by their own names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialerd.adapters.files import read_rulebook
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.phone import Place, place_of
from dialerd.domain.regulation import Allowed, PastCall, Refused, judge, min_ring_s, needs_calls_since, read_pack
from dialerd.domain.words import Disposition as D

BOOK = read_rulebook(None)
FLORIDA, TENNESSEE, UK = Place("US", ("FL",)), Place("US", ("TN",)), Place("GB")
NEW_YORK = ("America/New_York",)
NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # in New York


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ask(
    *packs: str,
    place: Place = FLORIDA,
    zones: tuple[str, ...] = NEW_YORK,
    past: tuple[PastCall, ...] = (),
    now: datetime = NOON,
    **keys: Any,
) -> str | None:
    """The rule that refuses, None where the call is allowed."""
    found = judge(BOOK.of(packs), place=place, zones=zones, past=past, now=now, **keys)
    return found.rule if isinstance(found, Refused) else None


def called(
    *hours_ago: float, how: D | None = D.NO_ANSWER, same: bool = True, now: datetime = NOON
) -> tuple[PastCall, ...]:
    return tuple(PastCall(now - timedelta(hours=each), how, same) for each in hours_ago)


@pytest.mark.parametrize(
    ("moment", "rule"),
    [
        ("2026-12-01 19:59:59", None),
        ("2026-12-01 20:00:00", "FL-HOURS"),
        ("2026-12-01 07:59:59", "US-TSR-HOURS"),
        ("2026-12-01 08:00:00", None),
    ],
)
def test_hours_are_closed_at_their_end_and_open_at_their_beginning(moment: str, rule: str | None) -> None:
    assert ask("us-federal", "us-fl", now=at(moment)) == rule


def test_a_number_that_may_be_in_two_zones_is_called_only_when_both_allow() -> None:
    both = ("America/Chicago", "America/New_York")
    early = at("2026-12-01 08:30")  # 7:30 in the other
    assert ask("us-federal", place=TENNESSEE, zones=both, now=early) == "US-TSR-HOURS"
    found = judge(BOOK.of(("us-federal",)), place=TENNESSEE, zones=both, past=(), now=early)
    assert isinstance(found, Refused)
    assert found.until == at("2026-12-01 09:00")
    assert ask("us-federal", place=TENNESSEE, zones=both, now=at("2026-12-01 09:00")) is None


def test_the_morning_of_a_clock_change_opens_by_the_wall_clock() -> None:
    assert ask("us-federal", now=at("2026-03-08 07:59")) == "US-TSR-HOURS"
    assert ask("us-federal", now=at("2026-03-08 08:00")) is None


def test_a_number_of_no_known_zone_is_refused_for_good() -> None:
    found = judge(BOOK.of(("us-federal",)), place=FLORIDA, zones=(), past=(), now=NOON)
    assert isinstance(found, Refused)
    assert found.until is None


def test_a_fourth_call_within_24_hours_to_florida_is_refused_until_24_hours_after_the_first() -> None:
    past = called(1, 5, 23)
    assert ask("us-fl", past=past) == "FL-FREQUENCY"
    found = judge(BOOK.of(("us-fl",)), place=FLORIDA, zones=NEW_YORK, past=past, now=NOON)
    assert isinstance(found, Refused)
    assert found.until == NOON + timedelta(hours=1)
    assert ask("us-fl", past=called(2, 6, 24)) is None, "24 hours after the first"
    assert ask("us-fl", past=called(1, 5, 23, same=False)) is None, "another campaign is another subject"


def test_the_eighth_call_within_seven_days_about_a_debt_is_refused() -> None:
    week = tuple(24.0 * day - 1 for day in range(1, 8))
    assert ask("reg-f", past=called(*week)) == "US-REGF-7IN7"
    assert ask("reg-f", past=called(*week[:6])) is None


def test_after_a_conversation_about_a_debt_there_is_no_call_for_seven_days() -> None:
    assert ask("reg-f", past=called(167, how=D.ANSWERED_HUMAN)) == "US-REGF-CONVERSATION"
    assert ask("reg-f", past=called(168, how=D.ANSWERED_HUMAN)) is None


def test_after_an_abandoned_call_a_number_rests_72_hours_unless_an_agent_is_reserved() -> None:
    past = called(71.98, how=D.ABANDONED)
    assert ask("uk-ofcom", place=UK, past=past) == "UK-72H"
    assert ask("uk-ofcom", place=UK, past=past, has_reserved_agent=True) is None
    assert ask("uk-ofcom", place=UK, past=called(72, how=D.ABANDONED)) is None


def test_a_lock_runs_from_the_end_of_the_call_not_from_its_dialing() -> None:
    talked = PastCall(NOON - timedelta(hours=168.5), D.ANSWERED_HUMAN, True, ended_at=NOON - timedelta(hours=167.9))
    assert ask("reg-f", past=(talked,)) == "US-REGF-CONVERSATION"
    assert ask("reg-f", past=(talked,), now=NOON + timedelta(hours=0.1)) is None


def test_calls_to_a_persons_other_numbers_count_where_the_rule_is_about_the_person() -> None:
    elsewhere = tuple(PastCall(NOON - timedelta(hours=h), D.ABANDONED, True, same_number=False) for h in (1, 2, 3))
    assert ask("us-fl", past=elsewhere) == "FL-FREQUENCY"
    assert ask("uk-ofcom", place=UK, past=elsewhere) is None, "the lock is on the number"


@pytest.mark.parametrize("country", ["PR", "VI", "GU", "AS", "MP"])
def test_federal_rules_hold_in_the_territories(country: str) -> None:
    assert ask("us-federal", place=Place(country), now=at("2026-12-01 22:00")) == "US-TSR-HOURS"


def test_a_machine_that_was_left_a_message_is_a_machine_to_ofcom() -> None:
    assert ask("uk-ofcom", place=UK, past=called(23, how=D.VOICEMAIL_LEFT)) == "UK-AMD24"


def test_a_pack_is_about_numbers_of_its_place_alone() -> None:
    late = at("2026-12-01 20:30")
    assert ask("us-fl", place=TENNESSEE, now=late) is None
    assert ask("us-federal", "us-fl", place=UK, zones=("Europe/London",), now=late) is None
    assert ask("us-states", now=late) == "FL-HOURS", "a pack brings along those it includes"
    assert ask("us-fl", place=Place("US"), now=late) == "FL-HOURS", "of an unknown state every state is possible"
    assert ask("us-federal", place=Place(""), now=at("2026-12-01 22:00")) is None


def test_of_several_refusals_the_one_that_lasts_longest_is_told() -> None:
    late = at("2026-12-01 20:30")
    found = judge(BOOK.of(("us-fl",)), place=FLORIDA, zones=NEW_YORK, past=called(1, 2, 3, now=late), now=late)
    assert isinstance(found, Refused)
    assert (found.rule, found.pack) == ("FL-FREQUENCY", "us-fl@2026.11")


def test_an_allowed_call_remembers_the_packs_that_were_asked_with_their_versions() -> None:
    found = judge(BOOK.of(("us-federal", "us-fl", "us-wa")), place=FLORIDA, zones=NEW_YORK, past=(), now=NOON)
    assert found == Allowed(("us-federal@2026.11", "us-fl@2026.11"))


def test_the_longest_minimum_ring_binds_and_only_rules_that_count_calls_ask_for_them() -> None:
    assert min_ring_s(BOOK.of(("us-federal", "us-fl"))) == 15
    assert min_ring_s(BOOK.of(("us-fl",))) == 0
    assert needs_calls_since(BOOK.of(("us-federal",)), NOON) is None
    assert needs_calls_since(BOOK.of(("us-fl",)), NOON) == NOON - timedelta(days=1)
    a_long_call = timedelta(hours=12)  # a lock runs from the end of a call, the store looks calls up by their begin
    assert needs_calls_since(BOOK.of(("us-fl", "reg-f")), NOON) == NOON - timedelta(days=7) - a_long_call


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+13055550123", Place("US", ("FL",))),
        ("+12125550123", Place("US", ("NY",))),
        ("+12065550123", Place("US", ("WA",))),
        ("+12025550123", Place("US", ("DC",))),
        ("+18005550123", Place("US")),
        ("+16045550123", Place("CA")),
        ("+442071234567", Place("GB")),
    ],
)
def test_a_number_tells_its_country_and_its_state(number: str, place: Place) -> None:
    assert place_of(number) == place


def test_a_pack_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(NotFoundError, match="there is no regulation pack us-xx") as raised:
        BOOK.of(("us-xx",))
    assert "us-federal" in raised.value.hint


RULE = {"id": "A-1", "kind": "min_ring", "text": "t", "source": "s", "status": "V", "seconds": 15}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rule": [RULE, RULE]}, "two rules have one id"),
        ({"rule": [RULE | {"kind": "moon"}]}, "rule.0"),
        ({"rule": [RULE | {"seconds": -1}]}, "seconds"),
        ({"rule": [RULE | {"status": "X"}]}, "status"),
        ({"rule": [{**RULE, "kind": "lock", "after": ["gone"], "for_h": 1, "seconds": None}]}, "rule.0"),
        ({"version": ""}, "version"),
        ({"applies": {"countries": ["UK"]}}, "'UK' is no country's code"),
        ({"applies": {"states": ["Florida"]}}, "'Florida' is no state"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_pack_that_is_wrong_is_refused_with_its_file_and_key(change: dict[str, Any], complaint: str) -> None:
    table = {"title": "t", "version": "1", "checked_on": datetime(2026, 1, 1).date(), "applies": {}, "rule": [RULE]}  # noqa: DTZ001
    assert read_pack("mine", table, source="mine.toml").label == "mine@1"
    with pytest.raises(BadInputError, match=r"mine\.toml") as raised:
        read_pack("mine", table | change, source="mine.toml")
    assert complaint in raised.value.message
