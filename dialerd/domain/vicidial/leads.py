"""A lead as a contact with its past, and a callback of one.

Not here: statuses (statuses.py), where a lead lives (zones.py), writing them (usecases/movingin.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.contact import MAX_TEXT, Contact, attribute_trouble
from dialerd.domain.past import Past
from dialerd.domain.phone import BadNumber, PhoneNumber, parse_number
from dialerd.domain.vicidial.fields import Values, at_offset, decimal, in_zone, number, text, wall_clock
from dialerd.domain.vicidial.statuses import UNCALLED, Statuses, code_of
from dialerd.domain.vicidial.zones import zone_of
from dialerd.domain.words import Disposition

_ATTRIBUTES: Mapping[str, str] = {
    **{name: name for name in ("title", "first_name", "middle_initial", "last_name", "address1", "address2")},
    **{name: name for name in ("address3", "city", "state", "province", "postal_code", "country_code", "gender")},
    **{name: name for name in ("date_of_birth", "email", "security_phrase", "comments", "vendor_lead_code")},
    **{name: name for name in ("source_id", "owner")},
    "lead_id": "vicidial_lead_id",
    "status": "vicidial_status",
    "called_count": "vicidial_called_count",
}
_EMPTY = {"gender": "U", "date_of_birth": "0000-00-00", "called_count": "0"}
_ALSO_CALLED = ("alt_phone", "address3")  # a second number, and where many keep a third one
_LEAST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class LeadTrouble:
    """What of a lead cannot be used. `is_lost`: without it there is no contact."""

    column: str
    value: str
    reason: str
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """`list_id` is ViciDial's; `is_opt_out`: the person wants no calls by anybody; `is_known`: its status is one that
    is defined anywhere; `is_placed`: a zone is known for its number; `written`: by E.164, how its numbers stand
    there, beside the `code`; `calls`: so many were made to it there, ever."""

    lead_id: int
    list_id: int
    contact: Contact
    past: Past | None
    calls: int
    status: str
    is_known: bool
    is_opt_out: bool
    is_placed: bool
    code: str
    written: Mapping[str, tuple[str, ...]]


def read_lead(
    values: Values, statuses: Statuses, *, campaign: str, region: str, by_pass: bool, made_at: datetime
) -> tuple[Lead | None, list[LeadTrouble]]:
    """A lead and what of it is left out; None: there is nobody to call.

    `campaign`: that of its list. `by_pass`: its attempts are those since its list was reset, in place of all.
    `made_at`: when the dump was made.
    """
    main = read_number(text(values, "phone_number"), code=text(values, "phone_code"), region=region)
    if isinstance(main, BadNumber):
        return None, [LeadTrouble("phone_number", main.text, main.reason, is_lost=True)]
    troubles: list[LeadTrouble] = []
    numbers, as_written = {main.e164: main}, {main.e164: (text(values, "phone_number"),)}
    attributes = dict(_attributes(values, troubles))
    for column in _ALSO_CALLED:
        written = text(values, column)
        if sum(map(str.isdigit, written)) < _LEAST_DIGITS or (column != "alt_phone" and any(map(str.isalpha, written))):
            continue  # an address
        other = read_number(written, code=text(values, "phone_code"), region=region)
        if isinstance(other, PhoneNumber):
            numbers.setdefault(other.e164, other)
            as_written[other.e164] = (*as_written.get(other.e164, ()), written)
            attributes.pop(column, None)
        elif column == "alt_phone":
            troubles.append(LeadTrouble(column, other.text, other.reason))
    country = text(values, "country_code")
    zone = zone_of(
        main.zones,
        offset_h=decimal(values, "gmt_offset_now"),
        state=text(values, "state"),
        country=country,
        at=made_at,
    )
    status = text(values, "status")
    return Lead(
        lead_id=number(values, "lead_id"),
        list_id=number(values, "list_id"),
        contact=Contact(
            numbers=tuple(numbers.values()), attributes=attributes, zone=zone, priority=number(values, "rank")
        ),
        past=_past(values, statuses, campaign=campaign, by_pass=by_pass, made_at=made_at),
        calls=max(0, number(values, "called_count")),
        status=status,
        is_known=statuses.is_known(status, campaign),
        is_opt_out=statuses.is_opt_out(status, campaign),
        is_placed=bool(zone or main.zones),
        code=text(values, "phone_code"),
        written=as_written,
    ), troubles


def read_number(written: str, *, code: str, region: str) -> PhoneNumber | BadNumber:
    """A number that stands apart from its country's code; some sites have written the code before it all the same."""
    if any(letter.isalpha() for letter in written):  # libphonenumber would read them as the digits of a keypad
        return BadNumber(text=written, reason="has characters that do not belong to a phone number")
    digits = written.lstrip("+")
    if not (digits.isdigit() and digits.isascii()):
        return parse_number(written, region=region)
    has_code = code.isascii() and code.isdigit() and int(code) > 0
    ways = [f"+{code}{digits}"] if has_code else [digits, f"+{digits}"]
    if has_code and digits.startswith(code):
        ways.append(f"+{digits}")
    read = [parse_number(way, region=region) for way in ways]
    return next((each for each in read if isinstance(each, PhoneNumber)), read[0])


def _attributes(values: Values, troubles: list[LeadTrouble]) -> Iterator[tuple[str, str]]:
    for column, name in _ATTRIBUTES.items():
        value = text(values, column)
        if not value or value == _EMPTY.get(column):
            continue
        value = "".join(each for each in value if each.isprintable() or each in "\n\t")  # \0 and the like
        if trouble := attribute_trouble(name, value):
            troubles.append(LeadTrouble(column, value[:60], trouble))
            if len(value) <= MAX_TEXT:
                continue
            value = value[:MAX_TEXT]
        yield name, value


def _past(values: Values, statuses: Statuses, *, campaign: str, by_pass: bool, made_at: datetime) -> Past | None:
    status = text(values, "status").upper()
    attempts = _since_reset(values) if by_pass else max(0, number(values, "called_count"))
    called_at = None
    if number(values, "called_count") > 0 or status not in UNCALLED:
        clock = wall_clock(values, "last_local_call_time")  # by the lead's own clock
        called_at = None if clock is None else at_offset(clock, decimal(values, "gmt_offset_now") or 0.0)
        called_at = min(called_at or made_at, made_at)  # called, and nothing says when: it may have been just now
    is_over = statuses.is_over(status, campaign)
    if attempts == 0 and called_at is None and not is_over:
        return None
    uncalled = status in UNCALLED
    return Past(
        attempts=max(attempts, 0 if uncalled or by_pass else 1),
        last_at=called_at,
        code=str(Disposition.NO_ANSWER) if uncalled else code_of(status),
        is_over=is_over,
        source=f"lead {number(values, 'lead_id')}",
    )


def _since_reset(values: Values) -> int:
    """How often a lead was called since its list was reset: N not at all, Y once, Y3 three times more."""
    flag = text(values, "called_since_last_reset").upper()
    if not flag.startswith("Y"):
        return 0
    return 1 + (int(flag[1:]) if flag[1:].isdigit() else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """A callback that is still to be made. `agent`: whose it is; None: anybody's."""

    callback_id: int
    lead_id: int
    campaign: str
    at: datetime
    agent: str | None
    notes: str
    line: int  # of the dump


def read_callback(values: Values, *, zone: str, max_notes: int, line: int) -> CallbackRow | LeadTrouble | None:
    """A callback, by the clock of the server that it was promised on; None: it was made, or called off."""
    if text(values, "status").upper() not in ("ACTIVE", "LIVE"):
        return None
    clock = wall_clock(values, "callback_time")
    if clock is None:
        return LeadTrouble("callback_time", text(values, "callback_time"), "is no time", is_lost=True)
    is_own = text(values, "recipient").upper() == "USERONLY"
    notes = "".join(each for each in text(values, "comments") if each.isprintable() or each == "\n")
    return CallbackRow(
        callback_id=number(values, "callback_id"),
        lead_id=number(values, "lead_id"),
        campaign=text(values, "campaign_id").upper(),
        at=in_zone(clock, zone),
        agent=(text(values, "user") or None) if is_own else None,
        notes=notes[:max_notes],
        line=line,
    )
