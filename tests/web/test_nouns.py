"""The nouns over HTTP: agents and their own work, callbacks, do-not-call, definitions, files that are sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dialerd.domain.words import ContactId
from dialerd.httpsettings import HttpSettings
from dialerd.ports import ReplyRow, Unit
from tests.web.site import BY, OWN, Browser, Site, running, talk


def test_an_agent_sees_the_jobs_open_to_it_and_prefers_some(site: Site) -> None:
    sue, ann = site.browser("sue"), site.browser("ann")
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]})
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    assert ann.get("/api/me/jobs").document == {"open": ["sales-calls"], "preferred": []}
    assert ann.ask("PUT", "/api/me/jobs", {"preferred": ["sales-calls"]}).document["preferred"] == ["sales-calls"]
    assert sue.get("/api/agents/ann").document["preferred"] == ["sales-calls"]
    assert sue.ask("PUT", "/api/agents/ann/preferred", {"campaigns": []}).document["preferred"] == []
    assert ann.ask("PUT", "/api/me/jobs", {"preferred": ["nothing"]}).code == "not_found"


def test_an_agent_logs_in_pauses_and_is_told_where_it_is(site: Site) -> None:
    ann = site.browser("ann")
    assert ann.post("/api/me/agent/login", {}).document["wanted"]["state"] == "ready"
    assert ann.post("/api/me/agent/pause", {"reason": "lunch"}).document["wanted"] == {
        "state": "paused",
        "since": "2026-03-02T15:00:00Z",
        "reason": "lunch",
    }
    assert ann.post("/api/me/agent/hangup").code == "illegal_action"
    assert ann.get("/api/me/preview").code == "not_found"
    assert ann.post("/api/me/agent/login", {"endpoint": "SIP/../../etc"}).status in (409, 422)
    assert ann.post("/api/me/agent/logout").document["wanted"]["state"] == "logged_out"


def test_an_agent_sees_whom_it_talks_to_and_gives_its_own_calls_dispositions_only(site: Site) -> None:
    sue, ann, ben = site.browser("sue"), site.browser("ann"), site.browser("ben")
    name = "<script>alert(1)</script>"
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"], "attributes": {"first_name": name}})
    outcomes = {"disposition": [{"code": "sold", "positive": True}, {"code": "later", "text": name}]}
    assert sue.ask("PUT", "/api/dispositions/sales", outcomes).document["is_changed"]
    table = sue.get("/api/campaigns/sales-calls").document
    sue.ask("PUT", "/api/campaigns/sales-calls", {**table, "dispositions": "sales"})
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    attempt_id = talk(site)
    call = ann.get("/api/me/agent").document["call"]
    assert (call["attempt_id"], call["attributes"]) == (attempt_id, {"first_name": name}), "text, as it was given"
    assert [each["code"] for each in call["dispositions"]] == ["sold", "later"]
    assert call["zones"] == ["America/New_York"], "by whose clock a callback is promised"
    assert ben.get("/api/me/agent").document["call"] is None
    given = {"attempt_id": attempt_id, "code": "sold"}
    assert ben.post("/api/me/disposition", given).code == "forbidden"
    assert ann.post("/api/me/disposition", {**given, "code": "none"}).code == "bad_input"
    assert ann.post("/api/me/disposition", given).document["is_asked"] is True


def test_the_clock_of_a_promise_is_that_of_the_callback_which_the_customer_has_already(site: Site) -> None:
    sue, ann = site.browser("sue"), site.browser("ann")
    contact = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).document["contact_id"]
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    talk(site)
    assert ann.get("/api/me/agent").document["call"]["zones"] == ["America/New_York"]
    elsewhere = {"campaign": "sales-calls", "contact_id": contact, "in_min": 90.0, "zone": "America/Chicago"}
    assert sue.post("/api/callbacks", elsewhere).document["zone"] == "America/Chicago"
    assert ann.get("/api/me/agent").document["call"]["zones"] == ["America/Chicago"]


def test_an_agents_callbacks_are_its_own(site: Site) -> None:
    sue, ann, ben = site.browser("sue"), site.browser("ann"), site.browser("ben")
    contact = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).document["contact_id"]
    new = {"campaign": "sales-calls", "contact_id": contact, "in_min": 90.0}
    assert ann.post("/api/me/callbacks", new).code == "forbidden", "they have never talked"
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    talk(site)
    made = ann.post("/api/me/callbacks", new, Idempotency_Key="k")
    assert (made.status, made.document["agent"]) == (201, "ann")
    number = made.document["callback"]
    assert ann.post("/api/me/callbacks", new, Idempotency_Key="k").document["callback"] == number
    assert [each["callback"] for each in ann.get("/api/me/callbacks").document] == [number]
    assert ben.get("/api/me/callbacks").document == []
    assert ben.ask("DELETE", f"/api/me/callbacks/{number}").code == "forbidden"
    assert ben.post("/api/me/callbacks", new).code == "forbidden", "it is of none of his queues"
    moved = ann.ask("PATCH", f"/api/me/callbacks/{number}", {"at": "2026-03-02T12:00"}).document
    assert moved["asked_for"] == "2026-03-02T12:00:00-05:00"
    assert [each["callback"] for each in sue.get("/api/callbacks?campaign=sales-calls").document["items"]] == [number]
    assert sue.ask("DELETE", f"/api/callbacks/{number}").status == 204
    assert ann.get("/api/me/callbacks").document == []


def test_numbers_go_on_and_off_a_do_not_call_list(site: Site) -> None:
    sue = site.browser("sue")
    assert sue.post("/api/dnc", {"list": "spring"}).status == 201
    assert sue.post("/api/dnc/spring/numbers", {"numbers": ["2122660001"], "days": 3}).document == {"added": 1}
    (entry,) = sue.get("/api/dnc-check?number=%2B12122660001").document
    assert (entry["list"], entry["source"], entry["expires_at"]) == ("spring", "api", "2026-03-05T15:00:00Z")
    assert sue.ask("DELETE", "/api/dnc/spring/numbers", {"numbers": ["+12122660001"]}).document == {"removed": 1}
    assert sue.ask("DELETE", "/api/dnc/spring").status == 204
    assert [each["list"] for each in sue.get("/api/dnc").document] == ["global"]


def test_what_a_do_not_call_list_has_is_shown_in_pages(site: Site) -> None:
    sue = site.browser("sue")
    numbers = [f"+1212266000{n}" for n in (3, 1, 2)]
    sue.post("/api/dnc/global/numbers", {"numbers": numbers, "source": "letter"})
    sue.post("/api/dnc", {"list": "spring"})
    sue.post("/api/dnc/spring/numbers", {"numbers": ["+12122660004"]})
    first = sue.get("/api/dnc/global/numbers?limit=2").document
    assert [each["number"] for each in first["items"]] == ["+12122660001", "+12122660002"]
    assert (first["items"][0]["list"], first["items"][0]["source"]) == ("global", "letter")
    rest = sue.get(f"/api/dnc/global/numbers?limit=2&cursor={first['next']}").document
    assert ([each["number"] for each in rest["items"]], rest["next"]) == (["+12122660003"], None)
    assert [each["number"] for each in sue.get("/api/dnc/spring/numbers").document["items"]] == ["+12122660004"]
    assert sue.get("/api/dnc/none/numbers").code == "not_found"


@pytest.mark.parametrize(
    ("noun", "table"),
    [
        ("queues", {"agents": ["ann"], "description": "x"}),
        ("dispositions", {"disposition": [{"code": "sold"}]}),
        ("strategies", {"step": [{"name": "call", "channel": "voice"}]}),
    ],
)
def test_a_definition_is_made_shown_edited_and_deleted(site: Site, noun: str, table: dict[str, Any]) -> None:
    sue = site.browser("sue")
    made = sue.ask("PUT", f"/api/{noun}/mine", table, If_None_Match="*")
    assert made.status == 200, made
    assert made.document["is_changed"]
    shown = sue.get(f"/api/{noun}/mine")
    assert shown.document["name"] == "mine"
    assert sue.ask("PUT", f"/api/{noun}/mine", shown.document, If_Match=shown.headers["etag"]).status == 200
    assert sue.ask("PUT", f"/api/{noun}/mine", {**table, "colour": "red"}).code == "bad_input"
    assert sue.ask("DELETE", f"/api/{noun}/mine", If_Match='"other"').code == "precondition_failed"
    assert sue.ask("DELETE", f"/api/{noun}/mine").status == 204
    assert sue.get(f"/api/{noun}/mine").code == "not_found"


def _sent(site: Site, path: str, body: bytes, who: str = "sue") -> Any:
    browser = site.browser(who)
    said = browser.ask("POST", path, body, Content_Type="text/csv")
    if said.status != 202:
        return said
    where = path.partition("?")[0].removesuffix("/import")
    shown = browser.get(f"{where}/imports/{said.document['id']}").document
    while shown["state"] in ("waiting", "running"):
        shown = browser.get(f"{where}/imports/{said.document['id']}").document
    return shown


def test_a_file_that_is_sent_goes_into_the_list_and_tells_which_rows_do_not(site: Site) -> None:
    rows = b"number,First Name\n2122660001,Ann\nbad,Bob\n2122660002,=1+1\n"
    done = _sent(site, "/api/lists/leads/import?file=leads.csv", rows)
    assert (done["state"], done["added"], done["rejected"], done["file"]) == ("done", 2, 1, "leads.csv")
    assert [(each["line"], each["value"]) for each in done["rejected_rows"]] == [(3, "bad")]
    sue = site.browser("sue")
    assert sue.get("/api/lists/leads").document["contacts"] == 2
    assert list(site.house.uploads.iterdir()) == [], "what was imported is not kept"
    useless = _sent(site, "/api/lists/leads/import", b"number\nbad\n")
    assert (useless["state"], useless["added"]) == ("failed", 0)
    assert "none of its 1 rows can be used" in useless["trouble"]


@pytest.mark.parametrize("name", ["../../../../tmp/evil.csv", "/etc/passwd", "..\\..\\evil.csv", "a\0b", "x" * 499])
def test_what_a_file_is_called_leads_nowhere(site: Site, name: str) -> None:
    before = set(site.house.uploads.parent.rglob("*"))
    done = _sent(site, f"/api/lists/leads/import?file={quote(name)}", b"number\n2122660001\n")
    assert done["state"] == "done"
    assert not re.search(r"[/\\]", done["file"])
    assert len(done["file"]) <= 200
    assert set(site.house.uploads.parent.rglob("*")) - before <= {site.house.uploads}


def test_a_file_that_is_too_large_is_refused_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    with running(tmp_path, http_settings=HttpSettings(max_upload_mb=1)) as site:
        for path in ("/api/lists/leads/import", "/api/dnc/global/import"):
            said = _sent(site, path, b"number\n" + b"2122660001\n" * 110_000)
            assert (said.status, said.code) == (413, "too_large"), path
            assert list(site.house.uploads.iterdir()) == []
        assert site.browser("sue").get("/api/lists/leads").code == "not_found"


@pytest.mark.parametrize("kind", ["text/html", "application/zip"])
def test_a_file_of_another_kind_is_not_taken(site: Site, kind: str) -> None:
    for path in ("/api/lists/leads/import", "/api/dnc/global/import"):
        said = site.browser("sue").ask("POST", path, b"number\n2122660001\n", Content_Type=kind)
        assert (said.status, said.code) == (415, "unsupported_media")


def test_a_list_cannot_be_called_by_a_path(site: Site) -> None:
    assert _sent(site, "/api/lists/..%2F..%2Fetc/import", b"number\n2122660001\n").status in (404, 422)


def test_a_file_of_numbers_goes_onto_a_do_not_call_list_and_tells_which_rows_do_not(site: Site) -> None:
    rows = b"number,who\n2122660001,Ann\nbad,Bob\n2122660002,Cid\n"
    done = _sent(site, "/api/dnc/global/import?file=..%2Fwishes.csv&days=3", rows)
    assert (done["state"], done["added"], done["rejected"], done["file"]) == ("done", 2, 1, "wishes.csv")
    assert [(each["line"], each["value"]) for each in done["rejected_rows"]] == [(3, "bad")]
    sue = site.browser("sue")
    (entry,) = sue.get("/api/dnc-check?number=%2B12122660002").document
    assert (entry["source"], entry["expires_at"]) == ("wishes.csv", "2026-03-05T15:00:00Z")
    assert [each["id"] for each in sue.get("/api/dnc/global/imports").document["items"]] == [done["id"]]
    assert sue.get(f"/api/lists/global/imports/{done['id']}").code == "not_found", "that is of no contact list"
    again = _sent(site, "/api/dnc/global/import", rows)
    assert (again["added"], again["already_there"]) == (2, 0), "for ever is later than in three days"
    assert _sent(site, "/api/dnc/none/import", rows).code == "not_found"
    assert _sent(site, "/api/dnc/global/import", b"number\nbad\n")["state"] == "failed"
    assert list(site.house.uploads.iterdir()) == []


def test_a_mapping_is_kept_and_files_are_read_by_it(site: Site) -> None:
    sue = site.browser("sue")
    table = {"columns": {"number": "Telefon", "first_name": "Vorname"}, "delimiter": ";", "region": "us"}
    assert sue.ask("PUT", "/api/maps/german", table).document == {**table, "region": "US"}
    assert [each["map"] for each in sue.get("/api/maps").document] == ["german"]
    done = _sent(site, "/api/lists/leads/import?map=german", "Vorname;Telefon\nJörg;2122660001\n".encode())
    assert (done["state"], done["added"]) == ("done", 1)
    assert sue.ask("PUT", "/api/maps/german", {"columns": {}}).code == "bad_input"
    assert sue.ask("DELETE", "/api/maps/german").status == 204
    assert _sent(site, "/api/lists/leads/import?map=german", b"Telefon\n1\n").code == "not_found"


def test_an_opt_out_is_kept_by_whoever_hears_it(site: Site) -> None:
    sam, sue = site.browser("sam"), site.browser("sue")
    done = sam.post("/api/optouts", {"who": "+12122669999", "how": "voice", "words": "<b>never</b>"})
    assert (done.status, done.document["added"], done.document["callbacks"]) == (201, 1, 1), "of another queue's person"
    (kept,) = sue.get("/api/optouts?address=%2B12122669999").document
    assert (kept["how"], kept["words"], kept["actor"]) == ("voice", "<b>never</b>", "user:sam")
    assert sue.post("/api/optouts", {"who": "nonsense"}).code == "bad_input"
    assert site.browser("ann").post("/api/optouts", {"who": "+12122669999"}).code == "forbidden"


def test_what_is_noted_of_a_contact_is_seen_by_supervisors_of_its_queue(site: Site) -> None:
    sue, sam = site.browser("sue"), site.browser("sam")
    noted = sue.post("/api/contacts/1/notes", {"text": "calls back at six"})
    assert (noted.status, noted.document["actor"]) == (201, "user:sue")
    assert sue.get("/api/contacts/1/notes").document == [noted.document]
    assert sam.get("/api/contacts/1/notes").code == "forbidden"
    assert sam.post("/api/contacts/1/notes", {"text": "x"}).code == "forbidden"


def test_replies_are_paged_the_latest_first_and_each_supervisor_sees_those_of_its_contacts(site: Site) -> None:
    sue, sam = site.browser("sue"), site.browser("sam")
    mine = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).document["contact_id"]

    def write(unit: Unit) -> None:
        for index, contact_id in enumerate((mine, 1, None)):
            known = None if contact_id is None else ContactId(contact_id)
            unit.messages.add_reply(
                ReplyRow(
                    route="sms",
                    reply_id=str(index),
                    sender=f"s{index}",
                    recipient="us",
                    subject="",
                    text="STOP",
                    at=BY["now"],
                    contact_id=known,
                    did="opted out",
                )
            )

    site.do(write)
    first = sue.get("/api/replies?limit=2").document
    assert [each["sender"] for each in first["items"]] == ["s2", "s1"]
    second = sue.get(f"/api/replies?limit=2&cursor={first['next']}").document
    assert ([each["sender"] for each in second["items"]], second["next"]) == (["s0"], None)
    assert [each["sender"] for each in sam.get("/api/replies").document["items"]] == ["s0"]
    assert [each["sender"] for each in sam.get(f"/api/contacts/{mine}/replies").document] == ["s0"]


def test_what_a_list_keeps_is_exported_without_formulas(site: Site) -> None:
    sue, root = site.browser("sue"), site.browser("root")
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]})
    sue.post("/api/dnc/global/numbers", {"numbers": ["+12122660002"], "source": "=cmd()"})
    export = root.get("/api/audit/export")
    assert export.headers["content-type"].startswith("text/csv")
    assert export.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert export.headers["x-content-type-options"] == "nosniff"
    cells = [cell for line in export.body.decode().splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert sue.get("/api/campaigns/spring/export").code == "illegal_action", "it has never run"


def test_a_lead_comes_as_other_dialers_take_it(site: Site) -> None:
    token = site.browser("root").post("/api/tokens", {"name": "form", "user": "sue"}).document["token"]
    form = Browser(site.port, headers={})

    def send(**fields: str) -> str:
        body = "&".join(f"{key}={quote(value)}" for key, value in fields.items()).encode()
        said = form.ask("POST", "/api/add_lead", body, Content_Type="application/x-www-form-urlencoded")
        return said.body.decode()

    lead = {"phone_number": "2122660001", "list_id": "customers", "first_name": "Ann", "colour": "red"}
    assert re.fullmatch(
        r"SUCCESS: add_lead LEAD HAS BEEN ADDED - \+12122660001\|customers\|\d+\n", send(**lead, **{"pass": token})
    )
    (found,) = site.browser("sue").get("/api/contacts?number=2122660001").document
    assert found["attributes"] == {"first_name": "Ann"}
    assert send(**lead, **{"pass": token}).startswith("ERROR: add_lead list customers has that number already")
    assert send(**lead).startswith("ERROR: add_lead nobody is signed in")
    assert send(**lead, **{"pass": "guess"}).startswith("ERROR: add_lead the token is not good")
    cookie = Browser(site.port, cookie=site.browser("sue").cookie, headers={})
    forged = cookie.ask("POST", "/api/add_lead", b"phone_number=2122660002&list_id=customers")
    assert b"ERROR" in forged.body, "a cookie alone is what any page can make a browser send"


def test_what_is_shown_here_is_what_the_command_line_shows(site: Site) -> None:
    """The documents are built apart, for the command line must not load what the API needs: they stay alike."""
    from dialerd.cli.callback import callback_document
    from dialerd.cli.contact import contact_document
    from dialerd.cli.user import user_document
    from dialerd.usecases import callbacks, contacts, users

    sue, root = site.browser("sue"), site.browser("root")
    keys = site.do(
        lambda unit: {
            "contacts": list(contact_document(contacts.get_contact(unit, 1))),
            "callbacks": list(
                callback_document(callbacks.show_callback(unit, 1, rulebook=site.house.rulebook, now=BY["now"]))
            ),
            "users": list(user_document(users.get_user(unit, "sue"))),
        }
    )
    assert set(sue.get("/api/contacts/1").document) == set(keys["contacts"])
    assert set(sue.get("/api/callbacks/1").document) == set(keys["callbacks"])
    assert set(root.get("/api/users/sue").document) == set(keys["users"])
    assert OWN == {"X-Dialerd-Request": "1"}
