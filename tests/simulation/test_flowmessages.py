"""Messages that a flow sends to whoever is in its call: beside it, once, through the gates, with a way for what fails.

Not here: messages of strategies (test_strategy.py), the flow's other nodes (test_flows.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.words import Channel, ContactId, RunState
from dialerd.ports import Unit
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.faults import Faults
from dialerd.simulate.recipients import Reading
from dialerd.simulate.routes import RouteFaults, SimulatedRoute
from dialerd.usecases import dnc, runs
from tests.numbers import number
from tests.simulation.callcenter import attempts
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import happen
from tests.simulation.test_agents import at
from tests.simulation.test_flows import Pressers, presses, start
from tests.simulation.world import START

NOTHING = Reading()
ANN = {"link": "https://example.com/7", "email": "ann@example.com"}
LINK = """
name = "survey"
start = "menu"
attributes = ["link", "email"]

[node.menu]
do = "menu"
say = "press-1-for-a-link"
keys = { 1 = "link", 2 = "letter", 3 = "over" }
tries = 2
timeout_s = 4
on_timeout = "bye"

[node.link]
do = "sms"
text = "Here you are: {{ link }}"
answer = "why"
next = "sent"
on_fail = "unsent"

[node.letter]
do = "email"
subject = "Your link"
text = "{{ link }}"
html = true
answer = "why"
next = "sent"
on_fail = "unsent"

[node.over]
do = "sms"
route = "other"
text = "x"
answer = "why"
next = "sent"
on_fail = "unsent"

[node.sent]
do = "set"
attributes = { went = "yes" }
next = "menu"

[node.unsent]
do = "set"
attributes = { went = "no: {{ why }}" }
next = "menu"

[node.bye]
do = "hangup"
"""
CALLED = number(0, "00")


class Reader:
    """Implements simulate.recipients.Recipients: everybody does the same."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def reading(self, recipient: str) -> Reading:
        return self._reading


def employ(office: Office, reading: Reading = NOTHING, **more: Any) -> dict[str, SimulatedRoute]:
    """Give the office a route for each channel."""
    made = {
        name: SimulatedRoute(name, channel, office.clock, SeededDice(n), recipients=Reader(reading), **more)
        for n, (name, channel) in enumerate((("smsc", Channel.SMS), ("mail", Channel.EMAIL)))
    }
    office.routes = dict(made)
    return made


async def begin(office: Office, people: int = 1, *, has: Mapping[str, str] = ANN, **keys: object) -> None:
    await start(office, people, text=LINK, **keys)

    def give(unit: Unit) -> None:
        for n in range(1, people + 1):
            unit.contacts.set_attributes(ContactId(n), has)

    await office.store.write(give)


async def ended(office: Office) -> list[tuple[str, str | None, int]]:
    """Each attempt's channel, final disposition and number, in the order of their beginnings."""
    rows = await attempts(office)
    return [(row.attempt.channel, row.attempt.final or row.attempt.disposition, row.ordinal) for row in rows]


async def kept(office: Office) -> str:
    contact = await office.store.read(lambda unit: unit.contacts.get(ContactId(1)))
    assert contact is not None
    return contact.contact.attributes.get("went", "")


def test_a_text_goes_out_during_the_call_as_an_attempt_beside_it_that_costs_no_try() -> None:
    async def story(office: Office) -> None:
        routes = employ(office)
        await begin(office, max_attempts=1)
        await office.until(at(5))
        (taken,) = routes["smsc"].record
        assert (taken.message.recipient, taken.message.text) == (CALLED, "Here you are: https://example.com/7")
        assert await ended(office) == [("voice", None, 1), ("sms", "sent", 1)], "the call is still up"
        await office.until(at(60))
        assert await ended(office) == [("voice", "answered_human", 1), ("sms", "delivered", 1)]
        (voice, sms) = await attempts(office)
        assert (sms.attempt.beside, sms.attempt.target_id) == (voice.attempt.id, voice.attempt.target_id)
        (run,) = await office.runs()
        assert (run.state, run.done, run.attempts, run.in_progress) == (RunState.COMPLETED, 1, 2, 0)
        assert await kept(office) == "yes"

    in_office(story, start=START, callees=Pressers(presses("1")))


def test_an_email_goes_to_the_contacts_address() -> None:
    async def story(office: Office) -> None:
        routes = employ(office)
        await begin(office)
        await office.until(at(60))
        (taken,) = routes["mail"].record
        assert taken.message.recipient == "ann@example.com"
        assert (taken.message.subject, taken.message.text) == ("Your link", "https://example.com/7")
        assert taken.message.html
        assert routes["smsc"].record == []

    in_office(story, start=START, callees=Pressers(presses("2")))


async def _bar(office: Office, address: str) -> None:
    now = office.clock.now()
    await office.store.write(
        lambda unit: dnc.add_to_dnc(unit, [address], region="US", source="test", expires_at=None, actor="test", now=now)
    )


async def _pause(office: Office) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: runs.pause_run(unit, "c", actor="test", now=now))


@pytest.mark.parametrize(
    ("keys", "has", "meanwhile", "reading", "why"),
    [
        ("1", {}, None, NOTHING, "missing"),
        ("1", {"link": " "}, None, NOTHING, "missing"),
        ("2", {"link": "x"}, None, NOTHING, "missing"),
        ("1", ANN, "number", NOTHING, "dnc"),
        ("2", ANN, "address", NOTHING, "dnc"),
        ("1", ANN, "pause", NOTHING, "run"),
        ("3", ANN, None, NOTHING, "way_out"),
        ("1", ANN, None, Reading(refusal="never heard of"), "refused"),
    ],
)
def test_what_may_not_or_cannot_be_sent_goes_by_the_way_of_failure_with_the_reason(
    keys: str, has: Mapping[str, str], meanwhile: str | None, reading: Reading, why: str
) -> None:
    async def story(office: Office) -> None:
        routes = employ(office, reading)
        await begin(office, has=has)
        await office.until(at(2))
        if meanwhile == "pause":
            await _pause(office)
        elif meanwhile is not None:
            await _bar(office, CALLED if meanwhile == "number" else "ann@example.com")
        await office.until(at(60))
        assert await kept(office) == f"no: {why}"
        assert [each.record for each in routes.values()] == [[], []]
        outcomes = [("voice", "answered_human", 1)]
        assert await ended(office) == outcomes + ([("sms", "bounced", 1)] if why == "refused" else [])

    in_office(story, start=START, callees=Pressers(presses(keys)))


def test_no_more_messages_go_to_a_contact_over_a_channel_than_the_campaign_makes_attempts() -> None:
    async def story(office: Office) -> None:
        routes = employ(office)
        await begin(office, max_attempts=2)
        await office.until(at(60))
        assert len(routes["smsc"].record) == 2
        assert len(routes["mail"].record) == 1
        assert await kept(office) == "no: attempts"

    in_office(story, start=START, callees=Pressers(presses("1121")))


def test_hours_that_end_during_the_call_hold_its_message_back() -> None:
    async def story(office: Office) -> None:
        routes = employ(office)
        await begin(office, hours={"timezone": "America/New_York", "mon-sun": f"00:00-{_clock(office)}"})
        await office.until(at(90))
        assert routes["smsc"].record == []
        assert await kept(office) == "no: hours"

    in_office(story, start=START.replace(second=57), callees=Pressers(presses("1", at_s=4.0)))


def _clock(office: Office) -> str:
    """The next minute on the contact's clock."""
    there = office.clock.now().astimezone(ZoneInfo("America/New_York")) + timedelta(minutes=1)
    return there.strftime("%H:%M")


def test_a_stop_in_reply_bars_the_person_and_no_rule_moves_the_calls_contact() -> None:
    async def story(office: Office) -> None:
        employ(office, Reading(reply="STOP", reply_s=20))
        await begin(office)
        await office.until(at(120))
        assert await ended(office) == [("voice", "answered_human", 1), ("sms", "replied", 1)]
        listed = await office.store.read(lambda unit: unit.dnc.check(CALLED, office.clock.now()))
        assert [each.list_name for each in listed] == ["global"]
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 1)

    in_office(story, start=START, callees=Pressers(presses("1")))


def test_a_daemon_killed_around_a_message_sends_it_at_most_once_and_leaves_nothing_open() -> None:
    async def story(office: Office) -> None:
        routes = employ(office)
        await begin(office)
        await office.until(moment)
        await office.crash()
        await office.start()
        await office.until(at(150))
        assert len(routes["smsc"].record) <= 1
        outcomes = await ended(office)
        assert len(outcomes) == 1 + len(routes["smsc"].record) or outcomes[-1][1] == "interrupted"
        assert all(code for _, code, _ in outcomes)
        (run,) = await office.runs()
        assert (run.state, run.in_progress, run.attempts) == (RunState.COMPLETED, 0, len(outcomes))

    for n in range(12):
        moment = at(3.0 + n / 100)  # the key is pressed at 3 s, the route answers some 20 ms later
        in_office(story, start=START, refresh_s=10.0, callees=Pressers(presses("1")))


_SOME = st.sampled_from([0.0, 0.5])


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    route_faults=st.builds(
        RouteFaults, lose_answer=st.sampled_from([0.0, 0.5]), lose_report=st.sampled_from([0.0, 0.5])
    ),
    cut_at=st.floats(2, 30),
    keys=st.lists(st.text("1239", max_size=4), min_size=5, max_size=5),
)
def test_nothing_is_sent_twice_or_left_open_under_any_mix_of_faults(
    seed: int, faults: Faults, route_faults: RouteFaults, cut_at: float, keys: list[str]
) -> None:
    async def story(office: Office) -> None:
        routes = employ(office, faults=route_faults)
        office.exchange.line.faults = faults
        await begin(office, len(keys), max_calls=3)
        await office.until(at(cut_at))
        routes["smsc"].cut(5.0)
        await office.until(at(cut_at + 1))
        await happen(office, "crash", 2.0)
        office.exchange.line.faults = Faults()
        await office.until(office.clock.now() + timedelta(minutes=10))
        rows = await attempts(office)
        assert all(row.attempt.disposition is not None for row in rows)
        sent = [each.message.attempt_id for route in routes.values() for each in route.record]
        assert len(sent) == len(set(sent)), "a message was sent twice"
        assert set(sent) <= {row.attempt.id for row in rows if row.attempt.beside}
        (run,) = await office.runs()
        assert (run.state, run.attempts) == (RunState.COMPLETED, len(rows))

    in_office(story, start=START, seed=seed, refresh_s=10.0, callees=Pressers(*map(presses, keys)))
