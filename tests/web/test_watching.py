"""Whether dialerd is there, can place calls, and its metrics: told to this machine, and to whoever may know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from dialerd.engine.vitals import Vital
from dialerd.httpsettings import HttpSettings
from dialerd.usecases import tokens
from tests.web.site import BY, Browser, Site, running

STRANGER = "203.0.113.9"


@pytest.fixture
def vitals() -> list[Vital]:
    return [Vital("database"), Vital("engine"), Vital("asterisk pbx1")]


@pytest.fixture
def watched(tmp_path: Path, vitals: list[Vital]) -> Iterator[Site]:
    """Behind a proxy of this machine, which says whom it asks for."""
    http = HttpSettings(trusted_proxies=("127.0.0.1",))
    with running(tmp_path, http_settings=http, vitals=vitals) as site:
        yield site


def from_afar(site: Site, path: str, **headers: str) -> tuple[int, bytes]:
    said = Browser(site.port).get(path, **{"X-Forwarded-For": STRANGER, **headers})
    return said.status, said.body


def test_it_is_ready_when_database_engine_and_one_asterisk_are_well(watched: Site, vitals: list[Vital]) -> None:
    here = Browser(watched.port)
    assert here.get("/healthz").document == {"status": "ok"}
    said = here.get("/readyz")
    assert said.status == 200
    assert said.document["parts"][2] == {"part": "asterisk pbx1", "well": True, "trouble": ""}
    vitals.append(Vital("asterisk pbx2", "its event stream is not proven alive"))
    assert here.get("/readyz").status == 200, "calls go over the other one"
    vitals[2] = Vital("asterisk pbx1", "its calls are not reconciled yet")
    said = here.get("/readyz")
    assert (said.status, said.document["ready"]) == (503, False)
    assert [each["trouble"] for each in said.document["parts"] if not each["well"]] == [
        "its calls are not reconciled yet",
        "its event stream is not proven alive",
    ]
    vitals[2:] = [Vital("asterisk pbx1")]
    assert here.get("/readyz").status == 200
    vitals[0] = Vital("database", "database is locked")
    assert here.get("/readyz").status == 503
    vitals[:] = [Vital("database"), Vital("engine")]
    assert here.get("/readyz").status == 503, "no Asterisk is no way to call"


def test_a_stranger_is_told_whether_it_is_ready_and_nothing_else(watched: Site, vitals: list[Vital]) -> None:
    assert from_afar(watched, "/healthz") == (200, b'{"status": "ok"}')
    assert from_afar(watched, "/readyz") == (200, b'{"ready": true}')
    vitals[0] = Vital("database", "secret place")
    assert from_afar(watched, "/readyz") == (503, b'{"ready": false}')
    status, body = from_afar(watched, "/metrics")
    assert status == 401
    assert b"dialerd_agents" not in body


def test_metrics_are_for_this_machine_and_for_whoever_sees_all_campaigns(watched: Site) -> None:
    said = Browser(watched.port).get("/metrics")
    assert (said.status, said.body) == (200, b"dialerd_agents 2\n")
    assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
    may = {}
    for user in ("root", "sue", "sam", "ann"):
        watched.do(partial(tokens.create_token, name=f"of-{user}", secret=f"of {user}", user=user, days=None, **BY))
        may[user] = from_afar(watched, "/metrics", Authorization=f"Bearer of {user}")[0]
    assert may == {"root": 200, "sue": 200, "sam": 401, "ann": 401}
    assert from_afar(watched, "/metrics", Authorization="Bearer wrong")[0] == 401


def test_whoever_comes_through_a_proxy_that_nobody_has_named_is_not_this_machine(tmp_path: Path) -> None:
    with running(tmp_path, vitals=[]) as site:
        assert Browser(site.port).get("/metrics").status == 200
        assert from_afar(site, "/metrics")[0] == 401


def test_whoever_comes_through_a_proxy_that_says_no_more_than_the_name_it_was_asked_by_is_not_this_machine(
    tmp_path: Path,
) -> None:
    with running(tmp_path, http_settings=HttpSettings(hosts=("dialer.example.com", "127.0.0.1")), vitals=[]) as site:
        assert Browser(site.port).get("/metrics").status == 200
        said = Browser(site.port).get("/metrics", Host="dialer.example.com")
        assert said.status == 401
        assert Browser(site.port).get("/readyz", Host="dialer.example.com").document == {"ready": False}
