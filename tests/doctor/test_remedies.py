"""Every finding that is not well says what to do: each place that can find something is visited, and none is mute."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import aiohttp
import pytest

import dialerd.doctor
from dialerd.adapters.ari.http import AriStatus, AriUnreachable
from dialerd.adapters.ari.readiness import Readiness, explained
from dialerd.doctor.checks import Finding, diagnose
from dialerd.doctor.conf import diagnose_conf
from dialerd.doctor.conffiles import NOT_SEEN, unread
from dialerd.doctor.daemons import diagnose_daemons
from dialerd.doctor.machine import diagnose_machine
from dialerd.domain.lack import Lack
from tests.doctor import test_checks, test_conf, test_conffiles, test_daemons, test_machine

DOCTOR = Path(dialerd.doctor.__file__).parent
ENDPOINT = ("PJSIP", "carrier")


def every_finding(folder: Path) -> Iterator[Finding]:
    """Of all the tables beside this file, and what their other tests look at."""
    for each in test_checks.WRONG:
        yield from diagnose(each[0])
    music = replace(test_checks.WELL, music={"jazz": ["sales"]})
    yield from diagnose(music)
    yield from diagnose(
        replace(test_checks.WELL, asterisks=[replace(test_checks.SERVER, links={"pbx2": Lack("it is offline")})])
    )
    for change, *_ in test_conf.LACKS:
        yield from diagnose_conf([replace(test_conf.WHOLE, **change)], test_conf.WANTED)  # type: ignore[arg-type]
    browsers = replace(test_conf.WANTED, phone_url="wss://pbx:8089/ws", phone_trouble="no WebSocket")
    yield from diagnose_conf([test_conf.WHOLE], browsers)
    for n, (file, text, *_) in enumerate(test_conffiles.LACKS):
        (own := folder / str(n)).mkdir()
        yield from test_conffiles.findings(own, {**test_conffiles.WHOLE, file: text}).values()
    phones = {**test_conffiles.WHOLE, "rtp.conf": "[general]\nicesupport = no\n"}
    yield from test_conffiles.findings(folder, phones, phones=True).values()
    for facts, *_ in test_machine.WRONG:
        yield from diagnose_machine(facts)
    for daemons, _ in test_daemons.WRONG:
        yield from diagnose_daemons(daemons)
    yield NOT_SEEN
    yield unread("it cannot be read", "dialerd")


def test_every_finding_that_is_not_well_says_what_to_do_and_each_place_that_finds_one_is_visited(
    tmp_path: Path,
) -> None:
    visited: set[tuple[str, int]] = set()

    def look(frame: FrameType, event: str, _: Any) -> Any:
        if Path(frame.f_code.co_filename).parent != DOCTOR:
            return None
        visited.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        found = list(every_finding(tmp_path))
    finally:
        sys.settrace(before)
    assert {(each.check, each.seen) for each in found if not each.is_well and not each.remedy} == set()
    places = set(places_that_find_something())
    assert len(places) > 40
    assert places - visited == set()


def places_that_find_something() -> Iterator[tuple[str, int]]:
    """(file, line) of every finding that is not, or may not be, well."""
    for path in DOCTOR.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and function.name not in ("_wrong", "diagnose_files"):
                yield from ((path.name, line) for line in _lines(function))


def _lines(function: ast.FunctionDef) -> Iterator[int]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name("Finding"), keywords=keywords):
                (is_well,) = (each.value for each in keywords if each.arg == "is_well")
                if not (isinstance(is_well, ast.Constant) and is_well.value is True):
                    yield node.lineno
            case ast.Call(func=ast.Name("_wrong")):
                yield node.lineno
            case ast.Yield(value=ast.Tuple(elts=[_, _, remedy])):
                if not (isinstance(remedy, ast.Constant) and remedy.value == ""):
                    yield node.lineno


@pytest.mark.parametrize(
    "error",
    [
        *(AriStatus(status, "") for status in (401, 403, 404, 500, 503)),
        AriUnreachable("refused"),
        AriUnreachable("no answer within 5 s"),
    ],
    ids=str,
)
def test_whatever_keeps_an_asterisk_from_being_used_has_its_remedy(error: Exception) -> None:
    assert explained(error, url="http://pbx:8088", user="dialerd").remedy


def test_an_asterisk_that_closes_without_a_word_is_asked_about_tls_and_its_sessions() -> None:
    error = AriUnreachable("closed")
    error.__cause__ = aiohttp.ServerDisconnectedError()
    assert "sessionlimit" in explained(error, url="http://pbx:8088", user="dialerd").remedy


@pytest.mark.parametrize(
    "lacking",
    [{"endpoints": {}}, {"endpoints": {ENDPOINT: "offline"}}, {"has_amd": False}, {"has_dialplan": False}],
    ids=lambda lacking: next(iter(lacking)),
)
def test_whatever_keeps_a_trunk_from_being_dialed_has_its_remedy(lacking: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"has_amd": True, "has_dialplan": True, "endpoints": {ENDPOINT: "online"}}
    lack = Readiness(**(whole | lacking)).lack("pbx1", endpoint=ENDPOINT, amd=True)
    assert lack is not None and lack.remedy
