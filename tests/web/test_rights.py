"""Every route with every role: nobody does another's work, and no route is without a right."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from dialerd.domain.user import Right
from dialerd.web import ApiServer
from dialerd.web.binding import OPEN, Route, Streamed
from dialerd.web.resources import ROUTES
from tests.web.site import PEOPLE, Browser, Site

Calm = tuple[Site, dict[str, Browser]]

MAY: dict[Right, set[str]] = {
    Right.SEE: {"root", "sue", "sam"},
    Right.STEER: {"root", "sue", "sam"},
    Right.DEFINE: {"root", "sue", "sam"},
    Right.ADMINISTER: {"root"},
    Right.OWN: {"ann", "ben"},
    Right.SELF: {"root", "sue", "sam", "ann", "ben"},
}
"""Written out here, so that the rule in the code can be wrong."""


RIGHT_OF = {
    "open": """
        leads_add_lead server_health server_openapi session_sign_in
    """,
    "self": """
        live_listen phoneline_pass_on session_change_password session_sign_out session_who_is_signed_in
    """,
    "administer": """
        persons_erase_person persons_export_person servers_drain_server servers_use_server
        users_change_user users_create_token users_create_user
        users_delete_user users_export_audit users_list_audit users_list_tokens users_list_users
        users_revoke_token users_show_user
    """,
    "see": """
        agents_list_agents agents_list_events agents_show_agent callbacks_list_callbacks callbacks_show_callback
        campaigns_count_contacts campaigns_explain_contact campaigns_list_campaigns campaigns_list_meters
        campaigns_show_campaign campaigns_try_filter contacts_contacts_of_list contacts_find_contacts
        contacts_list_notes contacts_show_contact definitions_list_flows definitions_list_queues
        definitions_list_sets definitions_list_strategies definitions_show_flow definitions_show_queue
        definitions_show_set definitions_show_strategy dnc_check_number dnc_list_dnc floor_show_floor
        floor_show_timeline lists_list_lists lists_show_list lists_try_filter lookups_list_packs
        lookups_list_recordings lookups_list_trunks lookups_show_pack maps_list_maps maps_show_map
        optouts_list_opt_outs replies_list_of_contact replies_list_replies reports_export_report
        reports_list_agent_times reports_list_hours reports_show_abandonment reports_show_detection reports_show_report
        runs_count_dispositions runs_export_campaign runs_list_runs runs_show_schedule runs_show_status
        servers_list_servers servers_show_trunk
        trials_check_flow trials_check_strategy trials_draw_flow trials_draw_kept_flow trials_draw_kept_strategy
        trials_draw_strategy trials_show_schema trials_try_flow uploads_list_uploads uploads_show_upload
        views_delete_view views_duplicate_view views_list_views views_mark_default views_save_view
    """,
    "define": """
        agents_add_agent agents_change_agent agents_delete_agent campaigns_apply_campaign
        campaigns_clone_campaign campaigns_delete_campaign campaigns_rename_campaign contacts_add_contact
        contacts_change_contact definitions_apply_flow definitions_apply_queue definitions_apply_set
        definitions_apply_strategy definitions_delete_flow definitions_delete_queue definitions_delete_set
        definitions_delete_strategy dnc_add_numbers dnc_create_dnc dnc_delete_dnc dnc_list_entries
        dnc_remove_numbers dncuploads_list_uploads dncuploads_show_upload dncuploads_upload lists_create_list
        lists_delete_list maps_apply_map maps_delete_map runs_set_schedule uploads_upload
    """,
    "steer": """
        agents_hangup agents_login agents_logout agents_pause agents_prefer agents_ready agents_record
        callbacks_add_callback callbacks_cancel_callback callbacks_dial_callback callbacks_give_disposition
        callbacks_move_callback contacts_add_note optouts_add_opt_out runs_change_pace runs_pause_campaign
        runs_rerun_campaign runs_resume_campaign runs_run_campaign runs_stop_campaign steering_hold
        steering_listen steering_move steering_mute steering_send_keys steering_unlisten
    """,
    "own": """
        me_add_callback me_cancel_callback me_dial me_dial_callback me_give_disposition me_hangup
        me_list_callbacks me_login me_logout me_move_callback me_opt_out me_pause me_ready me_record me_set_jobs
        me_show_jobs me_show_me me_show_preview me_skip mypage_add_note mypage_list_notes mypage_show_page
        steering_cancel steering_complete steering_consult steering_hold_mine steering_mute_me
        steering_send_my_keys steering_transfer
    """,
}
"""Of every operation of the document: a new one needs a line here, and somebody who thought about whose it is."""


def test_every_operation_of_the_document_asks_for_the_right_that_is_written_here(calm: Calm) -> None:
    said = calm[1]["nobody"].get("/api/openapi.json").document
    found = {
        operation["operationId"]: operation.get("x-right", OPEN)
        for item in said["paths"].values()
        for operation in item.values()
    }
    assert found == {name: right for right, names in RIGHT_OF.items() for name in names.split()}


@pytest.mark.parametrize("who", PEOPLE)
def test_sockets_are_opened_for_whoever_is_signed_in_and_nobody_else(calm: Calm, who: str) -> None:
    browser = calm[1][who]
    statuses = {path: browser.get(path).status for path in ("/api/live", "/api/phone")}
    assert statuses == (
        {"/api/live": 401, "/api/phone": 401} if who == "nobody" else {"/api/live": 426, "/api/phone": 404}
    )
    assert browser.get("/api/health").status == browser.get("/api/openapi.json").status == 200


def _path(route: Route | Streamed, **names: str) -> str:
    """Of something that is there, of queue support: sam, who is held to queue sales, has nothing to do with it."""
    of_noun = {"agents": "ben", "lists": "people", "queues": "support"}
    name = of_noun.get(route.path.split("/")[2], "support-calls")
    known = {"name": name, "contact_id": "1", "callback_id": "1", **names}
    return re.sub(r"\{([a-z_]+)(?::[^/]*)?\}", lambda found: known.get(found[1], "1"), route.path)


def _is_refused(said: Any) -> bool:
    return said.status in (401, 403)


_SIGNING = ("session_sign_out", "session_sign_in")  # these would end the sessions of this test


@pytest.mark.parametrize("route", [each for each in ROUTES if each.name not in _SIGNING], ids=lambda each: each.name)
@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_does_anothers_work(calm: Calm, route: Route | Streamed, who: str) -> None:
    """A body that fits no model: nothing is changed."""
    browser = calm[1][who]
    nonsense = None if route.method == "GET" else b'"nonsense"'
    is_free = route.right == OPEN
    may = is_free or who in MAY[Right(route.right)]
    is_everybodys = route.on.__name__ == "of_house"
    if who == "sam" and may and not is_free and route.right not in (Right.OWN, Right.SELF):
        by_body = route.on.__name__ in ("_by_body", "queues_of_attempt", "of_everybody")  # there is no attempt
        may = (is_everybodys and route.right is Right.SEE) or by_body
    # Whoever may, asks it of something that is not there.
    said = browser.ask(route.method, _path(route, name="none", callback_id="99") if may else _path(route), nonsense)
    if may:
        assert not _is_refused(said), said
        assert said.status < 500, said
        return
    assert said.status == (401 if who == "nobody" else 403), said
    assert said.headers["content-type"].startswith("application/problem+json")


def test_a_supervisor_of_a_queue_has_its_campaigns_and_no_others(site: Site) -> None:
    sam = site.browser("sam")
    assert [each["campaign"] for each in sam.get("/api/campaigns").document["items"]] == ["sales-calls"]
    assert sam.get("/api/campaigns/sales-calls").status == 200
    assert sam.get("/api/campaigns/spring").status == 403, "it is of no queue"
    table = sam.get("/api/campaigns/sales-calls").document
    moved = sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "queue": "support"})
    assert moved.status == 403
    assert sam.ask("PUT", "/api/campaigns/new", {**table, "name": "new"}).status == 200
    assert sam.ask("PUT", "/api/campaigns/other", {**table, "name": "other", "queue": "support"}).status == 403
    assert sam.post("/api/lists", {"list": "leads"}).status == 403, "lists are everybody's"


def test_a_supervisor_of_a_queue_has_the_contacts_of_its_campaigns_and_no_others(site: Site) -> None:
    sue, sam = site.browser("sue"), site.browser("sam")
    mine = sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"]}).document["contact_id"]
    assert [each["list"] for each in sue.get("/api/lists").document["items"]] == ["customers", "people"]
    assert [each["list"] for each in sam.get("/api/lists").document["items"]] == ["customers"]
    assert sam.get("/api/lists/customers/contacts").document["items"] != []
    assert sam.get(f"/api/contacts/{mine}").status == 200
    (theirs,) = sue.get("/api/contacts?number=%2B12122669999").document
    assert sam.get("/api/contacts?number=%2B12122669999").document == []
    assert sam.get("/api/lists/people/contacts").code == "forbidden"
    assert sam.get(f"/api/contacts/{theirs['contact_id']}").code == "forbidden"
    assert sam.get(f"/api/contacts/{theirs['contact_id']}/replies").code == "forbidden"
    explained = f"/api/campaigns/sales-calls/contacts/{theirs['contact_id']}"
    assert (sue.get(explained).status, sam.get(explained).code) == (200, "forbidden"), "another's, asked by one's own"


def test_a_supervisor_of_a_queue_cannot_reach_a_list_by_naming_it_in_a_campaign(site: Site) -> None:
    sam = site.browser("sam")
    table = sam.get("/api/campaigns/sales-calls").document
    said = sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "lists": ["customers", "people"]})
    assert (said.status, said.document["message"]) == (403, "list people is of none of your queues")
    assert sam.ask("PUT", "/api/campaigns/sales-calls", {**table, "priority": 2}).status == 200


def test_a_route_without_a_right_keeps_the_api_from_starting(calm: Calm) -> None:
    first = ROUTES[0]
    with pytest.raises(ValueError, match="names no right"):
        ApiServer(calm[0].house, routes=[dataclasses.replace(first, right=None)])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is there twice"):
        ApiServer(calm[0].house, routes=[first, first])
