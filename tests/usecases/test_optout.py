"""An opt-out bars the whole person, and how it was said is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dialerd.domain.answers import NO_ANSWERS
from dialerd.domain.contact import Contact
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.optout import How
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.replywords import ReplyWords, Wish
from dialerd.domain.retention import Kind
from dialerd.domain.words import AttemptId, Channel, Disposition, RunState
from dialerd.ports import About, MessageEvent, OptOutCame, ReplyCame, RunRow
from dialerd.usecases import (
    barring,
    callbacks,
    campaigns,
    contacts,
    dialing,
    dnc,
    lists,
    optout,
    persons,
    replies,
    runs,
    standing,
)
from dialerd.usecases.answering import Answering
from dialerd.usecases.callbacks import Wish as CallWish
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

ANN, ANNS_DESK, ANNS_MAIL, BOB = "+12122660001", "+12122660002", "ann@example.com", "+12122660003"
SUE = "+12122660004"


@pytest.fixture
def ann(house: House) -> House:
    """Ann has two numbers and an e-mail address, Bob one number."""
    contacts.add_contact(
        house.unit,
        "customers",
        [ANN, ANNS_DESK],
        attributes={"email": "Ann@Example.com"},
        zone=None,
        priority=0,
        actor=ACTOR,
        now=NOW,
    )
    house.with_contacts(BOB)
    return house


def out(house: House, who: str, how: How = How.CLI, **more: str) -> optout.OptedOut:
    return optout.opt_out(house.unit, who, how=how, region="US", actor=ACTOR, now=NOW, **more)


def barred(house: House) -> set[str]:
    return {each for each in (ANN, ANNS_DESK, ANNS_MAIL, BOB) if dnc.check_dnc(house.unit, each, region="US", now=NOW)}


@pytest.mark.parametrize("who", ["(212) 266-0001", ANNS_DESK])
def test_every_address_of_the_person_is_barred_whichever_of_the_numbers_it_came_from(ann: House, who: str) -> None:
    done = out(ann, who)
    assert barred(ann) == {ANN, ANNS_DESK, ANNS_MAIL}
    assert (done.added, done.record.contact_id) == (3, 1)


def test_what_is_heard_in_an_attempt_bars_whom_it_reached_and_names_the_attempt(ann: House) -> None:
    ann.start()
    (attempt,) = ann.dial(1)
    done = out(ann, attempt.id, How.KEY_PRESS, words="9")
    assert barred(ann) == {ANN, ANNS_DESK, ANNS_MAIL}
    assert (done.record.attempt_id, done.record.address, done.record.words) == (attempt.id, ANN, "9")


def test_an_e_mail_address_bars_its_whole_person_whatever_its_letter_case(ann: House) -> None:
    ann.start()
    done = out(ann, "ANN@example.com", How.EMAIL)
    assert barred(ann) == {ANN, ANNS_DESK, ANNS_MAIL}
    assert (done.record.contact_id, done.settled) == (1, 1)
    assert [attempt.number for attempt in ann.dial(9)] == [BOB]


def test_an_e_mail_address_that_forms_are_filled_in_with_bars_no_more_than_itself(ann: House) -> None:
    made = ann.unit.lists.get("customers")
    assert made is not None
    people = [
        Contact(
            numbers=(PhoneNumber(e164=f"+1646200{n:04}", zones=("America/New_York",)),),
            attributes={"email": "none@example.com"},
        )
        for n in range(barring.MOST_OF_ONE_ADDRESS + 1)
    ]
    ann.unit.contacts.add(made.id, people, NOW)
    done = out(ann, "none@example.com", How.EMAIL)
    assert (done.record.addresses, done.record.contact_id) == (("none@example.com",), None)


def listed(house: House, *addresses: str, list_name: str = "global", expires_at: datetime | None = None) -> None:
    dnc.add_to_dnc(
        house.unit,
        addresses,
        region="US",
        source="test",
        expires_at=expires_at,
        actor=ACTOR,
        now=NOW,
        list_name=list_name,
    )


def test_who_is_put_on_a_list_waits_no_more_where_no_other_number_is_left(ann: House) -> None:
    run = began(ann, "spring", max_attempts=3)
    ann.end(ann.dial(1)[0], Disposition.BUSY, NOW)
    listed(ann, ANN)
    after = ann.unit.runs.get(run.id)
    assert after and after.done == 0, "Ann's other number is not listed"
    listed(ann, ANNS_DESK, BOB)
    after = ann.unit.runs.get(run.id)
    assert after and (after.done, after.state) == (2, RunState.COMPLETED)
    assert ann.unit.runs.dispositions(run.id)[Disposition.DO_NOT_CALL] == 2
    assert [row for row in ann.audit() if row[1] == "dnc_added"]


def test_a_list_that_a_run_does_not_obey_and_an_entry_that_is_over_in_time_settle_nobody(ann: House) -> None:
    dnc.create_dnc(ann.unit, "news", actor=ACTOR, now=NOW)
    run = began(ann, "spring", max_attempts=3, retry_after_min=120)
    for attempt in ann.dial(2):
        ann.end(attempt, Disposition.BUSY, NOW)
    listed(ann, BOB, list_name="news")
    listed(ann, BOB, expires_at=NOW + timedelta(minutes=60))
    after = ann.unit.runs.get(run.id)
    assert after and after.waiting == 2
    listed(ann, BOB, expires_at=NOW + timedelta(minutes=180))
    after = ann.unit.runs.get(run.id)
    assert after and (after.waiting, after.done) == (1, 1)


def test_when_how_and_by_whom_is_kept_for_each_time_it_was_said_and_for_each_address(ann: House) -> None:
    out(ann, ANN, How.SMS, words="Stop!")
    out(ann, ANNS_DESK, How.AGENT)
    found = optout.opt_outs_of(ann.unit, ANNS_MAIL, region="US")
    assert [(each.how, each.words, each.address, each.at, each.actor) for each in found] == [
        (How.AGENT, "", ANNS_DESK, NOW, ACTOR),
        (How.SMS, "Stop!", ANN, NOW, ACTOR),
    ]
    assert optout.opt_outs_of(ann.unit, BOB, region="US") == []
    assert [row for row in ann.audit() if row[1] == "opted_out"] == [(ACTOR, "opted_out", "global")] * 2
    (entry,) = dnc.check_dnc(ann.unit, ANN, region="US", now=NOW)
    assert (entry.source, entry.expires_at) == ("opt-out: sms", None)


def taken_back(house: House, who: str) -> list[tuple[datetime | None, str]]:
    return [(each.taken_back_at, each.taken_back_by) for each in optout.opt_outs_of(house.unit, who, region="US")]


def test_an_opt_out_that_was_taken_back_by_the_person_says_when_and_by_what_for_each_address(ann: House) -> None:
    out(ann, ANN, How.SMS, words="STOP")
    out(ann, BOB, How.SMS, words="STOP")
    assert taken_back(ann, ANN) == [(None, "")]
    later = NOW + timedelta(minutes=5)
    assert optout.opt_in(ann.unit, ANN, how=How.SMS, actor="reply", now=later) == 3
    for each in (ANN, ANNS_DESK, ANNS_MAIL):
        assert taken_back(ann, each) == [(later, "reply by sms")]
    assert taken_back(ann, BOB) == [(None, "")]
    out(ann, ANN, How.SMS, words="STOP")
    assert optout.opt_in(ann.unit, ANN, how=How.SMS, actor="reply", now=NOW + timedelta(hours=1)) == 3
    assert [at for at, _ in taken_back(ann, ANN)] == [NOW + timedelta(hours=1), later]


def test_an_address_that_somebody_takes_off_the_list_is_the_only_one_of_its_person_that_is_taken_back(
    ann: House,
) -> None:
    dnc.create_dnc(ann.unit, "news", actor=ACTOR, now=NOW)
    out(ann, ANN, How.AGENT)
    out(ann, ANN, How.AGENT, list_name="news")
    later = NOW + timedelta(minutes=5)
    dnc.remove_from_dnc(ann.unit, [ANN], region="US", actor="cli:ann", now=later)
    assert taken_back(ann, ANN) == [(None, ""), (later, "cli:ann")]
    assert taken_back(ann, ANNS_DESK) == [(None, ""), (None, "")]


def test_a_promised_call_is_cancelled_and_the_next_claim_passes_the_person_by(ann: House) -> None:
    ann.start()
    wish = CallWish(at=NOW + timedelta(hours=1))
    made = callbacks.add_callback(ann.unit, "spring", 1, wish, region="US", actor=ACTOR, now=NOW)
    assert out(ann, ANNS_DESK).callbacks == 1
    assert callbacks.get_callback(ann.unit, made.id).state == "cancelled"
    assert [attempt.number for attempt in ann.dial(9, NOW + timedelta(hours=2))] == [BOB]
    assert ann.unit.runs.dispositions(ann.latest().id) == {Disposition.DO_NOT_CALL: 1}


def began(house: House, name: str, **keys: object) -> RunRow:
    campaigns.apply_campaign(house.unit, spec(name=name, **keys), trunks=TRUNKS, actor=ACTOR, now=NOW)
    run = runs.run_campaign(house.unit, name, trunks=TRUNKS, actor=ACTOR, now=NOW)
    dialing.take_in(house.unit, run.id, draw=lambda: 0.5, now=NOW)
    return standing.latest_run(house.unit, name)


def test_what_waits_in_every_campaign_for_a_first_try_or_a_retry_is_settled_at_once(ann: House) -> None:
    first = began(ann, "spring", max_attempts=3)
    ann.end(ann.dial(1)[0], Disposition.BUSY, NOW)
    lists.create_list(ann.unit, "desks", region="US", actor=ACTOR, now=NOW)
    ann.with_contacts(ANNS_DESK, name="desks")  # the same person under the other number, in a list of its own
    second, alone = began(ann, "autumn", max_attempts=3), began(ann, "winter", lists=["desks"])
    runs.pause_run(ann.unit, "autumn", actor=ACTOR, now=NOW)
    assert out(ann, ANN).settled == 3
    for run in (first, second):
        after = ann.unit.runs.get(run.id)
        assert after is not None
        assert (after.done, after.pending, after.waiting, after.state.is_over) == (1, 1, 0, False)
        assert ann.unit.runs.dispositions(run.id)[Disposition.DO_NOT_CALL] == 1
    over = ann.unit.runs.get(alone.id)
    assert over is not None
    assert (over.state, over.finished_at) == (RunState.COMPLETED, NOW)
    assert out(ann, ANN).settled == 0, "said twice, it is counted once"


def test_a_contact_that_a_number_is_left_of_goes_on_as_does_a_campaign_that_does_not_obey_the_list(ann: House) -> None:
    lists.create_list(ann.unit, "office", region="US", actor=ACTOR, now=NOW)
    contacts.add_contact(
        ann.unit, "office", [ANNS_DESK, SUE], attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW
    )
    dnc.create_dnc(ann.unit, "news", actor=ACTOR, now=NOW)
    ann.start()
    shared = began(ann, "office", lists=["office"], dnc="news")
    obeys = began(ann, "autumn", dnc="news")
    (attempt,) = ann.dial(1)
    assert out(ann, attempt.id, list_name="news").settled == 1
    states = [ann.unit.runs.get(run.id) for run in (ann.latest(), shared, obeys)]
    assert [(run.pending, run.done) for run in states if run] == [(1, 0), (1, 0), (1, 1)]


def test_a_named_list_gets_it_where_that_is_asked_for(ann: House) -> None:
    dnc.create_dnc(ann.unit, "news", actor=ACTOR, now=NOW)
    out(ann, ANN, list_name="news")
    assert [each.list_name for each in dnc.check_dnc(ann.unit, ANN, region="US", now=NOW)] == ["news"]


def test_what_cannot_be_obeyed_is_refused_and_bars_nobody(ann: House) -> None:
    with pytest.raises(NotFoundError, match="no do-not-call list"):
        out(ann, ANN, list_name="nowhere")
    with pytest.raises(NotFoundError, match="no attempt"):
        out(ann, AttemptId("d" + "0" * 32))
    with pytest.raises(BadInputError):
        out(ann, "nobody")
    assert barred(ann) == set()


def test_an_agent_opts_out_whom_it_talks_to_or_has_talked_to_last(ann: House) -> None:
    with pytest.raises(NotFoundError, match="talked to nobody"):
        optout.opt_out_of_agents_call(ann.unit, "sue", region="US", actor="agent:sue", now=NOW)
    ann.start()
    first, second = ann.dial(2)
    ann.end(first, Disposition.ANSWERED_HUMAN, NOW, answered_at=NOW, agent="sue", connected_at=NOW)
    later = NOW + timedelta(minutes=5)
    ann.end(second, Disposition.ANSWERED_HUMAN, later, answered_at=later, agent="sue", connected_at=later)
    done = optout.opt_out_of_agents_call(ann.unit, "sue", region="US", actor="agent:sue", now=later)
    assert (done.record.how, done.record.address) == (How.AGENT, BOB)
    assert barred(ann) == {BOB}


@pytest.mark.parametrize("is_reply", [True, False])
def test_whoever_was_erased_and_then_opts_out_of_an_old_message_is_barred_as_its_sender(
    ann: House, is_reply: bool
) -> None:
    ann.start()
    (attempt,) = ann.dial(1)
    ann.end(attempt, Disposition.ANSWERED_HUMAN, NOW)
    persons.erase_person(ann.unit, ANN, do_not_call=False, region="US", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError, match="has been erased"):
        out(ann, attempt.id)
    about, event = About(attempt_id=attempt.id), OptOutCame(id="u", about=About(), at=NOW, how="link", sender=ANNS_MAIL)
    said: MessageEvent = replace(event, about=about)
    if is_reply:
        said = ReplyCame(id="r", about=about, sender=ANNS_MAIL, recipient="", text="STOP", at=NOW)
    by = Answering(
        answers=NO_ANSWERS,
        words=ReplyWords(words={"stop": Wish.STOP}, begins=(), languages=()),
        new_id=lambda: attempt.id,
    )
    took = replies.take_event(ann.unit, "mail", Channel.EMAIL, said, by=by, region="US", now=NOW)
    assert took.has_opted_out and barred(ann) == {ANNS_MAIL}


@pytest.mark.parametrize(
    ("subject", "text", "is_stop"),
    [("Stop!", " \n", True), ("Re: Your plan", "", False), ("Stop", "Yes, call me", False)],
)
def test_a_stop_in_the_subject_of_an_empty_email_is_one(ann: House, subject: str, text: str, is_stop: bool) -> None:
    said = ReplyCame(id="r", about=About(), sender=ANNS_MAIL, recipient="", subject=subject, text=text, at=NOW)
    words = ReplyWords(words={"stop": Wish.STOP}, begins=(), languages=())
    by = Answering(answers=NO_ANSWERS, words=words, new_id=lambda: AttemptId("d" + "0" * 32))
    took = replies.take_event(ann.unit, "mail", Channel.EMAIL, said, by=by, region="US", now=NOW)
    assert took.has_opted_out is is_stop
    assert (ANNS_MAIL in barred(ann)) is is_stop


@pytest.mark.parametrize(
    ("event", "is_stop"),
    [
        (OptOutCame(id="", about=About(), at=NOW, how="one click", sender="Ann@Example.com"), True),
        (ReplyCame(id="r", about=About(), sender=ANNS_MAIL, recipient="", text="stop", at=NOW), True),
        (ReplyCame(id="r", about=About(), sender=ANNS_MAIL, recipient="", text="yes", at=NOW), False),
        (
            ReplyCame(id="r", about=About(), sender=ANNS_MAIL, recipient="", text="stop", at=NOW, is_automatic=True),
            False,
        ),
    ],
)
def test_of_what_cannot_be_dealt_with_the_opt_out_is_left(
    ann: House, event: ReplyCame | OptOutCame, is_stop: bool
) -> None:
    words = ReplyWords(words={"stop": Wish.STOP}, begins=(), languages=())
    by = Answering(answers=NO_ANSWERS, words=words, new_id=lambda: AttemptId("d" + "0" * 32))
    for is_first in (True, False):
        took = replies.set_aside(
            ann.unit, "mail", Channel.EMAIL, event, why="spoilt", by=by, region="US", now=NOW + timedelta(days=1)
        )
        assert took.has_opted_out is (is_stop and is_first)
    assert barred(ann) == ({ANN, ANNS_DESK, ANNS_MAIL} if is_stop else set())


def test_an_opt_out_from_a_call_whose_number_is_forgotten_bars_the_contact_that_is_still_there(ann: House) -> None:
    ann.start()
    (attempt,) = ann.dial(1)
    ann.end(attempt, Disposition.ANSWERED_HUMAN, NOW)
    runs.stop_run(ann.unit, "spring", actor=ACTOR, now=NOW)
    while ann.unit.persons.forget(Kind.CALLS, before=NOW + timedelta(days=1), size=9):
        pass
    kept = ann.unit.dialing.attempt(attempt.id)
    assert kept is not None and kept.number == "erased"
    assert (out(ann, attempt.id).record.address, barred(ann)) == (ANN, {ANN, ANNS_DESK, ANNS_MAIL})
    assert ann.unit.optouts.of("erased") == []
