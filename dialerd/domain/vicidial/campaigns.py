"""A ViciDial campaign as the draft of a campaign file: what maps, and in words what does not and has to be looked at.

Not here: writing the file (cli), starting it: nobody does but the admin.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialerd.domain.phone import PhoneNumber, parse_number
from dialerd.domain.vicidial.fields import Values, as_name, decimal, is_set, number, text
from dialerd.domain.vicidial.survey import Survey
from dialerd.domain.words import Mode, Order

_MODES = {"MANUAL": Mode.PREVIEW, "INBOUND_MAN": Mode.PREVIEW, "RATIO": Mode.POWER, "SHARED_RATIO": Mode.POWER}
_WITH_AMD = frozenset({"8369", "8373"})
_HOURS = re.compile(r"(\d{1,2})(am|pm)-(\d{1,2})(am|pm)\Z")
_DAYS = {f"{day}day": day[:3] for day in ("sun", "mon", "tues", "wednes", "thurs", "fri", "satur")}
_NO_LIMIT = 10
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The file of a campaign: its `table`, and what its author has to look at before it is applied."""

    name: str
    table: dict[str, Any]
    notes: Sequence[str]


def draft(survey: Survey, campaign: str, *, prefix: str, region: str, has_dnc: bool, today: date) -> Draft | None:
    """The draft of a campaign; None: it has no list, and so nobody to call.

    `has_dnc`: there are do-not-call entries of its own.
    """
    values, notes = survey.campaigns[campaign], list[str]()
    lists = survey.lists_of(campaign)
    if not lists:
        return None
    dialed = [each for each in lists if each.is_dialed(today)]
    for each in lists:
        if each not in dialed:
            why = f"expired on {each.expires}" if each.is_active else "is not active"
            notes.append(f"list {each.list_id} ({each.name}) {why} there and is left out")
        elif each.expires is not None and each.expires.year < 2099:
            notes.append(f"list {each.list_id} expires there after {each.expires}: take it out then, or set an end")
    table: dict[str, Any] = {"name": as_name(prefix, campaign)}
    if description := text(values, "campaign_name"):
        table["description"] = description
    table["mode"] = str(_mode(values, table, notes))
    table["lists"] = [as_name(prefix, str(each.list_id)) for each in dialed or lists]
    notes += [] if dialed else ["none of its lists is dialed there: those named here are the ones that were"]
    notes.append('trunk = "..." and queue = "..." are missing: until they are given it is a draft and cannot run')
    _caller_id(values, table, notes, region)
    table["max_ring_s"] = min(max(number(values, "dial_timeout", 25), 1), 120)
    _attempts(survey, campaign, values, table, notes)
    _order(values, table, notes)
    table["hours"] = _hours(survey, values, notes)
    if text(values, "campaign_recording") in ("ALLCALLS", "ALLFORCE"):
        table["record"] = True
    if has_dnc or is_set(values, "use_campaign_dnc"):
        table["dnc"] = as_name(prefix, campaign)
    if (given := survey.statuses.set_of(campaign, prefix=prefix)) is not None:
        table["dispositions"] = given.name
        if given.positive:
            table["positive"] = list(given.positive)
    if (name := text(values, "lead_filter_id")) not in ("", "NONE"):
        notes.append(f"its lead filter {name} is SQL and is not translated: write it as filter = ...")
    if "NEW" not in survey.statuses.dialed.get(campaign, {"NEW"}):
        notes.append("it did not dial leads of status NEW there; here whoever was never called is dialed")
    return Draft(name=table["name"], table=table, notes=notes)


def _mode(values: Values, table: dict[str, Any], notes: list[str]) -> Mode:
    method, level = text(values, "dial_method").upper(), decimal(values, "auto_dial_level") or 0.0
    mode = _MODES.get(method, Mode.PREDICTIVE if "ADAPT" in method else Mode.PREVIEW)
    if mode is Mode.POWER and level < 1:
        mode = Mode.PROGRESSIVE
    if mode is Mode.POWER:
        table["ratio"] = min(max(math.ceil(level), 1), 10)
    if mode is Mode.PREDICTIVE:
        share = (decimal(values, "adaptive_dropped_percentage") or 3.0) / 100
        table["abandon_target"] = min(max(share, 0.001), 0.2)
    if mode in (Mode.PREDICTIVE, Mode.PROGRESSIVE):
        table["amd"] = text(values, "campaign_vdad_exten") in _WITH_AMD
    notes.append(f"dial method {method or 'unknown'} at level {level:g} has become mode {mode}")
    if text(values, "campaign_vdad_exten") in ("8366", "8373"):
        notes.append('it may have been a survey or a broadcast without agents: mode = "agentless" with a flow then')
    return mode


def _caller_id(values: Values, table: dict[str, Any], notes: list[str], region: str) -> None:
    written = text(values, "campaign_cid")
    found = parse_number(written, region=region)
    if isinstance(found, PhoneNumber):
        table["caller_id"] = found.e164
        notes.append(f"caller_id {found.e164} has to be one of its trunk's caller_ids")
    else:
        notes.append(f'caller_id = "..." is missing: {written or "none"} is no number')


def _attempts(survey: Survey, campaign: str, values: Values, table: dict[str, Any], notes: list[str]) -> None:
    limit = number(values, "call_count_limit")
    table["max_attempts"] = min(limit, _MOST) if limit > 0 else _NO_LIMIT
    if limit <= 0:
        notes.append(f"calls to a lead were not limited there; max_attempts = {_NO_LIMIT} is a guess")
    notes.append("what ViciDial dialed again after a reset of the list is retried here after a day; see [[retry]]")
    if rules := survey.statuses.retries(campaign):
        table["retry"] = [dict(rule) for rule in rules]


def _order(values: Values, table: dict[str, Any], notes: list[str]) -> None:
    written = text(values, "lead_order").upper()
    orders = {"DOWN": Order.FIFO, "UP": Order.LIFO, "RANDOM": Order.RANDOM, "UP RANK": Order.PRIORITY}
    table["order"] = str(orders.get(written, Order.FIFO))
    if written not in orders:
        notes.append(f"the order {written or 'of its leads'} is not one of dialerd's; order = fifo is in its place")


def _hours(survey: Survey, values: Values, notes: list[str]) -> dict[str, str]:
    name = text(values, "local_call_time").lower()
    if (times := survey.call_times.get(name)) is not None:
        usual = _span(number(times, "ct_default_start"), number(times, "ct_default_stop"))
        own = {
            short: _span(number(times, f"ct_{day}_start"), number(times, f"ct_{day}_stop"))
            for day, short in _DAYS.items()
            if number(times, f"ct_{day}_start") or number(times, f"ct_{day}_stop")
        }
        days = {short: own.get(short, usual) for short in _DAYS.values()}
        if text(times, "ct_state_call_times").strip("|"):
            notes.append(f"call time {name} has hours for single states, which are not translated: see regulations")
        if open_days := {day: span for day, span in days.items() if span}:
            return {"timezone": "contact", **open_days}
    if name == "24hours":
        notes.append("it was called around the clock there: think of your contacts, and of the law")
        return {"timezone": "contact", "mon-sun": "00:00-24:00"}
    if found := _HOURS.match(name):
        start, stop = (int(found[n]) % 12 + (12 if found[n + 1] == "pm" else 0) for n in (1, 3))
        if start < stop:
            return {"timezone": "contact", "mon-sun": f"{start:02}:00-{stop:02}:00"}
    notes.append(f"the dump does not say when call time {name or 'of its own'} is; 9 to 20 o'clock is a guess")
    return {"timezone": "contact", "mon-sun": "09:00-20:00"}


def _span(start: int, stop: int) -> str:
    """Hours of HHMM numbers; empty: closed."""
    if not 0 <= start < stop <= 2400 or start % 100 > 59 or stop % 100 > 59:
        return ""
    return f"{start // 100:02}:{start % 100:02}-{stop // 100:02}:{stop % 100:02}"
