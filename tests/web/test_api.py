"""How the API answers whatever it is asked: problems, pages, editions, repeated requests, limits, headers."""

from __future__ import annotations

import select
import socket
import tomllib
from pathlib import Path

import pytest

from dialerd.httpsettings import HttpSettings
from dialerd.serving import Limits
from tests.web.site import OWN, Browser, Site, running


def test_a_refusal_is_the_sentence_of_the_command_line_with_a_stable_code(site: Site) -> None:
    said = site.browser("sue").get("/api/campaigns/none")
    assert said.headers["content-type"] == "application/problem+json"
    assert said.document == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "there is no campaign none (see dialerd campaign list)",
        "message": "there is no campaign none",
        "hint": "see dialerd campaign list",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/nothing", None, 404, "not_found"),
        ("PATCH", "/api/campaigns", b"{}", 405, "method_not_allowed"),
        ("POST", "/api/lists", b"{", 422, "bad_input"),
        ("POST", "/api/lists", b'{"list": "a", "colour": "red"}', 422, "bad_input"),
        ("POST", "/api/lists", b'{"list": 5}', 422, "bad_input"),
        ("POST", "/api/lists", b'{"list": "Not A Name"}', 422, "bad_input"),
        ("POST", "/api/lists", b'{"list": "customers"}', 409, "already_exists"),
        ("POST", "/api/campaigns/spring/pause", None, 409, "illegal_action"),
        ("GET", "/api/campaigns?limit=0", None, 422, "bad_input"),
        ("GET", "/api/campaigns?limit=5&limit=6", None, 422, "bad_input"),
        ("GET", "/api/campaigns?colour=red", None, 422, "bad_input"),
        ("GET", "/api/campaigns?cursor=nonsense", None, 422, "bad_input"),
        ("GET", "/api/lists/customers/contacts?cursor=WyJhIl0=", None, 422, "bad_input"),
        ("GET", "/api/contacts/999999999999999999", None, 404, "not_found"),
        ("PUT", "/api/campaigns/spring", b'{"lists": ["nowhere"]}', 404, "not_found"),
        ("PUT", "/api/campaigns/spring", b"[]", 422, "bad_input"),
    ],
)
def test_what_cannot_be_is_a_problem_with_its_code(
    calm: tuple[Site, dict[str, Browser]], method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    said = calm[1]["sue"].ask(method, path, body)
    assert (said.status, said.code) == (status, code), said


def test_what_was_given_is_not_repeated_in_a_problem(site: Site) -> None:
    said = site.browser().post("/api/session", {"name": "root", "password": 12345678901})
    assert said.status == 422
    assert b"12345678901" not in said.body


def test_a_list_is_paged_by_a_cursor_that_rows_in_between_do_not_shift(site: Site) -> None:
    browser = site.browser("sue")
    for name in ("aa", "bb", "cc", "dd"):
        assert browser.post("/api/lists", {"list": name}).status == 201
    first = browser.get("/api/lists?limit=2").document
    assert [each["list"] for each in first["items"]] == ["aa", "bb"]
    browser.post("/api/lists", {"list": "ab"})
    second = browser.get(f"/api/lists?limit=2&cursor={first['next']}").document
    assert [each["list"] for each in second["items"]] == ["cc", "customers"]
    last = browser.get(f"/api/lists?limit=2&cursor={second['next']}").document
    assert ([each["list"] for each in last["items"]], last["next"]) == (["dd", "people"], None)


def test_contacts_are_paged_in_the_database(site: Site) -> None:
    browser = site.browser("sue")
    numbers = [f"+1212266{each:04}" for each in range(5)]
    for number in numbers:
        assert browser.post("/api/lists/customers/contacts", {"numbers": [number]}).status == 201
    found, cursor = [], ""
    while cursor is not None:
        page = browser.get(f"/api/lists/customers/contacts?limit=2{cursor and '&cursor=' + cursor}").document
        found += [each["numbers"][0] for each in page["items"]]
        cursor = page["next"]
    assert found == numbers


def test_an_edit_of_what_was_changed_meanwhile_is_refused(site: Site) -> None:
    ann, bob = site.browser("sue"), site.browser("root")
    seen = ann.get("/api/campaigns/spring")
    bob.ask("PUT", "/api/campaigns/spring", {**seen.document, "priority": 2})
    late = ann.ask("PUT", "/api/campaigns/spring", {**seen.document, "priority": 3}, If_Match=seen.headers["etag"])
    assert (late.status, late.code) == (412, "precondition_failed")
    again = ann.get("/api/campaigns/spring")
    assert again.document["priority"] == 2
    done = ann.ask("PUT", "/api/campaigns/spring", {**again.document, "priority": 3}, If_Match=again.headers["etag"])
    assert done.status == 200
    assert done.document["changes"] == {"priority": {"old": 2, "new": 3}}
    assert ann.get("/api/campaigns/spring", If_None_Match=again.headers["etag"]).status == 200
    now = ann.get("/api/campaigns/spring").headers["etag"]
    assert ann.get("/api/campaigns/spring", If_None_Match=now).status == 304
    fresh = ann.ask("PUT", "/api/campaigns/spring", seen.document, If_None_Match="*")
    assert fresh.status == 412, "there is one already"


def test_a_creation_that_is_sent_twice_is_done_once(site: Site) -> None:
    browser, other = site.browser("sue"), site.browser("root")
    body = {"numbers": ["+12122660001"]}
    first = browser.post("/api/lists/customers/contacts", body, Idempotency_Key="k1")
    again = browser.post("/api/lists/customers/contacts", body, Idempotency_Key="k1")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    unlike = browser.post("/api/lists/customers/contacts", {"numbers": ["+12122660002"]}, Idempotency_Key="k1")
    assert (unlike.status, unlike.code) == (422, "bad_input")
    assert other.post("/api/lists/customers/contacts", body, Idempotency_Key="k1").status == 409, "keys are one's own"


def test_what_was_refused_may_be_sent_again_under_its_key(site: Site) -> None:
    browser = site.browser("sue")
    assert browser.post("/api/lists/later/contacts", {"numbers": ["+12122660001"]}, Idempotency_Key="k").status == 404
    assert browser.post("/api/lists", {"list": "later"}).status == 201
    assert browser.post("/api/lists/later/contacts", {"numbers": ["+12122660001"]}, Idempotency_Key="k").status == 201


def test_a_definition_goes_to_and_fro_as_the_file_that_it_is(site: Site) -> None:
    browser = site.browser("sue")
    said = browser.get("/api/campaigns/spring", Accept="application/toml")
    assert said.headers["content-type"].startswith("application/toml")
    table = tomllib.loads(said.body.decode())
    assert table == browser.get("/api/campaigns/spring").document
    text = said.body.decode().replace("max_attempts = 1", "max_attempts = 4")
    done = browser.ask("PUT", "/api/campaigns/spring", text.encode(), Content_Type="application/toml")
    assert list(done.document["changes"]) == ["max_attempts"]
    wrong = browser.ask("PUT", "/api/campaigns/spring", b"name =", Content_Type="application/toml")
    assert (wrong.status, wrong.code) == (422, "bad_input")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 3000 + "]" * 3000], ids=["long", "deep"])
def test_a_value_that_is_too_long_or_too_deep_is_refused_as_any_other_wrong_one(site: Site, value: str) -> None:
    browser, text = site.browser("sue"), f'name = "spring"\nx = {value}\n'
    for noun in ("campaigns", "queues", "dispositions", "flows", "strategies", "maps"):
        said = browser.ask("PUT", f"/api/{noun}/spring", text.encode(), Content_Type="application/toml")
        assert (said.status, said.code) == (422, "bad_input"), noun
        assert "at line 2" in said.body.decode()


def test_every_change_tells_the_engine_and_the_audit_who_what_before_and_after(site: Site) -> None:
    browser, before = site.browser("sue"), site.pokes
    table = browser.get("/api/campaigns/spring").document
    browser.ask("PUT", "/api/campaigns/spring", {**table, "priority": 1})
    assert site.pokes == before + 1
    row = site.browser("root").get("/api/audit?action=campaign_applied&limit=1").document["items"][0]
    assert (row["actor"], row["subject"]) == ("user:sue", "spring")
    assert row["detail"] == {"changes": {"priority": {"before": 5, "after": 1}}}


def test_a_page_of_another_site_can_make_a_browser_change_nothing(site: Site) -> None:
    browser = site.browser("root")
    plain = {name: value for name, value in browser.headers.items() if name not in OWN}
    forged = Browser(site.port, cookie=browser.cookie, headers=plain)
    assert forged.post("/api/lists", {"list": "x"}).code == "csrf"
    assert forged.ask("DELETE", "/api/campaigns/spring").code == "csrf"
    assert browser.post("/api/lists", {"list": "x"}, Origin="https://evil.example").code == "csrf"
    assert browser.post("/api/lists", {"list": "x"}, Sec_Fetch_Site="cross-site").code == "csrf"
    assert browser.post("/api/lists", {"list": "x"}, Origin=f"http://127.0.0.1:{site.port}").status == 201
    assert forged.sign_in("root").code == "csrf", "nobody is signed in as somebody else either"


def test_a_name_that_somebody_has_pointed_to_this_machine_is_not_answered(site: Site) -> None:
    said = site.browser().get("/api/health", Host="evil.example")
    assert (said.status, said.code) == (421, "wrong_host")
    assert site.browser().get("/api/health", Host=f"localhost:{site.port}").document == {"status": "ok"}


def test_every_answer_has_the_headers_that_browsers_obey(site: Site) -> None:
    for path in ("/api/health", "/api/nothing", "/api/campaigns", "/api/openapi.json"):
        headers = site.browser().get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers or "aiohttp" not in headers["server"].lower()


def test_a_body_that_is_too_large_is_refused_before_it_is_there(site: Site) -> None:
    said = site.browser("sue").post("/api/lists", b'{"list": "' + b"x" * (2 * 1024 * 1024) + b'"}')
    assert (said.status, said.code) == (413, "too_large")


def test_a_client_that_says_nothing_or_too_slowly_is_let_go(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(first_request_s=0.2)) as site:
        for said in (b"", b"GET /api/health HTTP/1.1\r\nHost: local"):
            with socket.create_connection(("127.0.0.1", site.port), timeout=10) as slow:
                slow.sendall(said)
                assert slow.recv(100) == b"", "closed, and nothing said"
        assert site.browser().get("/api/health").status == 200


def test_more_connections_than_there_is_room_for_are_closed(tmp_path: Path) -> None:
    with running(tmp_path, limits=Limits(first_request_s=30, connections=3)) as site:
        held = [socket.create_connection(("127.0.0.1", site.port), timeout=10) for _ in range(4)]
        try:
            closed, _, _ = select.select(held, [], [], 10)
            assert [each.recv(10) for each in closed] == [b""] * len(closed) != []
        finally:
            for each in held:
                each.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen": "0.0.0.0:8080"}, "can be reached from elsewhere"),
        ({"listen": "dialer.example.com:8080"}, "can be reached from elsewhere"),
        ({"tls_key": "key.pem"}, "give both or neither"),
        ({"trusted_proxies": ["proxy"]}, "is no address"),
        ({"hosts": ["https://x"]}, "is no host name"),
        ({"phone_url": "https://x"}, "is written"),
        ({"phone_url": "wss://x/ws", "phone_at": "pbx1"}, "give one of them"),
        ({"ice_servers": [{"url": "https://x"}]}, "url is written"),
        ({"ice_servers": [{"url": "turn:x"}]}, "needs user and password"),
    ],
)
def test_an_unsafe_place_to_listen_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        HttpSettings.model_validate(settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"listen": "127.0.0.1:8080"},
        {"listen": "[::1]:8080"},
        {"listen": "localhost:80"},
        {"listen": "0.0.0.0:443", "tls_certificate": "a.pem", "tls_key": "b.pem"},
        {"listen": "0.0.0.0:8080", "trusted_proxies": ["10.0.0.0/24"]},
    ],
)
def test_a_safe_one_is_taken(settings: dict[str, object]) -> None:
    assert HttpSettings.model_validate(settings).listen == settings["listen"]
