"""Signing in: what a session is good for, until when, and what an attacker can try."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from dialerd.domain.errors import StoreError
from dialerd.domain.signin import ABSOLUTE, IDLE, PER_USER, WINDOW
from dialerd.httpsettings import HttpSettings
from tests.web.site import NOW, PASSWORD, Browser, Site, running


def test_signing_in_tells_who_one_is_and_what_one_may(site: Site) -> None:
    said = site.browser().sign_in("ann")
    assert said.status == 200
    assert said.document == {
        "user": "ann",
        "role": "agent",
        "agent": "ann",
        "queues": None,
        "rights": ["own", "self"],
        "expires_at": "2026-03-03T03:00:00Z",
        "phone_url": None,
        "ice_servers": [],
    }


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    cookie = site.browser().sign_in("root").headers["set-cookie"]
    assert cookie.startswith("dialerd_session=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {each.strip() for each in cookie.split(";")}


@pytest.mark.parametrize(("name", "password"), [("root", "wrong password"), ("nobody", PASSWORD), ("root", "x" * 256)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(site: Site, name: str, password: str) -> None:
    said = site.browser().sign_in(name, password)
    assert (said.status, said.code) == (401, "unauthenticated")
    assert said.document["message"] == "name or password is wrong"
    assert "set-cookie" not in said.headers


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(site: Site) -> None:
    victim = site.browser()
    victim.cookie = "dialerd_session=planted-by-somebody"
    assert victim.sign_in("root").status == 200
    assert victim.cookie != "dialerd_session=planted-by-somebody"
    attacker = Browser(site.port, cookie="dialerd_session=planted-by-somebody")
    assert attacker.get("/api/session").status == 401


def test_signing_in_again_ends_the_session_before(site: Site) -> None:
    browser = site.browser("ann")
    before = browser.cookie
    assert browser.sign_in("root").status == 200
    assert Browser(site.port, cookie=before).get("/api/session").status == 401
    assert browser.get("/api/session").document["user"] == "root"


def test_signing_out_ends_the_session_for_whoever_has_the_cookie(site: Site) -> None:
    browser = site.browser("sue")
    copy = Browser(site.port, cookie=browser.cookie)
    assert browser.ask("DELETE", "/api/session").status == 204
    assert copy.get("/api/session").status == 401


def test_a_session_ends_when_it_is_idle_and_at_the_end_of_the_shift(site: Site) -> None:
    idle, busy = site.browser("ann"), site.browser("sue")
    until = NOW + ABSOLUTE
    while site.clock.now() + IDLE / 2 < until:
        site.clock.pass_by(IDLE / 2)
        assert busy.get("/api/session").status == 200
    assert idle.get("/api/session").status == 401
    site.clock.moment = until
    assert busy.get("/api/session").status == 401


def test_another_password_ends_every_session_but_goes_on_with_a_new_one(site: Site) -> None:
    here, there = site.browser("sue"), site.browser("sue")
    before = here.cookie
    new = "another long passphrase"
    assert here.post("/api/session/password", {"old": PASSWORD, "new": new}).status == 204
    assert there.get("/api/session").status == 401
    assert Browser(site.port, cookie=before).get("/api/session").status == 401
    assert here.get("/api/session").document["user"] == "sue"
    assert site.browser().sign_in("sue", PASSWORD).status == 401
    assert site.browser().sign_in("sue", new).status == 200


def test_a_change_of_what_somebody_may_ends_the_session(site: Site) -> None:
    sue, root = site.browser("sue"), site.browser("root")
    assert root.ask("PATCH", "/api/users/sue", {"queues": ["sales"]}).status == 200
    assert sue.get("/api/campaigns").status == 401
    assert root.ask("PATCH", "/api/users/sam", {"is_disabled": True}).status == 200
    assert site.browser().sign_in("sam").status == 401


def test_too_many_tries_are_refused_even_with_the_right_password_and_forgotten_in_time(site: Site) -> None:
    attacker = site.browser()
    for _ in range(PER_USER):
        assert attacker.sign_in("root", "guess after guess").status == 401
    said = attacker.sign_in("root", PASSWORD)
    assert (said.status, said.code) == (429, "too_many")
    assert 0 < int(said.headers["retry-after"]) <= WINDOW.total_seconds() + 1
    assert site.browser().sign_in("sue").status == 200, "others can still sign in"
    site.clock.pass_by(WINDOW + timedelta(seconds=1))
    assert site.browser().sign_in("root").status == 200


def test_an_address_that_tries_many_users_is_refused(site: Site) -> None:
    attacker = site.browser()
    seen = [attacker.sign_in(f"user{each}", "spring2026!").status for each in range(60)]
    assert seen == [401] * 50 + [429] * 10


def test_names_that_nobody_has_are_not_kept(site: Site) -> None:
    site.browser().sign_in("my secret, typed into the wrong field", "x")
    assert "my secret" not in site.browser("root").get("/api/audit").body.decode()


def test_the_database_keeps_no_secret_that_could_be_used(site: Site) -> None:
    browser = site.browser("root")
    token = browser.post("/api/tokens", {"name": "crm", "user": "sue"}).document["token"]

    def everything(unit: object) -> str:
        connection: sqlite3.Connection = unit.audit._connection  # type: ignore[attr-defined]
        return "\n".join(connection.iterdump())

    kept = site.do(everything)
    assert token not in kept
    assert browser.cookie.partition("=")[2] not in kept
    assert PASSWORD not in kept


def test_a_token_is_its_users_until_it_is_revoked_or_over(site: Site) -> None:
    root = site.browser("root")
    made = root.post("/api/tokens", {"name": "crm", "user": "sue", "days": 2}).document
    program = Browser(site.port, headers={"Authorization": f"Bearer {made['token']}"})
    assert program.get("/api/campaigns").status == 200
    assert program.get("/api/users").status == 403
    # It is no cookie: a page cannot make a browser send it, and it needs no header of ours.
    assert program.post("/api/lists", {"list": "leads"}).status == 201
    assert ("token:crm", "list_created") in [
        (each["actor"], each["action"]) for each in root.get("/api/audit").document["items"]
    ]
    site.clock.pass_by(timedelta(days=2))
    assert program.get("/api/campaigns").status == 401
    again = site.browser("root")
    made = again.post("/api/tokens", {"name": "crm2", "user": "sue"}).document
    program = Browser(site.port, headers={"Authorization": f"Bearer {made['token']}"})
    assert program.get("/api/campaigns").status == 200
    assert again.ask("DELETE", "/api/tokens/crm2").status == 204
    assert program.get("/api/campaigns").status == 401


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_audit_log_can_only_be_added_to(site: Site, statement: str) -> None:
    with pytest.raises(StoreError, match="can only be added to"):
        site.do(lambda unit: unit.audit._connection.execute(statement))  # type: ignore[attr-defined]


def test_who_takes_calls_is_told_how_a_phone_gets_through_firewalls_and_nobody_else(tmp_path: Path) -> None:
    turn = {"url": "turn:turn.example.com", "user": "dialerd", "password": "relay"}
    with running(tmp_path, http_settings=HttpSettings.model_validate({"ice_servers": [turn]})) as site:
        told = {"urls": "turn:turn.example.com", "username": "dialerd", "credential": "relay"}
        assert site.browser("ann").get("/api/session").document["ice_servers"] == [told]
        assert site.browser("sue").get("/api/session").document["ice_servers"] == []
