"""Everything that the command line can do can be done over HTTP, but what is of this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from dialerd.cli.main import cli
from dialerd.web.openapi import document
from dialerd.web.resources import ROUTES

LOCAL = {
    "daemon run": "it is what answers",
    "config check": "the settings are a file of the machine",
    "metrics list": "they are the same for everybody; what they say now is at /metrics",
    "metrics dashboard": "a file for Grafana",
    "metrics alerts": "a file for Prometheus",
    "daemon list": "/metrics tells the same, and who looks after machines has the command line",
    "daemon reload": "the settings are a file of the machine",
    "doctor": "it looks at the machine, also where no daemon runs",
    "help": "the manual, which is the same for everybody",
    "backup": "it writes a file of the machine",
    "restore": "it puts a file of the machine in place of the database, with no daemon on it",
    "list drop": "it names a folder of the machine: whoever may choose one has the daemon read and move what is there",
    "retention": "it tells what the settings of the machine say",
    "regulation check": "a pack of one's own is a file of the machine, which the settings name",
    "import vicidial": "it reads a dump of another machine's database, gigabytes of it, which is brought here anyway",
    "amd check": "the recordings are files of the machine that Asterisk runs on",
    "amd tune": "the recordings are files of the machine, and it takes a core for as long as it lasts",
    "simulate": "a forecast takes a core for as long as it lasts: that is not the core of the daemon that calls people",
}

OVER_HTTP = {
    "agent add": "agents_add_agent",
    "agent barge": "steering_listen",
    "agent change": "agents_change_agent",
    "agent delete": "agents_delete_agent",
    "agent dial": "me_dial",
    "agent dtmf": "steering_send_keys steering_send_my_keys",
    "agent events": "agents_list_events",
    "agent hangup": "agents_hangup me_hangup",
    "agent hold": "steering_hold steering_hold_mine",
    "agent list": "agents_list_agents",
    "agent listen": "steering_listen",
    "agent login": "agents_login me_login",
    "agent logout": "agents_logout me_logout",
    "agent move": "steering_move",
    "agent mute": "steering_mute steering_mute_me",
    "agent optout": "me_opt_out",
    "agent page": "mypage_show_page",
    "agent pause": "agents_pause me_pause",
    "agent prefer": "agents_prefer me_set_jobs",
    "agent preview": "me_show_preview",
    "agent ready": "agents_ready me_ready",
    "agent record": "agents_record me_record",
    "agent resume": "steering_hold steering_hold_mine",
    "agent show": "agents_show_agent me_show_me me_show_jobs",
    "agent skip": "me_skip",
    "agent transfer": "steering_transfer steering_consult steering_complete steering_cancel",
    "agent unlisten": "steering_unlisten",
    "agent unmute": "steering_mute steering_mute_me",
    "agent unprefer": "agents_prefer me_set_jobs",
    "agent whisper": "steering_listen",
    "audit export": "users_export_audit",
    "audit list": "users_list_audit",
    "callback add": "callbacks_add_callback me_add_callback",
    "callback cancel": "callbacks_cancel_callback me_cancel_callback",
    "callback list": "callbacks_list_callbacks me_list_callbacks",
    "callback move": "callbacks_move_callback callbacks_dial_callback me_move_callback me_dial_callback",
    "callback show": "callbacks_show_callback",
    "campaign apply": "campaigns_apply_campaign campaigns_count_contacts",
    "campaign clone": "campaigns_clone_campaign",
    "campaign delete": "campaigns_delete_campaign",
    "campaign dispositions": "runs_count_dispositions",
    "campaign export": "runs_export_campaign",
    "campaign list": "campaigns_list_campaigns",
    "campaign pace": "runs_change_pace",
    "campaign pause": "runs_pause_campaign",
    "campaign rename": "campaigns_rename_campaign",
    "campaign rerun": "runs_rerun_campaign",
    "campaign resume": "runs_resume_campaign",
    "campaign run": "runs_run_campaign",
    "campaign schedule": "runs_set_schedule runs_show_schedule",
    "campaign show": "campaigns_show_campaign",
    "campaign status": "runs_show_status runs_list_runs",
    "campaign stop": "runs_stop_campaign",
    "campaign test-filter": "campaigns_try_filter",
    "contact add": "contacts_add_contact leads_add_lead",
    "contact explain": "campaigns_explain_contact",
    "contact find": "contacts_find_contacts",
    "contact note": "contacts_add_note mypage_add_note",
    "contact notes": "contacts_list_notes mypage_list_notes",
    "contact replies": "replies_list_of_contact replies_list_replies",
    "contact show": "contacts_show_contact contacts_change_contact",
    "contact timeline": "floor_show_timeline",
    "disposition apply": "definitions_apply_set",
    "disposition delete": "definitions_delete_set",
    "disposition give": "callbacks_give_disposition me_give_disposition",
    "disposition list": "definitions_list_sets",
    "disposition show": "definitions_show_set",
    "dnc add": "dnc_add_numbers",
    "dnc check": "dnc_check_number",
    "dnc create": "dnc_create_dnc",
    "dnc delete": "dnc_delete_dnc",
    "dnc import": "dncuploads_upload dncuploads_list_uploads dncuploads_show_upload",
    "dnc lists": "dnc_list_dnc",
    "dnc remove": "dnc_remove_numbers",
    "dnc show": "dnc_list_entries",
    "floor": "floor_show_floor",
    "flow apply": "definitions_apply_flow",
    "flow check": "trials_check_flow",
    "flow delete": "definitions_delete_flow",
    "flow draw": "trials_draw_flow trials_draw_kept_flow",
    "flow list": "definitions_list_flows",
    "flow schema": "trials_show_schema",
    "flow show": "definitions_show_flow",
    "flow try": "trials_try_flow",
    "list create": "lists_create_list",
    "list delete": "lists_delete_list",
    "list import": "uploads_upload uploads_list_uploads uploads_show_upload",
    "list map add": "maps_apply_map",
    "list map list": "maps_list_maps",
    "list map remove": "maps_delete_map",
    "list map show": "maps_show_map",
    "list show": "lists_show_list lists_list_lists contacts_contacts_of_list",
    "list test-filter": "lists_try_filter",
    "optout add": "optouts_add_opt_out",
    "optout show": "optouts_list_opt_outs",
    "person erase": "persons_erase_person",
    "person export": "persons_export_person",
    "queue apply": "definitions_apply_queue",
    "queue delete": "definitions_delete_queue",
    "queue list": "definitions_list_queues",
    "queue show": "definitions_show_queue",
    "recording list": "lookups_list_recordings",
    "regulation list": "lookups_list_packs",
    "regulation meters": "campaigns_list_meters",
    "regulation show": "lookups_show_pack",
    "amd report": "reports_show_detection",
    "report abandoned": "reports_show_abandonment",
    "report agent-times": "reports_list_agent_times",
    "report by-agent": "reports_show_report reports_export_report",
    "report by-campaign": "reports_show_report reports_export_report",
    "report by-disposition": "reports_show_report reports_export_report",
    "report by-hour": "reports_show_report reports_export_report reports_list_hours",
    "report by-list": "reports_show_report reports_export_report",
    "report by-trunk": "reports_show_report reports_export_report",
    "server drain": "servers_drain_server",
    "server list": "servers_list_servers",
    "server use": "servers_use_server",
    "strategy apply": "definitions_apply_strategy",
    "strategy check": "trials_check_strategy",
    "strategy delete": "definitions_delete_strategy",
    "strategy draw": "trials_draw_strategy trials_draw_kept_strategy",
    "strategy list": "definitions_list_strategies",
    "strategy show": "definitions_show_strategy",
    "token create": "users_create_token",
    "token list": "users_list_tokens",
    "token revoke": "users_revoke_token",
    "trunk list": "lookups_list_trunks",
    "trunk show": "servers_show_trunk",
    "user change": "users_change_user",
    "user create": "users_create_user",
    "user delete": "users_delete_user",
    "user disable": "users_change_user",
    "user enable": "users_change_user",
    "user list": "users_list_users",
    "user password": "users_change_user session_change_password",
    "user show": "users_show_user",
    "view default": "views_mark_default",
    "view delete": "views_delete_view",
    "view duplicate": "views_duplicate_view",
    "view list": "views_list_views",
    "view save": "views_save_view",
}
"""A verb of the command line, and the routes that do the same."""

OF_THE_TERMINAL = {"json", "as_json", "as_toml", "yes", "out", "file", "report", "mermaid", "watch", "waits", "wait_s"}
"""How a command asks, waits and shows; over HTTP these are files, statuses, bodies and media types."""

SAID_AS = {
    "agent dtmf": {"digits": "keys"},
    "agent move": {"to_agent": "agent"},
    "agent optout": {"list_name": "list"},
    "agent record": {"switch": "on"},
    "agent transfer": {"to_agent": "agent"},
    "agent unprefer": {"is_all": "preferred"},
    "callback add": {"no_fallback": "never_anybody"},
    "callback list": {"states": "state"},
    "campaign dispositions": {"number": "run"},
    "campaign export": {"dispositions": "disposition"},
    "campaign list": {"states": "state", "priorities": "priority", "modes": "mode"},
    "campaign test-filter": {"text": "filter"},
    "contact add": {"list_name": "name"},
    "contact explain": {"campaign": "name"},
    "contact timeline": {"campaign": "name"},
    "dnc add": {"list_name": "name"},
    "dnc import": {"list_name": "name"},
    "dnc remove": {"list_name": "name"},
    "dnc show": {"list_name": "name", "after": "cursor"},
    "flow check": {"file": "toml"},
    "flow draw": {"flow_or_file": "toml"},
    "flow try": {"flow_or_file": "flow", "given": "attributes"},
    "list import": {"mapping": "map"},
    "list test-filter": {"text": "filter"},
    "optout add": {"list_name": "list"},
    "recording list": {"attempt_id": "attempt"},
    "regulation meters": {"campaign": "name"},
    "report abandoned": {"campaign": "name"},
    "strategy check": {"file": "toml"},
    "strategy draw": {"strategy_or_file": "toml"},
    "user change": {"all_queues": "queues"},
    "view default": {"off": "on"},
    "view save": {"is_shared": "shared"},
}
"""What the command line calls otherwise than the API, by verb."""

BY_ANOTHER_WAY = {
    **dict.fromkeys(
        [("agent move", each) for each in ("attended", "complete", "cancel")], "an agent asks first, not its supervisor"
    ),
    **dict.fromkeys([("agent transfer", each) for each in ("attended", "complete", "cancel")], "routes of their own"),
    **dict.fromkeys(
        [("campaign schedule", each) for each in ("start", "end", "every", "on", "timezone", "precedence", "off")],
        "in the body's schedules, as [schedule] has them; none: off",
    ),
    **dict.fromkeys(
        [("view save", each) for each in ("states", "priorities", "modes", "columns", "sort")], "in the body's spec"
    ),
    ("view save", "is_default"): "a route of its own",
    ("callback move", "at_once"): "a route of its own",
    ("campaign list", "view_name"): "GET /api/views has what a view shows",
    ("campaign list", "sort"): "the table is sorted where it is shown",
    ("flow check", "asterisk"): "doctor's: it asks every server for its sounds",
    ("list import", "delimiter"): "it is found out, or stands in the mapping",
    ("list import", "dry_run"): "a rehearsal remembers every number: not in the memory of the daemon that calls people",
}

_OF_THE_BROWSER = {"session_sign_in", "session_sign_out", "session_who_is_signed_in"}


def _verbs(command: click.Command, context: click.Context, *path: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _verbs(found, context, *path, name)


def test_every_verb_has_its_route_or_a_reason_why_it_has_none() -> None:
    with click.Context(cli) as context:
        verbs = set(_verbs(cli, context))
    assert verbs - LOCAL.keys() == OVER_HTTP.keys(), (
        "a new verb gets its route, and one that is gone its line taken out"
    )
    assert LOCAL.keys() <= verbs


def _parameters(command: click.Command, context: click.Context, *path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(command, click.Group):
        yield from ((" ".join(path), str(each.name)) for each in command.params)
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _parameters(found, context, *path, name)


def _fields(schema: dict[str, Any], schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """The names of what a body has, and of what is within it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return set() if name in seen else _fields(schemas[name], schemas, seen | {name})
    within = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    within += [schema["items"]] if "items" in schema else []
    return set(schema.get("properties", ())).union(*(_fields(each, schemas, seen) for each in within))


def test_whatever_a_verb_can_be_told_its_routes_can_be_told() -> None:
    found = document(ROUTES)
    fields: dict[str, set[str]] = {}
    for operation in (each for item in found["paths"].values() for each in item.values()):
        bodies = operation.get("requestBody", {}).get("content", {}).values()
        of_body = [_fields(each["schema"], found["components"]["schemas"]) for each in bodies]
        fields[operation["operationId"]] = {each["name"] for each in operation["parameters"]}.union(*of_body)
    with click.Context(cli) as context:
        asked = [pair for pair in _parameters(cli, context) if pair[0] in OVER_HTTP]
    untold = set()
    for verb, name in asked:
        known = set().union(*(fields[each] for each in OVER_HTTP[verb].split())) | OF_THE_TERMINAL
        # Whom it is about stands in the path, or is whoever has signed in.
        if name != "name" and SAID_AS.get(verb, {}).get(name, name) not in known:
            untold.add((verb, name))
    assert untold == BY_ANOTHER_WAY.keys()


def test_every_route_is_there_and_of_some_verb() -> None:
    named = {name for names in OVER_HTTP.values() for name in names.split()}
    routes = {route.name for route in ROUTES}
    assert named - routes == set(), "there is no such route"
    assert routes - named == _OF_THE_BROWSER, "what HTTP can do, the command line can"
