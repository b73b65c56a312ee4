"""A queue is a file and back; what it cannot be is said key by key. Which phones agents may log in with."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w

from dialerd.domain.endpoints import check_endpoint, is_pattern
from dialerd.domain.errors import BadInputError
from dialerd.domain.queue import read_queue

RICH: dict[str, Any] = {
    "name": "sales",
    "description": "Sells",
    "agents": ["ann", "bob"],
    "legs": "on_demand",
    "wrap_up_s": 15,
    "ring_s": 10.5,
    "music": "jazz",
    "patience_s": 1.5,
    "pause_reasons": ["lunch", "a coach's talk"],
    "blending": {"upper": 5, "lower": 2, "upper_s": 5, "lower_s": 30},
}


@pytest.mark.parametrize(
    "table",
    [RICH, {"name": "s"}, {"name": "s", "kind": "app_queue"}, {"name": "s", "kind": "app_queue", "context": "q"}],
)
def test_what_is_written_back_is_what_was_read(table: dict[str, Any]) -> None:
    spec = read_queue(table, source="f")
    assert read_queue(tomllib.loads(tomli_w.dumps(spec.as_table())), source="g") == spec
    assert table.items() <= spec.as_table().items()


def test_a_queue_of_asterisks_own_goes_on_at_its_name() -> None:
    assert read_queue({"name": "s", "kind": "app_queue"}, source="f").goes_on_at == ("dialerd-queue", "s")
    given = {"name": "s", "kind": "app_queue", "context": "q", "extension": "600"}
    assert read_queue(given, source="f").goes_on_at == ("q", "600")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surprise": 1}, "surprise: unknown key"),
        ({"name": "../x"}, "name:"),
        ({"kind": "other"}, "kind:"),
        ({"kind": "app_queue"}, "not for kind = 'app_queue'"),
        ({"context": "x"}, "context: not for kind = 'stasis'"),
        ({"agents": ["Ann!"]}, "'Ann!' is no agent's name"),
        ({"agents": ["ann", "ann"]}, "ann is an agent twice"),
        ({"legs": "nailed"}, "legs:"),
        ({"wrap_up_s": -1}, "wrap_up_s:"),
        ({"wrap_up_s": 3601}, "wrap_up_s:"),
        ({"ring_s": 0}, "ring_s:"),
        ({"patience_s": 2.1}, "patience_s:"),
        ({"patience_s": 0}, "patience_s:"),
        ({"music": "a,b"}, "music:"),
        ({"pause_reasons": ["lunch", "lunch"]}, "lunch is a reason twice"),
        ({"pause_reasons": [""]}, "a reason is"),
        ({"pause_reasons": ["a\nb"]}, "a reason is"),
        ({"blending": {"upper": 1, "lower": 2}}, "agents could not go back"),
        ({"blending": {"upper": 0}}, "blending.upper"),
    ],
)
def test_each_wrong_key_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as error:
        read_queue(RICH | change, source="sales.toml")
    assert said in str(error.value)
    assert "sales.toml" in str(error.value)


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("PJSIP/1001", ["PJSIP/*"]),
        ("PJSIP/ann.b-1", ["PJSIP/*"]),
        ("Local/12@agents", ["PJSIP/*", "Local/*@agents"]),
        ("Local/12@agents/n", ["Local/*@agents/n"]),
        ("PJSIP/1001", ["PJSIP/1001"]),
    ],
)
def test_a_phone_that_a_pattern_allows_is_taken(endpoint: str, allowed: list[str]) -> None:
    assert all(is_pattern(each) for each in allowed)
    assert check_endpoint(endpoint, allowed) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "PJSIP/",
        "PJSIP/5551234@carrier",
        "PJSIP/carrier/sip:5551234@example.org",
        "PJSIP/1001&PJSIP/1002",
        "PJSIP/1001,60",
        "PJSIP/1001\n",
        "PJSIP/1(0)",
        "Local/12@agents",
        "XPJSIP/1001",
        "pjsip/1001",
        "PJSIP/" + "1" * 41,
    ],
)
def test_any_other_dial_string_is_refused_and_so_a_call_over_a_trunk(endpoint: str) -> None:
    with pytest.raises(BadInputError, match="the settings allow PJSIP/\\*"):
        check_endpoint(endpoint, ["PJSIP/*"])


@pytest.mark.parametrize("pattern", ["", "*", "PJSIP", "PJSIP/a b", "PJSIP/(.*)", "P*/x", "PJSIP/a,b"])
def test_a_pattern_of_the_settings_is_a_technology_and_plain_characters(pattern: str) -> None:
    assert not is_pattern(pattern)
