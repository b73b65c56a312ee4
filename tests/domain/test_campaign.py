"""A campaign is a file and back; what it cannot be is said key by key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w

from dialerd.domain.campaign import NOT_YET, read_campaign
from dialerd.domain.errors import BadInputError, IllegalActionError
from dialerd.domain.run import TABLE, Action, next_state
from dialerd.domain.words import RunState

GIVEN: dict[str, Any] = {
    "name": "spring",
    "lists": ["customers"],
    "trunk": "carrier",
    "caller_id": "+12125550100",
    "on_human": {"play": "custom/hello"},
}


def test_what_is_written_back_is_what_was_read() -> None:
    spec = read_campaign(
        GIVEN
        | {
            "priority": 3,
            "order": "random",
            "retry": [{"disposition": "busy", "after_min": 10, "max": 3}],
            "hours": {"timezone": "contact", "mon-fri": ["09:00-12:00", "14:00-20:00"]},
        },
        source="f",
    )
    assert read_campaign(tomllib.loads(tomli_w.dumps(spec.as_table())), source="f") == spec


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surprise": 1}, "surprise: unknown key"),
        ({"name": "../x"}, "name:"),
        ({"name": "A B"}, "name:"),
        ({"lists": []}, "lists:"),
        ({"caller_id": "2125550100"}, "caller_id:"),
        ({"caller_id": "+1212\r\nX-Evil: 1"}, "caller_id:"),
        ({"max_calls": 0}, "max_calls:"),
        ({"max_calls": "10"}, "max_calls:"),
        ({"calls_per_second": 0}, "calls_per_second:"),
        ({"max_attempts": 1.5}, "max_attempts:"),
        ({"order": "sideways"}, "order:"),
        ({"mode": "psychic"}, "mode:"),
        ({"mode": "predictive"}, "not in this version"),
        ({"on_human": {}}, "on_human"),
        ({"on_human": {"play": "a", "context": "b"}}, "on_human"),
        ({"on_human": {"play": "a,b"}}, "on_human"),
        ({"on_human": {"play": "../../etc/passwd"}}, "on_human"),
        ({"on_human": {"context": "x,s,1)System(id)"}}, "on_human"),
        ({"hours": {"mon": "09:00-17:00"}}, "timezone is missing"),
        ({"hours": {"timezone": "Mars/Base", "mon": "09:00-17:00"}}, "no time zone"),
        ({"hours": {"timezone": "../../etc/passwd", "mon": "09:00-17:00"}}, "no time zone"),
        ({"hours": {"timezone": "UTC", "mon": "9-17"}}, "mon"),
        ({"hours": {"timezone": "UTC", "mon": "17:00-09:00"}}, "ends before it begins"),
        ({"hours": {"timezone": "UTC", "someday": "09:00-17:00"}}, "someday"),
        ({"hours": {"timezone": "UTC"}}, "no day has hours"),
        ({"retry": [{"disposition": "bored", "after_min": 1, "max": 1}]}, "retry.0.disposition"),
    ],
)
def test_each_wrong_key_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as error:
        read_campaign(GIVEN | change, source="spring.toml")
    assert said in str(error.value)
    assert "spring.toml" in str(error.value)


@pytest.mark.parametrize("key", sorted(NOT_YET))
def test_a_key_that_is_not_obeyed_yet_is_refused_and_not_ignored(key: str) -> None:
    with pytest.raises(BadInputError, match=key):
        read_campaign(GIVEN | {key: "x"}, source="f")


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        (None, Action.RUN, RunState.ACTIVE),
        (RunState.ACTIVE, Action.PAUSE, RunState.PAUSED),
        (RunState.PAUSED, Action.RESUME, RunState.ACTIVE),
        (RunState.ACTIVE, Action.STOP, RunState.STOPPING),
        (RunState.PAUSED, Action.STOP, RunState.STOPPING),
        (RunState.COMPLETED, Action.RERUN, RunState.ACTIVE),
        (RunState.STOPPED, Action.RUN, RunState.ACTIVE),
        (RunState.STOPPED, Action.EDIT, None),
    ],
)
def test_an_action_leads_where_the_table_says(state: RunState | None, action: Action, after: RunState | None) -> None:
    assert next_state(state, action, campaign="c") == after


def test_everything_else_is_refused_with_what_is_possible() -> None:
    for state in TABLE:
        for action in set(Action) - set(TABLE[state]):
            with pytest.raises(IllegalActionError) as error:
                next_state(state, action, campaign="spring")
            assert "spring" in str(error.value)
            assert "possible: " in str(error.value)


def test_an_active_campaign_can_be_neither_edited_nor_deleted() -> None:
    for action in (Action.EDIT, Action.DELETE, Action.RUN):
        with pytest.raises(IllegalActionError):
            next_state(RunState.ACTIVE, action, campaign="c")
