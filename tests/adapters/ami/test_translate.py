"""What Asterisk says of its queues becomes events; what cannot be read becomes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.ami import translate
from dialerd.adapters.ami.wire import read
from dialerd.domain.appqueue import (
    Member,
    MemberGone,
    MemberSeen,
    PersonJoined,
    PersonLeft,
    PersonTaken,
    QueueEvent,
    QueuesSeen,
    TalkOver,
)
from tests.adapters.ami import texts

ANN = Member(queue="desk", interface="PJSIP/agent1025", name="Ann", status=1)
PAUSED = Member(queue="desk", interface="PJSIP/agent1025", name="Ann", status=1, paused=True)
RINGING = Member(queue="desk", interface="PJSIP/agent1025", name="Ann", status=6)


def event(text: str) -> QueueEvent | None:
    lines = [line + "\r\n" for line in text.strip("\n").split("\n")]
    return translate.to_event(read(lines).headers)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (texts.ADDED, MemberSeen(ANN)),
        (texts.PAUSED, MemberSeen(PAUSED)),
        (texts.RINGS, MemberSeen(RINGING)),
        (texts.REMOVED, MemberGone("desk", "PJSIP/agent1025")),
        (texts.JOINED, PersonJoined("desk", texts.ANN)),
        (texts.LEFT, PersonLeft("desk", texts.ANN)),
        (texts.JOINED.replace("CallerJoin", "CallerAbandon"), PersonLeft("desk", texts.ANN)),
        (texts.TAKEN, PersonTaken("desk", texts.ANN, "PJSIP/agent1025", "Ann")),
        (texts.COMPLETE, TalkOver("desk", texts.ANN, "PJSIP/agent1025")),
        (texts.REDIRECTED_AWAY, TalkOver("desk", "", "PJSIP/agent1002")),
        (texts.CALLED, None),
        ("Event: FullyBooted\nStatus: Fully Booted", None),
        ("Event: QueueMemberStatus\nQueue: desk", None),
        ("Event: AgentConnect", None),
    ],
)
def test_an_event_says_what_has_become_of_whom(text: str, told: QueueEvent | None) -> None:
    assert event(text) == told


def test_the_answer_to_queue_status_is_everything_at_a_moment() -> None:
    listed = list(translate.blocks(texts.crlf(texts.STATUS)))
    seen = translate.to_seen(listed)
    first = datetime.fromtimestamp(1795261327, UTC)
    assert seen == QueuesSeen(
        queues=frozenset({"desk"}),
        members=(
            Member(queue="desk", interface="PJSIP/agent1001", name="agent1001", status=1, ended_at=first),
            Member(queue="desk", interface="PJSIP/agent1025", name="Ann", status=3, in_call=True, wrap_up_s=7.0),
        ),
        waiting={"desk": (texts.BOB,)},
    )
    assert [found for each in listed if (found := translate.to_event(each))] == [PersonJoined("desk", texts.ANN)]


@given(st.text())
def test_no_text_at_all_stops_the_reading(text: str) -> None:
    for headers in translate.blocks(text):
        translate.to_event(headers)
    translate.to_seen(translate.blocks(text))
    read([text + "\r\n", text])
