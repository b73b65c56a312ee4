"""Replies on the real engine and virtual time: matched to contact and attempt, their rules run, each acts once (H2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import StoreError
from dialerd.domain.optout import How
from dialerd.domain.words import AttemptId, Channel, RunState
from dialerd.ports import About, ContactRow, Delivered, MessageEvent, OptOutCame, ReplyCame, ReplyRow, Undelivered
from dialerd.simulate.recipients import Reading
from dialerd.simulate.routes import RouteFaults
from dialerd.usecases import dispositions, dnc, optout
from tests.numbers import number
from tests.simulation.office import HOUR, Office, in_office
from tests.simulation.test_strategy import LETTER, MIN, SORRY, TEXT_ONLY, Desk
from tests.simulation.world import START

ANN, BOB = number(0, "10"), number(1, "10")
TWO_WAY: dict[str, Any] = {
    "name": "remind",
    "template": {
        "sorry": SORRY,
        "thanks": {"channel": "sms", "text": "Thank you, {{ first_name }}."},
        "letter": LETTER,
    },
    "step": [
        {
            "name": "text",
            "channel": "sms",
            "template": "sorry",
            "wait_min": 240,
            "reply": [
                {"words": ["yes"], "disposition": "accepted", "set": {"answer": "{text}"}},
                {"words": ["no*"], "disposition": "refused"},
                {"words": ["call me now"], "call": "now"},
                {"words": ["call me*"], "call": "at", "disposition": "refused"},
            ],
            "rule": [
                {"on": "accepted", "do": "go", "step": "thanks", "max": 1},
                {"on": "bounced", "do": "email"},
            ],
        },
        {"name": "thanks", "channel": "sms", "template": "thanks"},
        {"name": "write", "channel": "email", "template": "letter", "wait_min": 60},
    ],
}
SET = {"name": "answers", "disposition": [{"code": "accepted", "positive": True}, {"code": "refused"}]}


async def begin(office: Office, people: int = 1, *, faults: RouteFaults | None = None, **keys: Any) -> Desk:
    """A campaign that writes to people, and takes their answers."""
    desk = Desk(office, faults=faults)
    await office.store.write(
        lambda unit: dispositions.apply_set(
            unit, read_disposition_set(SET, source="test"), actor="test", now=office.clock.now()
        )
    )
    await desk.begin(TWO_WAY, ["10"] * people, dispositions="answers", **keys)
    return desk


async def contact(office: Office) -> ContactRow:
    (row,) = await office.store.read(lambda unit: unit.contacts.find(ANN))
    return row


async def replies(office: Office, sender: str = ANN) -> list[ReplyRow]:
    (row,) = await office.store.read(lambda unit: unit.contacts.find(sender))
    return await office.store.read(lambda unit: unit.messages.replies(row.id, limit=9))


async def tell(office: Office, event: MessageEvent) -> None:
    """The route for texts brings it."""
    assert office.engine is not None
    await office.engine.messages.on_message_event("smsc", event)


async def barred(office: Office, address: str) -> bool:
    return bool(await office.store.read(lambda unit: dnc.check_dnc(unit, address, region="US", now=office.clock.now())))


def test_h2_a_reply_sets_disposition_and_attribute_and_is_answered_with_a_template() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        desk.readers.given[ANN] = Reading(reply="  YES! ", reply_s=60)
        await office.until(START + HOUR)
        assert await desk.ended() == [("text", "sms", "accepted"), ("thanks", "sms", "replied")]
        assert desk.sms.record[1].message.text == "Thank you, P0."
        assert (await contact(office)).contact.attributes["answer"] == "YES!"
        (run,) = await office.runs()
        assert run.state is RunState.COMPLETED
        assert [row.did for row in await replies(office)] == [
            # The second text is answered in the same words, and its step has no rules for that.
            "",
            "set answer; disposition accepted",
        ]

    in_office(story, start=START)


def test_h2_a_reply_that_is_brought_twice_acts_once() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office, faults=RouteFaults(double_reply=1.0, double_report=1.0))
        desk.readers.given[ANN] = Reading(reply="call me now", reply_s=60)
        await office.until(START + 2 * HOUR)
        assert [call.number for call in office.record] == [ANN]
        assert len(await replies(office)) == 1
        assert len(desk.sms.record) == 1

    in_office(story, start=START)


@pytest.mark.parametrize("word", ["STOP", "Stop.", "unsubscribe", "alto"])
def test_h2_stop_opts_out_of_everything_and_the_record_says_how(word: str) -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        desk.readers.given[ANN] = Reading(reply=word, reply_s=60)
        await office.until(START + HOUR)
        assert await barred(office, ANN)
        assert await barred(office, "p0@example.com")
        (record,) = await office.store.read(lambda unit: unit.optouts.of(ANN))
        assert (record.how, record.words) == ("sms", word)
        (row,) = await desk.rows()
        assert record.attempt_id == row.id
        assert office.record == []
        assert len(desk.sms.record) == 1

    in_office(story, start=START)


@pytest.mark.parametrize("sender", [ANN, ANN[1:], ANN[2:]])
def test_h2_a_sender_whose_number_is_not_said_to_be_international_is_the_contact_all_the_same(sender: str) -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        await office.clock.sleep(30)
        desk.sms.write_to_us(sender, "yes")
        await office.clock.sleep(5)
        assert (await desk.rows())[0].final == "accepted"
        desk.sms.write_to_us(sender, "STOP")
        desk.sms.write_to_us("447400123456", "STOP")
        desk.sms.write_to_us("72727", "STOP")
        await office.clock.sleep(5)
        assert await barred(office, ANN)
        assert await barred(office, "+447400123456")

    in_office(story, start=START)


def test_h2_start_undoes_a_stop_by_text_and_no_other_opt_out() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office, people=2)
        await office.clock.sleep(30)
        desk.sms.write_to_us(ANN, "STOP")
        await office.clock.sleep(5)
        assert await barred(office, ANN)
        desk.sms.write_to_us(ANN, "start")
        await office.clock.sleep(5)
        assert not await barred(office, ANN)
        assert not await barred(office, "p0@example.com")
        (record,) = await office.store.read(lambda unit: unit.optouts.of(ANN))
        assert (record.words, record.taken_back_by) == ("STOP", "reply by sms")
        await office.store.write(
            lambda unit: optout.opt_out(unit, BOB, how=How.AGENT, region="US", actor="test", now=office.clock.now())
        )
        desk.sms.write_to_us(BOB, "start")
        await office.clock.sleep(5)
        assert await barred(office, BOB)

    in_office(story, start=START)


def test_h2_call_me_now_leads_to_a_call_as_soon_as_the_hours_let_it() -> None:
    async def story(office: Office) -> None:
        # New York may be called from eleven on; Ann writes at ten.
        desk = await begin(office, hours={"timezone": "contact", "mon-sun": ["09:30-10:01", "11:00-20:00"]})
        desk.readers.given[ANN] = Reading(reply="call me now", reply_s=300)
        await office.until(START + HOUR - MIN)
        assert (len(desk.sms.record), office.record) == (1, [])
        await office.until(START + HOUR + MIN)
        assert [call.number for call in office.record] == [ANN]

    in_office(story, start=START)


def test_h2_call_me_now_said_three_times_leads_to_one_call_and_each_reply_says_what_became_of_it() -> None:
    """The call is up by the time of the third. When it is over, so is the run: another call waits for the next one."""

    async def story(office: Office) -> None:
        desk = await begin(office)
        await office.clock.sleep(30)
        desk.sms.write_to_us(ANN, "call me now")
        desk.sms.write_to_us(ANN, "Call me now!")
        await office.clock.sleep(2)
        assert len(office.record) == 1
        desk.sms.write_to_us(ANN, "CALL ME NOW")
        desk.sms.write_to_us(ANN, "call me at 12:30")
        await office.clock.sleep(600)
        assert [call.number for call in office.record] == [ANN]
        latest, third, second, first = [row.did for row in await replies(office)]
        assert first.startswith("call at 2")
        assert second.startswith("no other call: one is promised for 2")
        assert [third, latest] == [
            "no other call: one is under way",
            "no other call: one is under way; disposition refused",
        ]
        desk.sms.write_to_us(ANN, "call me now")
        await office.clock.sleep(5)
        (run,), (again, *_) = await office.runs(), await replies(office)
        assert (run.state, again.did.partition(", ")[2]) == ("completed", "in the campaign's next run")

    in_office(story, start=START)


def test_h2_call_me_now_brings_a_call_forward_that_was_promised_for_later() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        await office.clock.sleep(30)
        desk.sms.write_to_us(ANN, "call me at 12:30")
        await office.clock.sleep(30)
        desk.sms.write_to_us(ANN, "call me now")
        await office.until(START + 6 * HOUR)
        (call,) = office.record
        assert call.invited_at - START < 2 * MIN

    in_office(story, start=START)


def test_h2_call_me_at_a_time_is_read_by_the_contacts_clock() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        desk.readers.given[ANN] = Reading(reply="Call me at 12:30 please", reply_s=60)
        await office.until(START + 6 * HOUR)
        (call,) = office.record
        assert timedelta() <= call.invited_at - (START + 2.5 * HOUR) < 10 * MIN
        assert (await desk.rows())[0].final == "refused"

    in_office(story, start=START)


def test_h2_the_last_reply_holds_and_one_without_a_rule_is_a_reply_all_the_same() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        await office.clock.sleep(30)
        desk.sms.write_to_us(ANN, "who are you?")
        await office.clock.sleep(30)
        assert await desk.ended() == [("text", "sms", "replied")]
        desk.sms.write_to_us(ANN, "no thanks")
        await office.clock.sleep(30)
        assert await desk.ended() == [("text", "sms", "refused")]
        desk.sms.write_to_us("+12125550199", "wrong number")
        desk.sms.write_to_us("+12125550199", "stop")
        await office.clock.sleep(30)
        assert await barred(office, "+12125550199")

    in_office(story, start=START)


def test_h2_a_number_that_takes_no_texts_is_written_an_e_mail_whose_answer_is_matched_by_what_it_answers() -> None:
    async def story(office: Office) -> None:
        desk = await begin(office)
        desk.readers.given[ANN] = Reading(refusal="no such subscriber")
        desk.readers.given["p0@example.com"] = Reading(reply="thank you", reply_s=120)
        await office.until(START + HOUR)
        assert await desk.ended() == [("text", "sms", "bounced"), ("write", "email", "replied")]
        assert [row.channel for row in await desk.rows()] == [Channel.SMS, Channel.EMAIL]

    in_office(story, start=START)


@pytest.mark.parametrize("lost", [0.0, 1.0])
def test_h2_a_reply_before_the_routes_answer_is_matched_and_its_rules_run_once(lost: float) -> None:
    """Whatever the route answers later, or never: whoever replies to a message has it."""

    async def story(office: Office) -> None:
        slow = RouteFaults(late_answer_s=20.0, lose_answer=lost, double_reply=1.0)
        desk = await begin(office, faults=slow)
        desk.readers.given[ANN] = Reading(reply="yes", reply_s=5, reported=False)
        await office.until(START + MIN)
        first, thanks = await desk.rows()
        assert (first.disposition, first.final, first.step) == ("sent", "accepted", "text")
        assert (thanks.step, len(desk.sms.record)) == ("thanks", 2)
        assert (await contact(office)).contact.attributes["answer"] == "yes"
        assert [row.attempt_id for row in await replies(office)] == [thanks.id, first.id]
        await office.until(START + HOUR)
        (run,) = await office.runs()
        assert (run.state, run.attempts, run.in_progress) == (RunState.COMPLETED, 2, 0)

    in_office(story, start=START)


def test_h2_a_reply_while_the_next_message_waits_for_its_turn_answers_the_one_before() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office, messages_per_second=1 / 60)
        again = {"name": "text", "channel": "sms", "template": "sorry", "rule": [{"on": "sent", "do": "next"}]}
        more = {"name": "more", "channel": "sms", "template": "sorry"}
        await desk.begin({"name": "remind", "template": {"sorry": SORRY}, "step": [again, more]}, ["10", "10"])
        await office.clock.sleep(90)  # Bob's first is on its way, Ann's second waits behind it
        sent = {row.message.recipient for row in desk.sms.record}
        assert len(sent) == 2
        waiting = [row for row in await desk.rows() if row.disposition is None]
        assert waiting
        desk.sms.write_to_us(waiting[0].number, "who are you?")
        await office.clock.sleep(1)
        rows = [row for row in await desk.rows() if row.number == waiting[0].number]
        assert [(row.step, row.final, row.disposition) for row in rows] == [
            ("text", "replied", "sent"),
            ("more", None, None),
        ]

    in_office(story, start=START)


def test_what_cannot_be_dealt_with_is_kept_once_with_the_reason_its_opt_out_holds_and_the_next_is_read(
    told: list[Any],
) -> None:
    """Here the run's strategy is taken from under it, as no command does."""

    async def story(office: Office) -> None:
        desk = await begin(office, people=2)
        await office.clock.sleep(30)
        rows = {row.number: row for row in await desk.rows()}
        await office.store.write(lambda unit: unit.strategies.delete("remind"))
        about = About(attempt_id=rows[BOB].id)
        await tell(office, Undelivered(about=about, at=START, reason=""))
        for _ in range(2):
            await tell(office, ReplyCame(id="1", sender=ANN, recipient="", text="yes", at=START))
            await tell(office, OptOutCame(id="2", sender="", how="one click", about=about, at=START))
            await tell(office, ReplyCame(id="3", sender=ANN, recipient="", text="STOP", at=START))
        assert await barred(office, ANN) and await barred(office, BOB) and await barred(office, "p1@example.com")
        kept = {row.text: row.did for row in [*await replies(office, ANN), *await replies(office, BOB)]}
        why = "could not be dealt with: there is no strategy remind"
        assert kept == {"yes": why, "one click": "opted out", "STOP": f"opted out; {why}"}
        aside = [each for each in told if each.get("action") == "message_event_set_aside"]
        assert [each["reply_id"] for each in aside] == [None, "1", "3"]
        assert not any(each in str(aside) for each in (ANN, BOB))

    in_office(story, start=START)


@pytest.mark.parametrize("is_damage", [False, True])
def test_a_reply_that_the_disk_refuses_for_now_is_not_taken_and_acts_when_it_is_brought_again(is_damage: bool) -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.clock.sleep(30)
        said = ReplyCame(id="1", sender=ANN, recipient="", text="yes", at=START)
        full = StoreError("the disk is full", may_pass=True, is_damage=is_damage)

        async def refuse(job: object, **more: object) -> None:
            raise full

        write, office.store.write = office.store.write, refuse  # type: ignore[method-assign,assignment]
        with pytest.raises(StoreError, match="the disk is full"):
            await tell(office, said)
        office.store.write = write  # type: ignore[method-assign]
        assert await replies(office) == []
        await tell(office, said)
        assert [row.did for row in await replies(office)] == ["set answer; disposition accepted"]

    in_office(story, start=START)


def test_a_report_about_a_message_that_is_gone_waits_for_no_other_that_is_being_sent() -> None:
    """An inbox reads nothing behind it meanwhile, and a long campaign is always sending."""

    async def story(office: Office) -> None:
        desk = Desk(office, messages_per_second=1 / 600)
        await desk.begin(TEXT_ONLY, ["10"] * 2)
        await office.clock.sleep(5)
        assert office.engine is not None
        assert not office.engine.messages.is_empty
        gone = About(attempt_id=AttemptId("d" + "f" * 32))
        await tell(office, Undelivered(about=gone, at=START, reason=""))
        with pytest.raises(StoreError, match="by that name yet"):
            await tell(office, Delivered(about=About(message_ids=("7",)), at=START))

    in_office(story, start=START)
