"""What is asked of an Asterisk about agents' legs and bridges, and how its answers are read."""

from __future__ import annotations

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.domain.call import events as ev
from dialerd.domain.errors import ExchangeError
from dialerd.domain.leg import LegAnswered, LegPlace, LegSeen, bridge_of
from dialerd.domain.words import LegId
from dialerd.ports import Done, Failed, Gone, Reply
from dialerd.tasks import spawn
from tests.adapters.ari.fake import Door, FakeAri, Heard
from tests.adapters.ari.test_exchange import ask
from tests.adapters.ari.test_session import ID, tell

LEG = LegId("a" + "3" * 32)
BRIDGE = bridge_of(ID)
MUSIC, MAKE, JOIN = f"/channels/{LEG}/moh", f"/bridges/{BRIDGE}", f"/bridges/{BRIDGE}/addChannel"
CONNECTS = [("DELETE", MUSIC), ("POST", MAKE), ("POST", JOIN)]


def dialed(fake: FakeAri) -> list[tuple[str, str]]:
    """What was asked once it was up, the probes of the session left out."""
    return [(method, path) for method, path, _ in fake.connections if path != "/endpoints"]


def test_what_is_asked_when_an_agent_is_rung() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        reply = await exchange.dial_leg(LEG, "PJSIP/agent1001", caller_id="+12125550100", ring_s=20.2)
        assert reply == ev.OriginateTaken()

    fake = ask(story)
    assert dialed(fake) == [("POST", f"/channels/{LEG}")]
    assert fake.bodies == [
        {
            "endpoint": "PJSIP/agent1001",
            "app": "dialerd",
            "appArgs": "leg",
            "callerId": "+12125550100",
            "timeout": 21,
            "variables": {"TIMEOUT(absolute)": "86400"},
        }
    ]


@pytest.mark.parametrize(
    ("dial_string", "asked", "status", "state", "reason"),
    [
        ("PJSIP/agent1024", "PJSIP/agent1024", 200, "offline", "cannot reach PJSIP/agent1024: the phone is not reg"),
        ("PJSIP/nobody", "PJSIP/nobody", 404, "", "knows no endpoint PJSIP/nobody: check the agent's endpoint and pj"),
        ("PJSIP/1001@office", "PJSIP/office", 200, "offline", "cannot reach PJSIP/office"),
        ("PJSIP/agent1001", "PJSIP/agent1001", 200, "online", "scripted"),
        ("PJSIP/agent1001", "PJSIP/agent1001", 500, "", "scripted"),
        ("Local/7@office", None, 200, "", "scripted"),  # the dialplan, where there is no endpoint to ask for
    ],
)
def test_a_phone_that_cannot_be_rung_is_refused_with_what_is_wrong_with_it(
    dial_string: str, asked: str | None, status: int, state: str, reason: str
) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["POST", f"/channels/{LEG}"] = [500]
        fake.replies[f"/endpoints/{asked}"] = {"state": state}
        fake.answers["GET", f"/endpoints/{asked}"] = [] if status == 200 else [status]
        reply = await exchange.dial_leg(LEG, dial_string, caller_id="", ring_s=20)
        assert isinstance(reply, ev.OriginateRefused)
        assert reason in reply.reason
        assert reply.reason.startswith("Asterisk pbx1")

    looks = [path for method, path in dialed(ask(story)) if method == "GET"]
    assert looks == ([] if asked is None else [f"/endpoints/{asked}"])


def test_two_are_connected_without_the_music_and_digits_are_told() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        assert await exchange.connect(LEG, ID) == Done()

    fake = ask(story)
    assert dialed(fake) == CONNECTS
    urls = [url for method, url in fake.asked if method == "POST"]
    assert urls == [
        f"/ari/bridges/{BRIDGE}?type=mixing,dtmf_events&name=dialerd",
        f"/ari/bridges/{BRIDGE}/addChannel?channel={LEG},{ID}",
    ]


@pytest.mark.parametrize(
    ("answers", "expected", "asked"),
    [
        # the leg is gone; not picked up yet; nobody knows
        ({("DELETE", MUSIC): [404]}, Gone(), CONNECTS[:1]),
        ({("DELETE", MUSIC): [409]}, Failed("Asterisk pbx1: scripted"), CONNECTS[:1]),
        # the bridge cannot be had
        ({("POST", MAKE): [500]}, Failed("Asterisk pbx1: scripted"), [*CONNECTS[:2], ("DELETE", MAKE)]),
        # one of the two is gone, or the call is in AMD; the bridge does not stay
        ({("POST", JOIN): [400]}, Gone(), [*CONNECTS, ("DELETE", MAKE)]),
        ({("POST", JOIN): [409]}, Failed("Asterisk pbx1: scripted"), [*CONNECTS, ("DELETE", MAKE)]),
        # the reply of the last step is lost: without its bridge it cannot have been done
        (
            {("POST", JOIN): [0]},
            Failed("Asterisk pbx1: the server closed the connection"),
            [*CONNECTS, ("DELETE", MAKE)],
        ),
        (
            {("POST", JOIN): [0], ("DELETE", MAKE): [500]},
            Failed("Asterisk pbx1: the server closed the connection", is_unclear=True),
            [*CONNECTS, ("DELETE", MAKE)],
        ),
        # connected before, with these two in it
        ({("POST", MAKE): [409]}, Done(), [*CONNECTS[:2], ("GET", MAKE), CONNECTS[2]]),
        # removed just now, and its id not yet free
        ({("POST", MAKE): [409], ("GET", MAKE): [404]}, Done(), [*CONNECTS[:2], ("GET", MAKE), *CONNECTS[1:]]),
        (
            {("POST", MAKE): [409], ("GET", MAKE): [500]},
            Failed("Asterisk pbx1: scripted"),
            [*CONNECTS[:2], ("GET", MAKE), ("DELETE", MAKE)],
        ),
    ],
)
def test_a_connect_that_fails_leaves_no_bridge_and_one_that_is_repeated_comes_to_the_same(
    answers: dict[tuple[str, str], list[int]], expected: Reply, asked: list[tuple[str, str]]
) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers |= answers
        assert await exchange.connect(LEG, ID) == expected

    assert dialed(ask(story)) == asked


def test_nobody_else_stays_in_a_bridge_that_two_are_connected_in_again() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["POST", MAKE] = [409]
        fake.replies[MAKE] = {"id": BRIDGE, "channels": [ID, "a" + "9" * 32]}
        assert await exchange.connect(LEG, ID) == Done()

    fake = ask(story)
    assert dialed(fake) == [*CONNECTS[:2], ("GET", MAKE), ("POST", f"{MAKE}/removeChannel"), CONNECTS[2]]
    assert ("POST", f"/ari{MAKE}/removeChannel?channel=a{'9' * 32}") in fake.asked


def test_a_bridge_that_asterisk_never_lets_go_of_is_waited_for_and_given_up() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["POST", MAKE] = [409] * 100
        fake.answers["GET", MAKE] = [404] * 100
        reply = await exchange.connect(LEG, ID)
        assert isinstance(reply, Failed)
        assert "does not let go of bridge" in reply.reason

    ask(story)


@pytest.mark.parametrize(
    ("status", "expected"), [(200, Done()), (404, Gone()), (500, Failed("Asterisk pbx1: scripted"))]
)
def test_what_is_asked_of_a_leg_or_a_bridge_that_is_gone_is_no_error(status: int, expected: Reply) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        for key in (("POST", MUSIC), ("DELETE", MAKE), ("DELETE", f"/channels/{LEG}")):
            fake.answers[key] = [status]
        assert await exchange.hold(LEG, "default") == expected
        assert await exchange.end_bridge(ID) == expected
        assert await exchange.hang_up_leg(LEG) == expected

    fake = ask(story)
    assert ("POST", f"/ari{MUSIC}?mohClass=default") in fake.asked


def test_legs_and_bridges_are_listed_and_other_peoples_are_not() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/channels"] = [{"id": LEG, "state": "Up"}, {"id": ID, "state": "Up"}, {"id": "1795.1"}]
        fake.replies["/bridges"] = [
            {"id": BRIDGE, "name": "dialerd", "channels": [LEG, ID]},
            {"id": "b" + "9" * 32, "name": "other", "channels": []},
            {"id": "conference", "name": "dialerd", "channels": []},
        ]
        assert await exchange.legs() == {LEG: LegSeen(LegPlace.BRIDGED, BRIDGE, ID)}
        assert await exchange.bridges() == [BRIDGE]
        fake.status = 500
        with pytest.raises(ExchangeError, match="pbx1 does not tell its channels"):
            await exchange.legs()
        with pytest.raises(ExchangeError, match="pbx1 does not tell its bridges"):
            await exchange.bridges()

    ask(story)


def test_a_bridge_that_is_being_filled_is_not_listed_as_one_that_everybody_has_left() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/bridges"] = [{"id": BRIDGE, "name": "dialerd", "channels": []}]
        door = fake.doors[JOIN] = Door()
        connecting = spawn("connect", exchange.connect(LEG, ID))
        await door.reached.wait()
        assert await exchange.bridges() == []
        door.opened.set()
        assert await connecting == Done()
        assert await exchange.bridges() == [BRIDGE]

    ask(story)


def test_the_next_agent_of_a_person_is_connected_when_what_the_first_left_is_cleared() -> None:
    other = LegId("a" + "4" * 32)

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/bridges"] = [{"id": BRIDGE, "name": "dialerd", "channels": []}]
        fake.answers["POST", JOIN] = [400]  # the first has hung up
        first_door = fake.doors[JOIN] = Door()
        first = spawn("first", exchange.connect(LEG, ID))
        await first_door.reached.wait()
        ending = spawn("end", exchange.end_bridge(ID))
        second = spawn("second", exchange.connect(other, ID))
        await exchange.hold(other, "default")  # time enough for either to get in between
        assert dialed(fake) == [*CONNECTS, ("POST", f"/channels/{other}/moh")]
        second_door = fake.doors[JOIN] = Door()
        first_door.opened.set()
        assert (await first, await ending) == (Gone(), Done())
        await second_door.reached.wait()
        assert await exchange.bridges() == [], "it is being filled still, by the second"
        second_door.opened.set()
        assert await second == Done()

    ends, second = ("DELETE", MAKE), [("DELETE", f"/channels/{other}/moh"), *CONNECTS[1:]]
    asked = [each for each in dialed(ask(story)) if each[0] != "GET"]
    assert asked == [*CONNECTS, ("POST", f"/channels/{other}/moh"), ends, ends, *second[:2], second[2]]


def test_a_leg_that_picks_up_is_told() -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        await fake.sockets[0].send_json({"type": "StasisStart", "args": ["leg"], "channel": {"id": LEG}})
        await heard.until(lambda: bool(heard.leg_events))
        assert heard.leg_events == [(LEG, LegAnswered())]
        assert heard.events == []

    tell(story)
