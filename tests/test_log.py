"""What is logged: as fields of systemd's journal, changed while it runs, and all of a call by its attempt's id."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import struct
from collections.abc import MutableMapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from dialerd import journal, log
from dialerd.adapters.ari import AriExchange
from dialerd.log import attempt_in, logger
from dialerd.serving import serving
from dialerd.usecases import runs
from tests.adapters.ari.fake import FakeAri
from tests.adapters.ari.test_exchange import ask
from tests.adapters.ari.test_session import ID, PLAN
from tests.simulation.callcenter import agent_campaign, attempts, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.test_agents import at
from tests.simulation.test_flows import only, start
from tests.simulation.world import START as FLOWS_START

START = datetime(2026, 12, 1, 12, tzinfo=UTC)
Lines = list[MutableMapping[str, Any]]


def fields(datagram: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        name, is_plain, value = line.partition(b"=")
        if is_plain:
            found[name.decode()], datagram = value.decode(), rest
        else:
            (size,) = struct.unpack("<Q", rest[:8])
            found[line.decode()], datagram = rest[8 : 8 + size].decode(), rest[9 + size :]
    return found


def test_a_line_is_fields_of_the_journal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ear:
        ear.bind(str(tmp_path / "journal"))
        told = journal.Journal(str(tmp_path / "journal"))
        line = {"event": "two\nlines = one", "level": "warning", "action": "x", "attempt_id": "d1", "took s": 1.5}
        told.warning(journal.render(None, "", line))
        assert fields(ear.recv(10_000)) == {
            "MESSAGE": "two\nlines = one",
            "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "dialerd",
            "DIALERD_ACTION": "x",
            "DIALERD_ATTEMPT_ID": "d1",
            "DIALERD_TOOK_S": "1.5",
        }
        told.info(journal.render(None, "", {"event": "x" * 1_000_000}))
        assert len(fields(ear.recv(100_000))["MESSAGE"]) == 16_384, "a datagram that is too long would be lost"
    told.error(journal.render(None, "", {"event": "nobody listens"}))
    assert "MESSAGE=nobody listens" in capfd.readouterr().err
    told.close()


def test_the_journal_is_known_by_what_systemd_says_of_standard_error(tmp_path: Path) -> None:
    with (tmp_path / "stream").open("wb") as stream:
        found = os.fstat(stream.fileno())
        assert journal.is_connected({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}, stream.fileno())
        assert not journal.is_connected({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino + 1}"}, stream.fileno())
        assert not journal.is_connected({}, stream.fileno())


def test_a_level_that_is_changed_holds_for_loggers_that_were_used(capfd: pytest.CaptureFixture[str]) -> None:
    said = logger("tests")
    try:
        for level, is_heard in (("error", False), ("debug", True), ("warning", False)):
            log.configure(level=level, form="json")
            assert log.is_detailed is is_heard
            said.debug("a word", action="said")
            assert ("a word" in capfd.readouterr().err) is is_heard
    finally:
        log.configure(level="error", form="text")


def test_an_attempt_is_found_in_a_path_and_nothing_like_it() -> None:
    attempt_id = "d" + "0123456789abcdef" * 2
    assert attempt_in(f"/channels/{attempt_id}/play") == attempt_id
    assert attempt_in(f"/channels/{attempt_id}0") is None
    assert attempt_in("/api/contacts/1") is None


def of_call(told: Lines, attempt_id: str) -> Lines:
    return [each for each in told if each.get("attempt_id") == attempt_id]


def test_one_attempts_id_finds_everything_of_its_call_and_no_line_names_a_number(told: Lines) -> None:
    async def story(office: Office) -> None:
        await office.start()
        await staff(office, queue(("agent1001",)))
        await office.add(["00"] * 2)
        await office.apply(agent_campaign("progressive", amd=True))
        await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=START))
        assert office.engine is not None
        office.engine.poke()
        await office.until(START.replace(minute=20))
        rows = await attempts(office)
        assert len(rows) == 2
        for row in rows:
            found = of_call(told, row.attempt.id)
            actions = [each["action"] for each in found]
            assert actions[0] == "call_claimed"
            assert {"call_stepped", "agent_moved", "attempt_settled"} < set(actions)
            steps = [each for each in found if each["action"] == "call_stepped"]
            assert {"OriginateTaken", "Answered"} < {each["call_event"] for each in steps}
            assert {"Ringing", "Detecting", "Talking", "Settled"} <= {each["state"] for each in steps}
        text = "\n".join(str(each) for each in told)
        assert not [call.number for call in office.record if call.number.lstrip("+") in text]

    in_office(story, start=START)


def test_the_nodes_of_a_flow_are_found_by_the_attempts_id_too(told: Lines) -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(120))
        row = await only(office)
        nodes = [each["node"] for each in of_call(told, row.attempt.id) if each["action"] == "flow_node"]
        assert nodes[0] == "menu"
        assert nodes[-1] == "bye"

    in_office(story, start=FLOWS_START)


def test_what_an_asterisk_is_asked_and_tells_is_found_by_the_attempts_id_too(told: Lines) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        await exchange.originate(PLAN)
        await exchange.hang_up(PLAN.attempt_id)

    ask(story)
    asked = [each["event"] for each in of_call(told, ID) if each["action"] == "ari_asked"]
    assert asked == [f"Asterisk pbx1 is asked: POST /channels/{ID}", f"Asterisk pbx1 is asked: DELETE /channels/{ID}"]
    assert PLAN.dial_string not in str(told)


def test_what_a_library_says_is_a_line_like_ours(capfd: pytest.CaptureFixture[str]) -> None:
    log.configure(level="info", form="json")
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("apscheduler.executors").exception("job %s raised", "x")
    log.configure(level="error", form="text")
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["library"]) == ("job x raised", "error", "apscheduler.executors")
    assert said["exception"].endswith("OSError: gone")


def test_a_request_that_cannot_be_read_is_not_logged_with_its_secrets(
    told: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask_badly() -> bytes:
        async with serving(web.Application(), "127.0.0.1:0") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"s" * 9000 + b"\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return answer

    assert asyncio.run(ask_badly()).startswith(b"HTTP/1.0 400")
    assert "sss" not in caplog.text + str(told)
