"""An admin takes a server out of service and back; servers and trunks are shown as the daemon sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.errors import NotFoundError
from dialerd.domain.words import Disposition
from dialerd.ports.servers import TrunkStateRow
from dialerd.usecases import servers
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House

BY: dict[str, Any] = {"known": ["pbx1", "pbx2"], "actor": ACTOR, "now": NOW}


def test_a_server_is_drained_once_and_used_again_and_the_audit_log_has_both(house: House) -> None:
    assert servers.drain_server(house.unit, "pbx1", **BY) is True
    assert servers.drain_server(house.unit, "pbx1", **BY) is False
    first, second = servers.list_servers(house.unit, known=BY["known"], trunks=TRUNKS)
    assert (first.drained_at, first.drained_by, first.trunks) == (NOW, ACTOR, ["carrier", "other"])
    assert (second.drained_at, second.state, second.trunks) == (None, "unknown", [])
    assert servers.use_server(house.unit, "pbx1", **BY) is True
    assert servers.use_server(house.unit, "pbx1", **BY) is False
    (first, _) = servers.list_servers(house.unit, known=BY["known"], trunks=TRUNKS)
    assert (first.drained_at, first.drained_by) == (None, "")
    said = [(row.action, row.subject) for row in house.unit.audit.latest(limit=2)]
    assert said == [("server.use", "pbx1"), ("server.drain", "pbx1")]


def test_a_server_that_the_settings_do_not_name_is_refused(house: House) -> None:
    for verb in (servers.drain_server, servers.use_server):
        with pytest.raises(NotFoundError, match="no server pbx9"):
            verb(house.unit, "pbx9", **BY)


def test_what_the_daemon_tells_of_a_server_leaves_alone_what_the_admin_wants(house: House) -> None:
    servers.drain_server(house.unit, "pbx1", **BY)
    house.unit.servers.tell("pbx1", state="away", reason="it was unplugged", now=NOW)
    (found,) = servers.list_servers(house.unit, known=["pbx1"], trunks=TRUNKS)
    assert (found.state, found.reason, found.since, found.drained_by) == ("away", "it was unplugged", NOW, ACTOR)


def test_a_trunk_is_shown_with_what_it_is_given_now_and_why(house: House) -> None:
    shown = servers.get_trunk(house.unit, "carrier", TRUNKS, NOW)
    assert (shown.calls_per_second_now, shown.reason, shown.calls) == (5.0, "", {"pbx1": 0})
    until = NOW + timedelta(seconds=8)
    for pace, rests_until, expected in [
        (0.5, None, (2.5, "9 of its last 20 calls found no room")),
        (0.5, until, (0.0, "9 of its last 20 calls found no room")),
        (1.0, None, (5.0, "")),
    ]:
        house.unit.servers.tell_trunk(
            TrunkStateRow(
                name="carrier",
                pace=pace,
                rests_until=rests_until,
                reason="9 of its last 20 calls found no room",
                told_at=NOW,
            )
        )
        shown = servers.get_trunk(house.unit, "carrier", TRUNKS, NOW)
        assert (shown.calls_per_second_now, shown.reason) == expected
    with pytest.raises(NotFoundError, match="no trunk nix"):
        servers.get_trunk(house.unit, "nix", TRUNKS, NOW)


def test_the_calls_that_are_up_are_counted_by_server(house: House) -> None:
    house.with_contacts("+12122660001")
    house.start()
    (attempt,) = house.dial()
    assert servers.get_trunk(house.unit, "carrier", TRUNKS, NOW).calls == {"pbx1": 1}
    house.end(attempt, Disposition.BUSY, NOW)
    assert servers.get_trunk(house.unit, "carrier", TRUNKS, NOW).calls == {"pbx1": 0}
