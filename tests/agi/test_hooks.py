"""What each hook does, and whom it means where nobody is named."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.agi.hooks import HOOKS, Setting
from dialerd.agi.replies import set_variable
from dialerd.agi.request import Request
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import AgentKind, Disposition, WantedState
from dialerd.ports import AttemptRow
from dialerd.usecases import agents, dnc
from tests.usecases.conftest import NOW, House, empty, house  # noqa: F401  # fixtures

PERSON, OTHER = "+12122660001", "+12122660002"
SETTING = Setting(region="US", phones=("PJSIP/*",))


def hook(of: House, name: str, *arguments: str, **channel: Any) -> dict[str, str]:
    """Call it from a channel; its answer, which can be said to Asterisk."""
    request = Request(hook=name, arguments=arguments, **channel)
    found = dict(HOOKS[name].run(of.unit, request=request, setting=SETTING, now=NOW))
    for variable, value in found.items():
        set_variable(variable, value)
    return found


@pytest.fixture
def called(house: House) -> AttemptRow:  # noqa: F811
    """Somebody who has been called, and has not answered."""
    house.with_contacts(PERSON, OTHER)
    house.start()
    (attempt,) = house.dial()
    house.end(attempt, Disposition.NO_ANSWER, NOW)
    return attempt


@pytest.fixture
def desk(house: House) -> House:  # noqa: F811
    for name, phone in (("ann", "PJSIP/1001"), ("bob", "PJSIP/1002"), ("cid", "PJSIP/1002")):
        agents.add_agent(
            house.unit,
            name,
            endpoint=phone,
            kind=AgentKind.OUTBOUND,
            may_outbound=True,
            allowed=("PJSIP/*",),
            actor="test",
            now=NOW,
        )
    return house


def test_who_has_called_back_is_known_by_the_caller_id(house: House, called: AttemptRow) -> None:  # noqa: F811
    found = hook(house, "who-called", caller="(212) 266-0001")
    assert found == {
        "DIALERD_CAMPAIGN": "spring",
        "DIALERD_CONTACT": "1",
        "DIALERD_ATTEMPT": called.id,
        "DIALERD_QUEUE": "",
        "DIALERD_AGENT": "",
        "DIALERD_DISPOSITION": "no_answer",
        "DIALERD_CALLED_AT": NOW.isoformat(),
    }
    assert hook(house, "who-called", PERSON, caller=OTHER)["DIALERD_ATTEMPT"] == called.id
    with pytest.raises(NotFoundError):
        hook(house, "who-called", caller=OTHER)
    with pytest.raises(BadInputError, match="has no caller ID"):
        hook(house, "who-called")


def test_a_call_that_is_up_goes_before_those_that_have_ended(house: House, called: AttemptRow) -> None:  # noqa: F811
    (second,) = house.dial()
    assert second.number == OTHER
    assert hook(house, "who-called", OTHER)["DIALERD_DISPOSITION"] == ""


def test_a_list_is_asked_and_added_to(house: House, called: AttemptRow) -> None:  # noqa: F811
    dnc.create_dnc(house.unit, "spring-dnc", actor="test", now=NOW)
    assert hook(house, "dnc-check", caller=PERSON)["DIALERD_DNC"] == "no"
    hook(house, "dnc-add", "", "spring-dnc", caller=PERSON)
    assert hook(house, "dnc-check", PERSON) == {"DIALERD_DNC": "yes", "DIALERD_LIST": "spring-dnc"}
    assert hook(house, "dnc-check", PERSON, "spring-dnc")["DIALERD_DNC"] == "yes"
    assert hook(house, "dnc-check", PERSON, "global")["DIALERD_DNC"] == "no"
    hook(house, "dnc-add", unique_id=called.id)
    assert hook(house, "dnc-check", PERSON, "global")["DIALERD_DNC"] == "yes"
    assert ("dialplan channel " + called.id, "opted_out", "global") in house.audit()
    for name in ("dnc-check", "dnc-add"):
        with pytest.raises(NotFoundError):
            hook(house, name, PERSON, "nowhere")


@pytest.mark.parametrize(
    ("arguments", "channel"),
    [
        ((), {"caller": PERSON}),
        ((PERSON,), {"caller": OTHER}),
        (("ATTEMPT",), {}),
        ((), {"unique_id": "ATTEMPT"}),
    ],
)
def test_an_attribute_and_a_callback_are_those_of_whom_is_meant(
    house: House,  # noqa: F811
    called: AttemptRow,
    arguments: tuple[str, ...],
    channel: dict[str, str],
) -> None:
    who = [called.id if each == "ATTEMPT" else each for each in arguments]
    of = {key: called.id if value == "ATTEMPT" else value for key, value in channel.items()}
    assert hook(house, "attribute", "answer", "yes", *who, **of) == {"DIALERD_CONTACT": "1"}
    row = house.unit.contacts.get(house.unit.callbacks.contact_of(called.target_id))
    assert row is not None
    assert row.contact.attributes["answer"] == "yes"
    made = hook(house, "callback", "90", *who, **of)
    assert made["DIALERD_DUE_AT"] == "2026-03-02T16:30:00+00:00"
    assert made["DIALERD_ATTEMPT"] == called.id


@pytest.mark.parametrize(
    ("when", "due_at"),
    [
        ("5", "2026-03-02T15:05:00+00:00"),
        ("202603031400", "2026-03-03T19:00:00+00:00"),  # in New York, where the number is
        ("2026-03-03T14:00", "2026-03-03T19:00:00+00:00"),
        ("2026-03-03T14:00Z", "2026-03-03T14:00:00+00:00"),
    ],
)
def test_a_time_is_given_as_keys_or_as_people_write_it(
    house: House,  # noqa: F811
    called: AttemptRow,
    when: str,
    due_at: str,
) -> None:
    assert hook(house, "callback", when, PERSON)["DIALERD_DUE_AT"] == due_at


@pytest.mark.parametrize("when", ["", "soon", "202613011400", "202503031400", "2026", "-5", "99999999"])
def test_no_time_is_no_callback(house: House, called: AttemptRow, when: str) -> None:  # noqa: F811
    if when == "2026":
        assert hook(house, "callback", when, PERSON)["DIALERD_DUE_AT"].startswith("2026-03-04T00:46"), "minutes"
        return
    with pytest.raises(BadInputError):
        hook(house, "callback", when, PERSON)


@pytest.mark.parametrize(
    ("name", "value"), [("no name", "x"), ("answer", "a\x00b"), ("answer", "x" * 1001), ("email", "nobody")]
)
def test_an_attribute_that_cannot_be_is_refused(house: House, called: AttemptRow, name: str, value: str) -> None:  # noqa: F811
    with pytest.raises(BadInputError):
        hook(house, "attribute", name, value, PERSON)


def test_an_agent_is_whose_phone_it_is(desk: House) -> None:
    phone = {"channel": "PJSIP/1001-0000000f"}
    assert hook(desk, "agent-login", **phone) == {"DIALERD_AGENT": "ann", "DIALERD_AGENT_STATE": "ready"}
    assert hook(desk, "agent-pause", "lunch", **phone)["DIALERD_AGENT_STATE"] == "paused"
    assert desk.unit.agents.get("ann").wanted.reason == "lunch"  # type: ignore[union-attr]
    assert hook(desk, "agent-unpause", **phone)["DIALERD_AGENT_STATE"] == "ready"
    assert hook(desk, "agent-ready", **phone)["DIALERD_AGENT_STATE"] == "ready"
    assert hook(desk, "agent-logout", **phone)["DIALERD_AGENT_STATE"] == "logged_out"
    with pytest.raises(IllegalActionError):
        hook(desk, "agent-pause", **phone)
    assert ("dialplan PJSIP/1001", "agent_login", "ann") in desk.audit()


def test_who_shares_a_phone_is_named_or_is_the_one_who_is_logged_in(desk: House) -> None:
    phone = {"channel": "PJSIP/1002-0000000f"}
    with pytest.raises(NotFoundError, match="that of several agents"):
        hook(desk, "agent-login", **phone)
    assert hook(desk, "agent-login", "cid", **phone)["DIALERD_AGENT"] == "cid"
    assert hook(desk, "agent-pause", **phone)["DIALERD_AGENT"] == "cid"
    for stranger in ({"channel": "PJSIP/carrier-0000000f"}, {"channel": "Local/x@y-0000000f;1"}, {}):
        with pytest.raises(NotFoundError):
            hook(desk, "agent-pause", **stranger)


def test_an_agent_logs_in_with_the_phone_that_calls(desk: House) -> None:
    hook(desk, "agent-login", "ann", channel="PJSIP/1009-0000000f")
    row = desk.unit.agents.get("ann")
    assert row is not None
    assert (row.endpoint, row.wanted.state) == ("PJSIP/1009", WantedState.READY)
    with pytest.raises(BadInputError):
        hook(desk, "agent-login", "bob", channel="SIP/1009-0000000f")


def test_only_what_may_change_something_takes_the_writer() -> None:
    assert {name for name, each in HOOKS.items() if not each.writes} == {"dnc-check", "who-called"}


def test_every_hook_stands_in_the_dialplan_that_explains_them() -> None:
    from pathlib import Path

    told = Path(__file__).parents[2].joinpath("asterisk-conf/extensions_dialerd.conf").read_text()
    for name, each in HOOKS.items():
        assert name in told
        for word in each.usage.replace("[", "").replace("]", "").split():
            assert word in told, f"{name} {word}"
