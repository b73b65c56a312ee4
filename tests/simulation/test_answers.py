"""What is written back by itself to HELP and STOP: once per conversation, in the language asked in, through crashes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.answers import Answers
from dialerd.domain.optout import How
from dialerd.simulate.recipients import Reading
from dialerd.simulate.routes import RouteFaults
from dialerd.usecases import optout
from tests.numbers import number
from tests.simulation.office import HOUR, Office, in_office
from tests.simulation.test_strategy import MIN, TEXT_ONLY, Desk
from tests.simulation.world import START

HELP = {"en": "Acme, +12125550100. STOP ends this.", "es": "Acme. ALTO termina."}
STOPPED = {"en": "You will get no more messages."}
ANN, BOB, STRANGER = number(0, "00"), number(1, "00"), "+12125550199"


async def _begin(office: Office, **answers: dict[str, str]) -> Desk:
    desk = Desk(office, faults=RouteFaults(double_report=1.0, double_reply=1.0))
    office.answers = {"smsc": Answers(**answers)}
    await desk.begin(TEXT_ONLY, ["00", "00"])
    await office.until(START + MIN)
    desk.sms.record.clear()
    return desk


async def _written_back(office: Office, desk: Desk, sender: str, text: str) -> list[str]:
    """What the sender gets within a minute of writing that."""
    before = len(desk.sms.record)
    desk.sms.write_to_us(sender, text)
    await office.until(office.clock.now() + MIN)
    assert {each.message.recipient for each in desk.sms.record[before:]} <= {sender}
    return [each.message.text for each in desk.sms.record[before:]]


def test_h2_help_is_answered_once_per_conversation_in_the_language_asked_in() -> None:
    async def story(office: Office) -> None:
        desk = await _begin(office, help=HELP, stopped=STOPPED)
        assert await _written_back(office, desk, ANN, "Help!") == [HELP["en"]]
        assert await _written_back(office, desk, ANN, "HELP") == []
        assert await _written_back(office, desk, BOB, "ayuda") == [HELP["es"]]
        assert await _written_back(office, desk, STRANGER, "info") == [HELP["en"]]
        assert await _written_back(office, desk, "55555", "HELP") == []
        assert await _written_back(office, desk, BOB, "can you help me?") == []
        await office.until(START + 13 * HOUR)
        assert await _written_back(office, desk, ANN, "HELP") == [HELP["en"]]
        rows = await office.store.read(lambda unit: unit.messages.replies(unit.contacts.find(ANN)[0].id, limit=9))
        assert [row.did for row in rows] == ["answered", "", "answered"]

    in_office(story, start=START)


def test_h2_an_opt_out_is_confirmed_once_and_whoever_opted_out_gets_no_help() -> None:
    async def story(office: Office) -> None:
        desk = await _begin(office, help=HELP, stopped=STOPPED)
        assert await _written_back(office, desk, ANN, "STOP") == [STOPPED["en"]]
        assert await _written_back(office, desk, ANN, "stop texting me") == []
        assert await _written_back(office, desk, ANN, "HELP") == []
        now = office.clock.now()
        await office.store.write(
            lambda unit: optout.opt_out(unit, BOB, how=How.CLI, region="US", actor="test", now=now)
        )
        assert await _written_back(office, desk, BOB, "HELP") == []
        assert await _written_back(office, desk, BOB, "STOP") == []  # it has been so for long

    in_office(story, start=START)


def test_h2_a_route_without_texts_answers_nothing() -> None:
    async def story(office: Office) -> None:
        desk = await _begin(office)
        assert await _written_back(office, desk, ANN, "HELP") == []
        assert await _written_back(office, desk, ANN, "STOP") == []

    in_office(story, start=START)


def test_h2_an_answer_that_was_certainly_not_sent_is_given_the_next_time() -> None:
    async def story(office: Office) -> None:
        desk = await _begin(office, help=HELP)
        desk.readers.given[ANN] = Reading(refusal="no credit")
        assert await _written_back(office, desk, ANN, "HELP") == []
        desk.readers.given.clear()
        assert await _written_back(office, desk, ANN, "HELP") == [HELP["en"]]

    in_office(story, start=START)


@pytest.mark.parametrize("delay_s", [0.0, 0.005, 0.02, 0.1, 1.0])
def test_h2_an_answer_is_sent_at_most_once_whenever_the_daemon_dies(delay_s: float) -> None:
    async def story(office: Office) -> None:
        desk = await _begin(office, help=HELP)
        desk.sms.write_to_us(ANN, "HELP")
        await office.until(office.clock.now() + timedelta(seconds=delay_s))
        await office.crash()
        await office.start()
        await office.until(START + HOUR)
        await _written_back(office, desk, ANN, "HELP")
        assert len(desk.sms.record) <= 1
        assert await _written_back(office, desk, BOB, "HELP") == [HELP["en"]]

    in_office(story, start=START)
