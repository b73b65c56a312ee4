"""Where in the database a person may stand: each table with the rows that are about one, and how they are erased.

Not here: doing it (persons.py). tests/adapters/sqlite/test_persons.py walks the schema: a column stands in here, or in
KEPT with the reason why it holds nobody, or why it has to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_CONTACTS = "(SELECT CAST(value AS INTEGER) FROM json_each(:contacts))"
_ADDRESSES = "(SELECT value FROM json_each(:addresses))"
_TARGETS = "(SELECT CAST(value AS INTEGER) FROM json_each(:targets))"
_ATTEMPTS = "(SELECT value FROM json_each(:attempts))"


@dataclass(frozen=True, slots=True)
class Place:
    """`where` finds the rows, of :contacts, :addresses, :targets, :attempts, :needles (JSON lists).

    `wiped`: what columns are set to; empty: the rows go; None: they stay. `columns`: those that hold the person."""

    title: str
    table: str
    where: str
    wiped: str | None
    columns: tuple[str, ...]

    @property
    def select(self) -> str:
        return f"SELECT * FROM {self.table} WHERE {self.where} LIMIT :most"  # noqa: S608  # constants of this file

    @property
    def erase(self) -> str | None:
        if self.wiped is None:
            return None
        verb = f"UPDATE {self.table} SET {self.wiped}" if self.wiped else f"DELETE FROM {self.table}"  # noqa: S608
        return f"{verb} WHERE {self.where}"


_ON_LISTS = f"SELECT opt_out_id FROM opt_out_address WHERE barred IN {_ADDRESSES}"  # noqa: S608  # as above
_NAMED_IN = "EXISTS (SELECT 1 FROM json_each(:needles) WHERE instr(lower({}), lower(value)) > 0)"

PLACES: tuple[Place, ...] = (
    Place("notes", "contact_note", f"contact_id IN {_CONTACTS}", "", ("id", "contact_id", "at", "actor", "text")),
    Place(
        "past", "contact_past", f"contact_id IN {_CONTACTS}", "",
        ("contact_id", "attempts", "last_at", "code", "is_over", "source"),
    ),
    Place("numbers", "contact_number", f"contact_id IN {_CONTACTS}", "", ("contact_id", "position", "number", "zones")),
    Place(
        "callbacks", "callback", f"contact_id IN {_CONTACTS}", "",
        (
            "id", "campaign_id", "contact_id", "number", "zones", "zone", "due_at", "planned_at", "expires_at",
            "created_by", "created_at", "agent", "fallback_s", "notes", "state", "is_urgent", "tries", "run_id",
            "target_id", "resume_at", "attempt_id", "dialed_at", "disposition", "reason", "ended_at",
        ),
    ),
    Place(
        "previews", "preview", f"contact_id IN {_CONTACTS}", "",
        ("agent", "run_id", "target_id", "contact_id", "shown_at", "dial_at", "asked"),
    ),
    Place(
        "replies", "reply", f"contact_id IN {_CONTACTS} OR sender IN {_ADDRESSES} OR attempt_id IN {_ATTEMPTS}",
        "sender = 'erased', subject = '', text = '', did = '', contact_id = NULL",
        ("sender", "subject", "text", "did", "contact_id"),
    ),
    Place(
        "answers", "answer", f"recipient IN {_ADDRESSES}", "recipient = 'erased', text = ''", ("recipient", "text"),
    ),
    Place(
        "pieces", "piece", f"sender IN {_ADDRESSES}", "",
        ("route", "sender", "recipient", "reference", "total", "number", "text", "began_at"),
    ),
    Place(
        "requests", "call_request",
        f"person IN {_ATTEMPTS} OR {_NAMED_IN.format('detail')}",
        # Those that are done have nothing there; an open one is over with it, since the daemon reads each of those.
        "detail = '{}', refusal = iif(done_at IS NULL, 'the person has been erased', refusal),"
        " done_at = coalesce(done_at, asked_at)",
        ("detail",),
    ),
    Place(
        "kept_answers", "idempotency_key",
        _NAMED_IN.format("body"), "",
        ("actor", "key", "request", "status", "body", "at"),
    ),
    Place(
        "opt_outs", "opt_out", f"contact_id IN {_CONTACTS} OR id IN ({_ON_LISTS})",
        "words = '', contact_id = NULL", ("words", "contact_id"),
    ),
    Place("ways_through_flows", "flow_path", f"attempt_id IN {_ATTEMPTS}", "", ("attempt_id", "run_id", "path")),
    Place("do_not_call", "dnc_entry", f"number IN {_ADDRESSES}", None, ()),
    Place("recordings", "recording", f"attempt_id IN {_ATTEMPTS}", "is_unwanted = TRUE, trouble = ''", ("trouble",)),
    Place("earlier_calls", "past_call", f"number IN {_ADDRESSES}", "number = 'erased'", ("number",)),
    Place("attempts", "attempt", f"id IN {_ATTEMPTS}", "number = 'erased'", ("number", "reason")),
    Place("targets", "target", f"id IN {_TARGETS}", "number = '#' || id, zones = '[]'", ("number", "zones")),
    Place(
        "contacts", "contact", f"id IN {_CONTACTS}", "",
        ("id", "list_id", "number", "zones", "zone", "priority", "attributes", "created_at"),
    ),
)  # fmt: skip
"""In the order in which they are erased."""

SWEPT: Mapping[str, tuple[str, ...]] = {"audit": ("subject", "detail"), "erasure": ("needles", "contacts")}
"""Columns that are gone through afterwards, in chunks; the second are what is looked for, and go at the end."""

_STAFF = "of users and agents, who are not the people that are called"
_DEFINITION = "what somebody has defined; a person's number has no place in it"
_COUNT = "a count, a moment, a state or an id, which says nothing without the rows that it belongs to"
_BARRED = "the wish not to be called or written to can only be obeyed by who knows the address"
_RECORD = "that a call of a campaign took place and how it ended has to be proved, without the person"

KEPT: Mapping[str, tuple[tuple[str, str], ...]] = {
    _STAFF: (
        ("agent", "id name endpoint kind may_outbound wanted wanted_since wanted_reason state since idle_since reason"),
        ("agent", "campaign why attempt_id leg_id asterisk hang_up_at is_muted is_holding listeners"),
        ("agent", "consults"),  # a colleague, a queue or a number of the house's choice, for as long as they talk
        ("agent_event", "id agent at state reason campaign attempt_id"),
        ("agent_preferred", "agent_id campaign_id"),
        ("api_token", "digest name user_id created_at expires_at used_at"),
        ("session", "digest user_id created_at used_at ends_at"),
        ("signin_failure", "key n since"),
        ("user", "id name role password_hash agent queues is_disabled created_at last_signed_in_at"),
        ("asked_disposition", "attempt_id code actor"),
        ("call_request", "id agent verb person actor asked_at done_at refusal"),
        ("recording_wish", "attempt_id wanted asked_by"),
        ("preview_skip", "run_id agent at target_id until"),
        ("caller", "id queue asterisk came_at agent"),
        ("talk", "attempt_id began_at ended_at agent queue taker"),
        ("audit", "id at actor action"),
    ),
    _DEFINITION: (
        ("campaign", "id name spec created_at updated_at scheduled_at"),
        ("column_map", "name spec updated_at"),
        ("contact_list", "id name region contacts created_at"),
        ("disposition_set", "name spec updated_at"),
        ("dnc_list", "id name entries"),
        ("flow", "name spec version applied_at"),
        ("list_drop", "list_id folder map"),
        ("queue", "name spec updated_at"),
        ("server", "name drained_at drained_by state reason told_at"),
        ("trunk_state", "name pace rests_until reason told_at"),
        ("daemon", "name session host leads began_at until_at"),
        ("shared_pace", "name next_at"),
        ("strategy", "name spec updated_at"),
        ("view", "id owner name spec is_shared updated_at"),
        ("view_default", "owner view_id"),
        ("message_route", "name channel window rate is_up since reason"),
    ),
    _COUNT: (
        ("_sqlite_migrations", "id migration_set name applied_at"),
        ("audit_door", "id is_open"),
        ("brought_over", "what"),
        ("contact_mark", "highest"),
        ("erasure", "id swept"),
        ("list_import", "id list_id source mark started_at updated_at finished_at line added already_there doubled"),
        ("list_import", "on_dnc rejected"),
        ("live_answer", "campaign_id quarter answered abandoned machines"),
        ("mailbox", "route uidvalidity uid"),
        ("message_id", "route id attempt_id is_delivered"),
        ("occurrence", "campaign_id start_at scrubbed_at outcome run_id reason"),
        ("pacer", "run_id learnt"),
        ("past_answer", "campaign quarter answered abandoned machines"),
        ("past_campaign", "name began_at"),
        ("run", "id campaign_id number spec state is_prepared taken_in created_at finished_at pending waiting done"),
        ("run", "in_progress attempts scrub_after ends_at precedence ending reason held pacing forgotten_at"),
        ("run_disposition", "run_id disposition n"),
        ("tally", "run_id hour list_id agent trunk disposition attempts answered connected duration_ms talk_ms"),
        ("reply", "id route reply_id recipient at attempt_id"),
        ("answer", "id route wish at outcome is_unsent"),
        ("recording", "name attempt_id asterisk asked_by started_at ended_at duration_s is_unwanted"),
    ),
    _BARRED: (
        ("dnc_entry", "number list_id source added_at expires_at"),
        ("opt_out", "id address addresses how list_name at actor attempt_id"),
        ("opt_out_address", "barred opt_out_id taken_back_at taken_back_by"),
    ),
    _RECORD: (
        ("attempt", "id target_id run_id trunk asterisk caller_id claimed_at answered_at ended_at verdict amd cause"),
        ("attempt", "sip_code disposition spent regulation final agent connected_at step channel greeted_at beside"),
        ("attempt", "rang_at owner"),
        ("past_call", "id claimed_at ended_at disposition campaign"),
        ("target", "id run_id contact_id state rank attempts_spent not_before disposition done_at held_by position"),
        ("target", "turn step channel lane"),
    ),
}
"""Why a column is left as it is, with the columns: (table, names)."""
