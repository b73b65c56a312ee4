"""Somebody asks what is held about them, and to be forgotten: what is checked, settled and written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.steering import Verb
from dialerd.domain.words import AgentKind, AgentState, Disposition, RunState
from dialerd.ports import CallRequest, RequestId
from dialerd.usecases import agentpage, agents, callbacks, dnc, persons
from tests.usecases.conftest import ACTOR, NOW, House

NUMBER = "+12122660001"


def erase(house: House, who: str = NUMBER, *, do_not_call: bool = False, dry_run: bool = False) -> persons.Erased:
    return persons.erase_person(
        house.unit, who, do_not_call=do_not_call, region="US", actor=ACTOR, now=NOW, dry_run=dry_run
    )


def test_whoever_waits_to_be_called_is_not_called_and_the_run_is_over(house: House) -> None:
    house.with_contacts(NUMBER)
    house.start()
    done = erase(house, "212 266 0001")
    assert (done.contacts, done.rows["targets"], done.rows["contacts"]) == (1, 1, 1)
    run = house.latest()
    assert (run.state, run.done, run.attempts) == (RunState.COMPLETED, 1, 0)
    assert house.unit.runs.dispositions(run.id) == {"cancelled": 1}
    assert house.unit.contacts.find(NUMBER) == []


def test_nobody_is_erased_while_a_call_to_them_is_up_and_the_call_is_counted_after_it(house: House) -> None:
    house.with_contacts(NUMBER, "+12122660002")
    house.start()
    (attempt,) = house.dial()
    with pytest.raises(IllegalActionError, match="under way"):
        erase(house)
    assert len(house.unit.contacts.find(NUMBER)) == 1, "a refusal changes nothing"
    house.end(attempt, Disposition.ANSWERED_HUMAN, NOW + timedelta(minutes=1))
    erase(house)
    run = house.latest()
    assert house.unit.runs.dispositions(run.id) == {"answered_human": 1}
    (row,) = house.unit.dialing.export(run.id)
    assert (row.attempt.number, row.attempt.disposition) == ("erased", Disposition.ANSWERED_HUMAN)
    assert [each.number for each in house.dial()] == ["+12122660002"], "the others are called as before"


def test_callbacks_go_and_opt_outs_and_lists_stay(house: House) -> None:
    house.with_contacts(NUMBER)
    (contact,) = house.unit.contacts.find(NUMBER)
    wish = callbacks.Wish(at=NOW + timedelta(hours=2), notes="ask for Ann")
    callbacks.add_callback(house.unit, "spring", contact.id, wish, region="US", actor=ACTOR, now=NOW)
    assert erase(house, do_not_call=True).on_dnc == 1
    assert [each.list_name for each in dnc.check_dnc(house.unit, NUMBER, region="US", now=NOW)] == [dnc.GLOBAL]
    assert house.unit.callbacks.scheduled(house.unit.campaigns.all()[0].id, contact.id) is None


def test_what_is_held_is_told_and_that_it_was(house: House) -> None:
    house.with_contacts(NUMBER)
    held = persons.held_about(house.unit, NUMBER, region="US")
    persons.note_export(house.unit, held, actor=ACTOR, now=NOW)
    assert held.rows["contacts"][0]["number"] == NUMBER and held.addresses == (NUMBER,)
    erase(house)
    actor, action, subject = house.audit()[-1]
    assert (actor, action, subject) == (ACTOR, "person_erased", "person")
    while not persons.sweep(house.unit):
        pass
    log = house.unit.audit.latest(limit=100)
    assert {"person_exported", "person_erased"} <= {row.action for row in log}
    assert not any(NUMBER[1:] in f"{row.subject} {row.detail}" for row in log)


def test_what_an_agent_has_just_asked_with_the_number_is_over_and_the_daemon_reads_on(house: House) -> None:
    house.with_contacts(NUMBER)
    mine, others = (
        house.unit.floor.ask(
            CallRequest(
                id=RequestId(0),
                agent="ann",
                verb=Verb.CONSULT,
                detail={"number": number},
                person=None,
                actor="ann",
                asked_at=NOW,
            )
        )
        for number in (NUMBER, "+12122660002")
    )
    erase(house)
    assert [each.id for each in house.unit.floor.open_requests()] == [others]
    told = house.unit.floor.request(mine)
    assert told is not None and told.refusal == "the person has been erased" and told.detail == {}


def test_the_page_of_an_agent_who_wraps_up_goes_on_without_whom_it_talked_to(house: House) -> None:
    house.with_contacts(NUMBER)
    house.start()
    (attempt,) = house.dial()
    house.end(attempt, Disposition.ANSWERED_HUMAN, NOW + timedelta(minutes=1))
    agents.add_agent(
        house.unit,
        "ann",
        endpoint="PJSIP/ann",
        kind=AgentKind.OUTBOUND,
        may_outbound=True,
        allowed=("PJSIP/*",),
        actor=ACTOR,
        now=NOW,
    )
    seen = replace(agents.get_agent(house.unit, "ann").seen, state=AgentState.WRAP_UP, attempt_id=attempt.id)
    agents.note_seen(house.unit, name="ann", seen=seen, leg_id=None, asterisk=None, now=NOW)
    before = agentpage.card(house.unit, "ann", now=NOW)
    assert before is not None and before.number == NUMBER
    erase(house)
    assert agentpage.card(house.unit, "ann", now=NOW) is None


def test_a_dry_run_counts_and_changes_nothing(house: House) -> None:
    house.with_contacts(NUMBER)
    before = house.audit()
    said = erase(house, dry_run=True)
    assert said.dry_run and said.rows["contacts"] == 1
    assert house.audit() == before and len(house.unit.contacts.find(NUMBER)) == 1


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("+12122660077", NotFoundError),
        ("contact:77", NotFoundError),
        ("nobody", BadInputError),
        ("a@b.c", NotFoundError),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_who_is_not_known_is_told_so(house: House, who: str, error: type[Exception], dry_run: bool) -> None:
    with pytest.raises(error):
        erase(house, who, dry_run=dry_run)
    with pytest.raises(error):
        persons.held_about(house.unit, who, region="US")
