"""Strategies as a person keeps them, and messages through claim and settle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.answers import NO_ANSWERS
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.replywords import NO_WORDS, ReplyWords, Wish
from dialerd.domain.strategy import read_strategy
from dialerd.domain.words import AttemptId, Channel, ContactId, Disposition
from dialerd.ports import About, Delivered, MessageRouteRow, Refused, ReplyCame, Sent, Unclear, Undelivered
from dialerd.usecases import campaigns, contacts, dialing, dnc, messaging, replies, runs, status, strategies
from dialerd.usecases.answering import Answering
from dialerd.usecases.explain import explain
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

ANN, BOB = "+12122660001", "+12122660002"
TABLE: dict[str, Any] = {
    "name": "write",
    "template": {
        "hello": {"channel": "sms", "text": "Hello {{ first_name }}"},
        "letter": {"channel": "email", "subject": "Hello", "text": "Dear {{ first_name }}"},
    },
    "step": [
        {
            "name": "text",
            "channel": "sms",
            "template": "hello",
            "wait_min": 30,
            "rule": [{"on": ["undelivered", "bounced"], "do": "email"}],
        },
        {"name": "letter", "channel": "email", "template": "letter"},
    ],
}
ROOMS = {"smsc": 5}


_NOTHING = Answering(answers=NO_ANSWERS, words=NO_WORDS, new_id=lambda: AttemptId("d" + "0" * 32))


class Writing:
    """A house whose campaign writes to its contacts."""

    def __init__(self, house: House) -> None:
        self.house, self.unit = house, house.unit
        self._ids: Iterator[AttemptId] = (AttemptId(f"d{n:032x}") for n in range(1, 99))

    def apply(self, **changes: Any) -> bool:
        given = read_strategy(TABLE | changes, source="test")
        return strategies.apply_strategy(self.unit, given, actor=ACTOR, now=NOW).is_changed

    def start(self, **keys: Any) -> None:
        self.apply()
        for number, name in ((ANN, "Ann"), (BOB, "Bob")):
            contacts.add_contact(
                self.unit,
                "customers",
                [number],
                attributes={"first_name": name, "email": f"{name}@Example.com"},
                zone=None,
                priority=0,
                actor=ACTOR,
                now=NOW,
            )
        campaigns.apply_campaign(self.unit, spec(strategy="write", **keys), trunks=TRUNKS, actor=ACTOR, now=NOW)
        self.house.start()

    def claim(self, channel: Channel = Channel.SMS, *, minutes: float = 0, **rooms: int) -> messaging.MessageClaim:
        return messaging.claim_messages(
            self.unit,
            self.house.latest().id,
            channel,
            rooms=rooms or ROOMS,
            new_id=lambda: next(self._ids),
            now=NOW + timedelta(minutes=minutes),
        )

    def take(self, event: Any, by: Answering = _NOTHING) -> replies.Took:
        return replies.take_event(
            self.unit, "smsc", Channel.SMS, event, by=by, region="US", now=NOW + timedelta(minutes=1)
        )

    def codes(self) -> dict[str, int]:
        return self.unit.runs.dispositions(self.house.latest().id)


@pytest.fixture
def writing(house: House) -> Writing:
    return Writing(house)


def test_a_strategy_is_kept_once_and_not_changed_under_a_running_campaign(writing: Writing) -> None:
    writing.start()
    assert not writing.apply()
    with pytest.raises(IllegalActionError, match="spring, which goes by strategy write, is active"):
        writing.apply(description="other")
    with pytest.raises(IllegalActionError, match="used by campaign spring"):
        strategies.delete_strategy(writing.unit, "write", actor=ACTOR, now=NOW)
    runs.stop_run(writing.unit, "spring", actor=ACTOR, now=NOW)
    assert writing.apply(description="other")


@pytest.mark.parametrize(("text", "is_barred"), [("STOP", True), ("yes", False)])
def test_a_reply_that_comes_when_its_strategy_was_deleted_is_kept_and_a_stop_opts_out(
    writing: Writing, text: str, is_barred: bool
) -> None:
    writing.start()
    for outgoing in writing.claim().outgoing:
        messaging.settle_message(writing.unit, outgoing.attempt.id, Disposition.SENT, now=NOW)
    runs.stop_run(writing.unit, "spring", actor=ACTOR, now=NOW)
    campaigns.apply_campaign(writing.unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
    strategies.delete_strategy(writing.unit, "write", actor=ACTOR, now=NOW)
    words = ReplyWords(words={"stop": Wish.STOP}, begins=(), languages=())
    said = ReplyCame(id="r", about=About(), sender=ANN, recipient="", text=text, at=NOW)
    took = writing.take(said, by=replace(_NOTHING, words=words))
    assert (took.is_known, took.has_opted_out) == (True, is_barred)
    assert bool(dnc.check_dnc(writing.unit, ANN, region="US", now=NOW)) is is_barred
    (kept,) = writing.unit.messages.replies(ContactId(1), limit=9)
    assert (kept.text, kept.did) == (text, "opted out" if is_barred else "no rules: strategy write was deleted")


def test_a_campaign_says_what_it_lacks_for_its_strategy(house: House) -> None:
    with pytest.raises(NotFoundError, match="no strategy nowhere"):
        campaigns.apply_campaign(house.unit, spec(strategy="nowhere"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    Writing(house).apply(step=[{"name": "call"}], template={})
    bare = spec(strategy="write", trunk=None, caller_id=None, on_human=None)
    with pytest.raises(BadInputError, match="no trunk and no caller_id and no on_human"):
        campaigns.apply_campaign(house.unit, bare, trunks=TRUNKS, actor=ACTOR, now=NOW)
    with pytest.raises(BadInputError, match="retry: the rules of the strategy"):
        spec(strategy="write", retry=[{"disposition": "busy", "after_min": 1.0, "max": 1}])


def test_messages_are_claimed_as_far_as_routes_have_room_and_calls_are_not(writing: Writing) -> None:
    writing.start()
    assert writing.house.dial(9) == []
    first = writing.claim(smsc=1)
    assert [(each.message.recipient, each.message.text) for each in first.outgoing] == [(ANN, "Hello Ann")]
    assert [each.attempt.trunk for each in writing.claim(smsc=0, other=5).outgoing] == ["other"]
    assert not writing.claim().outgoing


@pytest.mark.parametrize(
    ("listed", "sent"), [([], {ANN, BOB}), ([ANN], {BOB}), (["bob@example.com"], {ANN, BOB}), ([ANN, BOB], set())]
)
def test_a_number_that_is_listed_gets_no_text(writing: Writing, listed: list[str], sent: set[str]) -> None:
    writing.start()
    if listed:
        dnc.add_to_dnc(writing.unit, listed, region="US", source="", expires_at=None, actor=ACTOR, now=NOW)
    assert {each.message.recipient for each in writing.claim().outgoing} == sent


def test_an_e_mail_is_kept_back_by_either_the_address_or_the_number_and_settles_its_target(writing: Writing) -> None:
    writing.start()
    for outgoing in writing.claim().outgoing:
        messaging.settle_message(writing.unit, outgoing.attempt.id, Disposition.BOUNCED, now=NOW)
    dnc.add_to_dnc(
        writing.unit, ["ann@example.com", BOB], region="US", source="", expires_at=None, actor=ACTOR, now=NOW
    )
    assert not writing.claim(Channel.EMAIL, mail=5).outgoing
    assert writing.codes() == {"bounced": 2, "do_not_call": 2}
    assert writing.house.latest().done == 2


@pytest.mark.parametrize("answer", [Sent(), Refused(reason="it said no"), Unclear(reason="nobody knows")])
def test_a_report_on_an_open_message_settles_it_and_what_the_route_answers_later_changes_nothing(
    writing: Writing, answer: Sent | Refused | Unclear
) -> None:
    writing.start()
    ann, _bob = writing.claim().outgoing
    assert writing.take(Delivered(about=About(attempt_id=ann.attempt.id), at=NOW)).is_known
    messaging.settle_sent(writing.unit, ann, answer, now=NOW)
    row = writing.unit.dialing.attempt(ann.attempt.id)
    assert row and (row.disposition, row.final, row.reason) == ("sent", "delivered", "")
    assert writing.house.latest().in_progress == 1


def test_a_message_that_may_have_come_twice_says_so_also_when_a_report_was_sooner_than_the_answer(
    writing: Writing,
) -> None:
    writing.start()
    ann, _bob = writing.claim().outgoing
    writing.take(Delivered(about=About(attempt_id=ann.attempt.id), at=NOW))
    messaging.settle_sent(writing.unit, ann, Sent(repeated=1), now=NOW)
    row = writing.unit.dialing.attempt(ann.attempt.id)
    assert row and (row.final, row.reason) == ("delivered", "sent again (1): the answer was lost with the link")


def test_a_report_by_a_name_that_is_not_known_yet_is_told_again_and_twice_is_once(writing: Writing) -> None:
    writing.start()
    ann, bob = writing.claim().outgoing
    report = Delivered(about=About(message_ids=("a1",)), at=NOW)
    assert not writing.take(report).is_known
    messaging.sent(writing.unit, ann.attempt, Sent(ids=("a1", "a2")), now=NOW)
    messaging.sent(writing.unit, bob.attempt, Sent(ids=("b1",), repeated=1), now=NOW)
    rows = [writing.unit.dialing.attempt(each.attempt.id) for each in (ann, bob)]
    may_be_double = "sent again (1): the answer was lost with the link"
    assert [row and row.reason for row in rows] == ["", may_be_double]
    assert writing.take(report).run is None, "one part of two"
    assert writing.codes() == {"sent": 2}
    second = Delivered(about=About(message_ids=("a2",)), at=NOW)
    writing.take(second)
    writing.take(second)
    writing.take(report)
    assert writing.codes() == {"delivered": 1, "sent": 1}
    writing.take(Undelivered(about=About(message_ids=("b1",)), at=NOW, reason="absent"))
    writing.take(Delivered(about=About(message_ids=("b1",)), at=NOW))
    assert writing.codes() == {"delivered": 1, "undelivered": 1}
    assert [each.message.recipient for each in writing.claim(Channel.EMAIL, minutes=2, mail=5).outgoing] == [
        "bob@example.com"
    ]


def test_a_message_that_an_earlier_daemon_was_sending_is_interrupted_and_not_sent_again(writing: Writing) -> None:
    writing.start()
    assert len(writing.claim().outgoing) == 2
    assert messaging.interrupt_open(writing.unit, NOW) == 2
    assert writing.codes() == {"interrupted": 2}
    assert not writing.claim(minutes=600).outgoing
    assert writing.house.latest().done == 2


def test_who_waits_for_an_answer_is_settled_when_the_time_is_over_and_not_before(writing: Writing) -> None:
    writing.start()
    for outgoing in writing.claim().outgoing:
        messaging.sent(writing.unit, outgoing.attempt, Sent(), now=NOW)
    run = writing.house.latest()
    assert messaging.end_waits(writing.unit, run.id, limit=9, now=NOW + timedelta(minutes=29)) == 0
    reply = ReplyCame(id="r1", sender=ANN, recipient="", text="hm", at=NOW)
    assert writing.take(reply).is_known
    assert writing.take(reply).run is None, "seen already"
    assert writing.house.latest().done == 1
    assert messaging.end_waits(writing.unit, run.id, limit=9, now=NOW + timedelta(minutes=31)) == 1
    assert writing.codes() == {"replied": 1, "sent": 1}
    assert writing.house.latest().state == "completed"


def test_a_contact_that_is_to_be_written_to_is_not_held_by_the_trunk(writing: Writing) -> None:
    writing.start()
    run = writing.house.latest()
    writing.unit.runs.set_held(run.id, "trunk carrier rests after it refused a call")
    routes(writing)

    def held_by(*, trunks: Any = TRUNKS, is_daemon_running: bool = True) -> list[str]:
        found = explain(writing.unit, "spring", 1, trunks=trunks, is_daemon_running=is_daemon_running, now=NOW)
        return [gate.name for gate in found.closed]

    assert held_by() == []
    assert held_by(trunks={}) == []
    assert held_by(is_daemon_running=False) == ["way_out"]


def test_who_waits_for_a_message_is_not_waited_for_by_the_calls(writing: Writing) -> None:
    writing.start()
    run = writing.house.latest()
    claimed = writing.claim().outgoing
    assert len(claimed) == 2
    targets = [each.attempt.target_id for each in claimed]
    held = "UPDATE target SET state = 'waiting', held_by = 'retry', not_before = ? WHERE id = ?"
    for target_id, after_h in zip(targets, (1, 2), strict=True):
        at = (NOW + timedelta(hours=after_h)).astimezone(UTC).isoformat(timespec="microseconds")
        writing.unit.dialing._connection.execute(held, (at, target_id))
    late = NOW + timedelta(hours=3)
    assert writing.unit.dialing.next_due_at(run.id) == NOW + timedelta(hours=1)
    assert dialing.next_call_at(writing.unit, run, Channel.VOICE) is None
    assert writing.unit.dialing.waiting_due(run.id, limit=10, now=late) == 0
    writing.unit.strategies.set_step(targets[1], "call", Channel.VOICE)
    assert dialing.next_call_at(writing.unit, run, Channel.VOICE) == NOW + timedelta(hours=2)
    assert writing.unit.dialing.waiting_due(run.id, limit=10, now=late) == 1


def test_h1_messages_that_no_route_of_the_settings_can_take_are_warned_of() -> None:
    table = {
        "name": "write",
        "template": {"t": {"channel": "sms", "text": "hello"}, "m": {"channel": "email", "subject": "s", "text": "t"}},
        "step": [
            {"name": "text", "channel": "sms", "template": "t", "otherwise": "next"},
            {"name": "again", "channel": "sms", "template": "t", "route": "smsc", "otherwise": "next"},
            {"name": "letter", "channel": "email", "template": "m", "route": "office"},
        ],
    }
    found = strategies.route_warnings(
        read_strategy(table, source="test"), {Channel.SMS: ("smsc",), Channel.EMAIL: ("news",)}
    )
    assert found == [
        "strategy write: step letter sends over office, which is no route of the settings for email:"
        " whoever comes there waits"
    ]
    alone = strategies.route_warnings(read_strategy(table, source="test"), {})
    assert alone[0] == (
        "strategy write: step text sends over sms, for which the settings have no [[sms]]: whoever comes there waits"
    )
    assert [each.split(": ")[1].split()[1] for each in alone] == ["text", "again", "letter"]


def routes(writing: Writing, **changes: Any) -> None:
    """The daemon's route for texts, up since NOW."""
    row = MessageRouteRow(name="smsc", channel=Channel.SMS, window=1, rate=0.5, is_up=True, since=NOW)
    writing.unit.messages.set_routes([] if changes.get("name") == "" else [replace(row, **changes)])


def why(writing: Writing, *, seconds: float) -> list[tuple[str, str, int, float | None, float | None]]:
    """Each hold, its times in seconds from NOW."""
    found = status.why(writing.unit, "spring", NOW + timedelta(seconds=seconds), is_daemon_running=True)

    def after(at: datetime | None) -> float | None:
        return None if at is None else (at - NOW).total_seconds()

    return [(each.gate, each.reason, each.targets, after(each.since), after(each.until)) for each in found]


AT_RATE = "pace: next in line: route smsc sends {} messages a second, 1 are sent now"


@pytest.mark.parametrize(
    ("route", "said", "since", "until"),
    [
        ({"is_up": False, "reason": "refused"}, "way_out: route smsc is down: refused", 0, None),
        ({"channel": Channel.EMAIL}, "way_out: the daemon's settings have no route for sms", None, None),
        ({"name": ""}, "way_out: the daemon's settings have no route for sms", None, None),
        ({"rate": 0.1}, AT_RATE.format(0.1), None, 30),
        ({"rate": 2.0}, "way_out: route smsc is full: it has not answered for 1 messages", 1, None),
        (
            {"rate": 2.0, "window": 2},
            "pace: next in line: route smsc sends 2 messages a second, 1 are sent now",
            None,
            11,
        ),
    ],
)
def test_status_says_which_route_contacts_wait_for_and_why(
    writing: Writing, route: dict[str, Any], said: str, since: float | None, until: float | None
) -> None:
    writing.start()
    writing.claim(minutes=1 / 60, smsc=1)
    routes(writing, **route)
    ((gate, reason, targets, began, ends),) = why(writing, seconds=10)
    assert (f"{gate}: {reason}", targets, began, ends) == (said, 1, since, until)


def test_a_contact_whose_own_route_is_down_is_told_apart_from_those_who_may_go(writing: Writing) -> None:
    writing.start()
    text = {**TABLE["step"][0], "route": "other"}
    runs.stop_run(writing.unit, "spring", actor=ACTOR, now=NOW)
    writing.apply(step=[text, *TABLE["step"][1:]])
    writing.house.start()
    routes(writing)
    assert why(writing, seconds=1) == [("way_out", "other is no route of the daemon's settings for sms", 2, None, None)]
    found = explain(writing.unit, "spring", 1, trunks=TRUNKS, now=NOW)
    assert [(gate.name, gate.reason) for gate in found.closed] == [
        ("way_out", "other is no route of the daemon's settings for sms")
    ]


@pytest.mark.parametrize(("address", "left"), [(["bob@example.com"], 1), ([BOB], 1), (["BOB@example.com", ANN], 0)])
def test_who_waits_for_an_e_mail_waits_no_more_once_that_address_is_listed(
    writing: Writing, address: list[str], left: int
) -> None:
    writing.start()
    for outgoing in writing.claim().outgoing:
        messaging.settle_message(writing.unit, outgoing.attempt.id, Disposition.BOUNCED, now=NOW)
    assert (writing.house.latest().done, writing.house.latest().waiting) == (0, 2)
    dnc.add_to_dnc(writing.unit, address, region="US", source="test", expires_at=None, actor=ACTOR, now=NOW)
    assert (writing.house.latest().done, writing.house.latest().waiting) == (2 - left, left)
    sent = {each.message.recipient for each in writing.claim(Channel.EMAIL, minutes=2, mail=5).outgoing}
    assert sent == ({"ann@example.com"} if left else set())
