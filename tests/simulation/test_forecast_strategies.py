"""Forecasts of campaigns that go by a strategy: calls, messages and replies come of the world, by the real engine."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.files import shipped_reply_words
from dialerd.domain.campaign import read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.flow import read_flow
from dialerd.domain.habits import read_habits
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.rates import Rates
from dialerd.domain.strategy import read_strategy
from dialerd.domain.words import Channel
from dialerd.simulate.forecast import compare, play
from dialerd.simulate.scene import Scene, WayOut
from tests.simulation.callcenter import queue
from tests.simulation.world import START, campaign, trunk
from tests.test_docs import BLOCKS

FILES = {table.get("name"): table for table in map(tomllib.loads, BLOCKS)}
LETTERS = FILES["remind"]["step"][2]["route"]  # what the README calls its route for e-mail
NOBODY_ANSWERS = Rates(answered=(0.0,), busy=0.0, invalid=0.0, talk_s=20.0, wrap_up_s=5.0)
ANN = Contact(
    numbers=(PhoneNumber(e164="+12125550111", zones=("America/New_York",)),),
    attributes={"first_name": "Ann", "email": "ann@example.com"},
)
TEXTS: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": {"channel": "sms", "text": "May we call, {{ first_name }}?"}},
    "step": [{"name": "text", "channel": "sms", "template": "sorry", "wait_min": 600}],
}


def scene(
    habits: Mapping[str, Any], *, people: int = 100, table: Mapping[str, Any] | None = None, **keys: Any
) -> Scene:
    """The example of the README, which calls by the flow `ask`, or a strategy of texts alone."""
    spec = campaign(max_calls=40, calls_per_second=10, strategy="remind").as_table()
    del spec["on_human"]
    spec |= {"dispositions": "answers"} | ({"flow": "ask", "amd": False} if table is None else {})
    if table is not None:
        del spec["trunk"], spec["caller_id"]
    given: dict[str, Any] = {
        "spec": read_campaign(spec, source="test"),
        "trunk": trunk(max_channels=100) if table is None else None,
        "rates": NOBODY_ANSWERS,
        "habits": read_habits({"key": 0.0, "hangup": 0.0, "sms": {"reply": {}}} | dict(habits), source="test"),
        "contacts": people,
        "start": START,
        "queues": (queue(("ann", "bob")),),
        "agents": None,
        "flow": read_flow(FILES["ask"], source="README.md") if table is None else None,
        "strategy": read_strategy(table or FILES["remind"], source="README.md"),
        "dispositions": read_disposition_set({"name": "answers", "disposition": [{"code": "accepted"}]}, source="test"),
        "ways_out": (WayOut(name="smsc", channel=Channel.SMS), WayOut(name=LETTERS, channel=Channel.EMAIL)),
        "words": shipped_reply_words(),
        "people": (ANN,),
        "most_s": 4 * 86_400.0,
    }
    return Scene(**given | keys)


def test_no_answer_twice_leads_to_a_text_whose_reply_sets_the_disposition() -> None:
    habits = {"sms": {"delivered": 0.8, "bounced": 0.1, "reply": {"yes": 0.5, "STOP": 0.1}, "reply_s": 600}}
    course = play(scene(habits, people=120), 1)
    there = course.findings
    assert course.is_over
    assert course.calls == there["steps", "call", "attempts"] == 240
    assert there["steps", "call", "no_answer"] == 1.0
    assert there["steps", "text", "attempts"] == there["messages", "smsc", "sent"] == 120
    assert there["messages", "smsc", "delivered"] == pytest.approx(0.8, abs=0.12)
    assert there["steps", "text", "accepted"] == pytest.approx(0.4, abs=0.13)
    assert there["opt_outs",] == pytest.approx(120 * 0.8 * 0.1, abs=8)
    assert there["steps", "letter", "attempts"] == there["messages", LETTERS, "sent"] > 0
    assert there["steps", "letter", "attempts"] == round(
        120 * (there["steps", "text", "bounced"] + there["steps", "text", "undelivered"])
    )


def test_who_answers_and_presses_1_talks_to_an_agent_and_gets_no_text() -> None:
    everybody = Rates(answered=(1.0,), machine=0.0, busy=0.0, invalid=0.0, talk_s=20.0, wrap_up_s=5.0)
    there = play(scene({"press": {"1": 0.3}}, people=100, rates=everybody), 1).findings
    assert there["nodes", "menu", "1"] == pytest.approx(0.3, abs=0.13)
    assert there["transfers", "agent", "connected"] > 0.25  # 0.3 to 0.6 by the seed
    assert there["messages", "smsc", "sent"] == 0
    assert ("steps", "text", "attempts") not in there


def test_who_writes_call_me_now_is_called() -> None:
    course = play(scene({"sms": {"delivered": 1.0, "bounced": 0.0, "reply": {"call me now": 1.0}}}, people=20), 1)
    assert course.findings["steps", "callback", "attempts"] >= 20
    assert course.calls == 40 + course.findings["steps", "callback", "attempts"]


def test_an_e_mail_is_unsubscribed_from_and_a_route_takes_its_time() -> None:
    letters = {
        "name": "remind",
        "template": {"letter": {"channel": "email", "subject": "Hello", "text": "Dear {{ first_name }}"}},
        "step": [{"name": "letter", "channel": "email", "template": "letter"}],
    }
    slow = scene({"email": {"delivered": 1.0, "bounced": 0.0, "unsubscribes": 0.5, "reply_s": 20}}, table=letters)
    ways = (WayOut(name="office", channel=Channel.EMAIL, messages_per_second=0.2, window=1),)
    course = play(replace(slow, ways_out=ways), 1)
    assert course.calls == 0
    assert course.findings["messages", "office", "sent"] == 100
    assert course.lasted_s == pytest.approx(500, abs=30)
    assert 20 < course.findings["opt_outs",] < 70


def test_shares_of_replies_can_be_compared() -> None:
    few, many = compare(scene({}, table=TEXTS, people=60), vary={"sms.reply.STOP": ["0.05", "0.8"]}, seeds=[1])
    assert few.finding(("opt_outs",), 50) < 15 < 30 < many.finding(("opt_outs",), 50)


_SHARE = st.floats(0.0, 0.3)


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    answered=st.floats(0, 1),
    press=_SHARE,
    hangup=_SHARE,
    shares=st.tuples(_SHARE, _SHARE, _SHARE),
    replies=st.dictionaries(st.sampled_from(["yes", "STOP", "call me now", "who is this", "HELP"]), st.floats(0, 0.2)),
    reply_s=st.floats(1, 100_000),
)
def test_in_any_world_everybody_is_settled_and_the_same_seed_says_the_same(
    seed: int,
    answered: float,
    press: float,
    hangup: float,
    shares: tuple[float, float, float],
    replies: dict[str, float],
    reply_s: float,
) -> None:
    refused, delivered, bounced = shares
    writing = {
        "refused": refused,
        "delivered": delivered,
        "bounced": bounced,
        "reply": replies,
        "reply_s": min(reply_s, 86_400),
    }
    of = scene({"press": {"1": press}, "hangup": hangup, "sms": writing}, people=15)
    of = replace(of, rates=replace(NOBODY_ANSWERS, answered=(answered,), machine=0.3), most_s=10 * 86_400.0)
    course = play(of, seed)
    assert course == play(of, seed)
    assert course.is_over
    there = course.findings
    assert sum(share for key, share in there.items() if key[0] == "dispositions") == pytest.approx(1.0)
    calls = there["steps", "call", "attempts"] + there.get(("steps", "callback", "attempts"), 0.0)
    assert calls == course.calls
    assert there["messages", "smsc", "sent"] <= there.get(("steps", "text", "attempts"), 0.0) <= 15
    assert there["opt_outs",] <= 15
