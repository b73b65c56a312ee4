"""What a route brings back: reports on messages, replies and opt-outs; each acts once, however often it is brought.

Not here: what a rule matches (domain/replies.py), STOP by language (domain/replywords.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dialerd.domain.callback import state_at
from dialerd.domain.campaign import E164
from dialerd.domain.contact import attribute_trouble
from dialerd.domain.errors import RefusedError
from dialerd.domain.hours import CONTACT_ZONE
from dialerd.domain.optout import How, as_address, is_email
from dialerd.domain.person import ERASED
from dialerd.domain.phone import PhoneNumber, parse_number
from dialerd.domain.replies import MAX_TEXT, TEXT, Matched, match
from dialerd.domain.replywords import Wish, wish_of
from dialerd.domain.words import AttemptId, CallbackState, Channel, Disposition, RunState
from dialerd.ports import (
    About,
    Accepted,
    AttemptRow,
    ContactRow,
    Delivered,
    Message,
    MessageEvent,
    OptOutCame,
    ReplyCame,
    ReplyRow,
    RunRow,
    Undelivered,
    Unit,
)
from dialerd.usecases import callbacks
from dialerd.usecases.answering import Answering, answer
from dialerd.usecases.callbacks import Wish as CallWish
from dialerd.usecases.messaging import give_code, report, settle_message
from dialerd.usecases.optout import opt_in, opt_out
from dialerd.usecases.strategies import step_sent

_ACTOR = "reply"
_DIGITS = re.compile(r"[0-9]{8,15}\Z")
_MOST_TEXT = 100_000  # characters of a reply that are kept


@dataclass(frozen=True, slots=True)
class Took:
    """An event is dealt with. `run`: one that has changed by it; `is_known` False: no message of ours is meant;
    `answer`: to be sent over the same route; `has_opted_out`: what is under way to them is to be taken back."""

    run: RunRow | None = None
    is_known: bool = True
    answer: Message | None = None
    has_opted_out: bool = False


def take_event(
    unit: Unit,
    route: str,
    channel: Channel,
    event: MessageEvent,
    *,
    on_wire: Collection[AttemptId] = (),
    by: Answering,
    region: str,
    now: datetime,
) -> Took:
    """What an event of a route leads to, in one transaction. Told twice it does nothing the second time.

    `on_wire`: messages of the channel that are not settled and that their recipients may have. An event about one of
    them says more than the route's answer could, and settles it as sent.
    """
    if channel is Channel.SMS and isinstance(event, ReplyCame | OptOutCame):
        event = replace(event, sender=_as_dialed(unit, event.sender, region))
    match event:
        case Accepted():
            return Took()
        case Delivered(about=about):
            attempt = _about(unit, route, about, now)
            if attempt is None:
                return Took(is_known=_is_of_answer(unit, route, about))
            arrived = not about.message_ids or unit.messages.delivered(route, about.message_ids)
            return Took(report(unit, attempt, Disposition.DELIVERED, now) if arrived else None)
        case Undelivered(about=about, is_lasting=is_lasting):
            attempt = _about(unit, route, about, now)
            if attempt is None:
                return Took(is_known=_is_of_answer(unit, route, about))
            code = Disposition.BOUNCED if is_lasting else Disposition.UNDELIVERED
            return Took(report(unit, attempt, code, now))
        case ReplyCame():
            return _take_reply(unit, route, channel, event, on_wire, by, region, now)
        case OptOutCame():
            return _take_opt_out(unit, route, channel, event, on_wire, region, now)


def set_aside(
    unit: Unit,
    route: str,
    channel: Channel,
    event: ReplyCame | OptOutCame,
    *,
    why: str,
    by: Answering,
    region: str,
    now: datetime,
) -> Took:
    """Keep what somebody wrote and `take_event` could not deal with. Of what it leads to an opt-out alone is left: who
    wants to be left alone is, whatever else is amiss."""
    if channel is Channel.SMS:
        event = replace(event, sender=_as_dialed(unit, event.sender, region))
    if isinstance(event, ReplyCame):
        subject, said, recipient = event.subject, event.text, event.recipient
        is_stop = not event.is_automatic and wish_of(_words(event), by.words) is Wish.STOP
    else:
        subject, said, recipient, is_stop = "", event.how, "", True
    reply_id = event.id or _digest(event.sender, said, event.at)
    if unit.messages.has_reply(route, reply_id):
        return Took()
    about, sender = event.about, _as_kept(event.sender)
    last = about.attempt_id or unit.messages.attempt_of(route, about.message_ids)
    last = last or (unit.messages.last_to(sender, channel) if sender else None)
    attempt = None if last is None else unit.dialing.attempt(last)
    who = _who(unit, attempt, event.sender)
    has_opted_out = is_stop and bool(who)
    did = _opt_out(unit, who, channel, said or subject, region, now) if has_opted_out else ""
    did = "; ".join(filter(None, [did, f"could not be dealt with: {why}"]))
    _keep(unit, route, reply_id, event.sender, recipient, subject, said, event.at, attempt, did)
    return Took(has_opted_out=has_opted_out)


def _is_of_answer(unit: Unit, route: str, about: About) -> bool:
    answer_id = about.attempt_id or unit.messages.attempt_of(route, about.message_ids)
    return answer_id is not None and unit.messages.is_answer(answer_id)


def _about(unit: Unit, route: str, about: About, now: datetime) -> AttemptRow | None:
    attempt_id = about.attempt_id
    if attempt_id is None and about.message_ids:
        attempt_id = unit.messages.attempt_of(route, about.message_ids)
    return None if attempt_id is None else _settled(unit, attempt_id, now)


def _settled(unit: Unit, attempt_id: AttemptId, now: datetime) -> AttemptRow | None:
    """The message's attempt. One that is open was sent, or nobody could tell of it: what the route answers for it
    later changes nothing any more."""
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is not None and attempt.disposition is None and not attempt.channel.is_call:
        settle_message(unit, attempt_id, Disposition.SENT, now=now)
        attempt = unit.dialing.attempt(attempt_id)
    return attempt


def _answered(
    unit: Unit,
    route: str,
    channel: Channel,
    event: ReplyCame | OptOutCame,
    on_wire: Collection[AttemptId],
    now: datetime,
) -> AttemptRow | None:
    """The message that somebody answers: the one the route names, else the last one that the sender may have."""
    attempt = _about(unit, route, event.about, now)
    if attempt is not None or not event.sender:
        return attempt
    sender = _as_kept(event.sender)
    under_way = (each for each in unit.messages.open_to(sender, channel) if each in on_wire)
    last = next(under_way, None) or unit.messages.last_to(sender, channel)
    return None if last is None else _settled(unit, last, now)


def _as_dialed(unit: Unit, sender: str, region: str) -> str:
    """A sender as its number is kept. Where the other side does not say whether a number is an international one, it is
    the one that we have written to, else a number of the region; a short code or a name stays as it is."""
    if E164.match(sender) or not _DIGITS.match(sender):
        return sender
    read = (parse_number(text, region=region) for text in (sender, f"+{sender}"))
    found = list(dict.fromkeys(each.e164 for each in read if isinstance(each, PhoneNumber)))
    known = (each for each in found if _have_written_to(unit, each))
    return next(known, None) or next(iter(found), sender)


def _have_written_to(unit: Unit, number: str) -> bool:
    return bool(unit.messages.last_to(number, Channel.SMS) or unit.messages.open_to(number, Channel.SMS))


def _as_kept(sender: str) -> str:
    return as_address(sender) if is_email(sender) else sender


def _take_opt_out(
    unit: Unit,
    route: str,
    channel: Channel,
    event: OptOutCame,
    on_wire: Collection[AttemptId],
    region: str,
    now: datetime,
) -> Took:
    reply_id = event.id or _digest(event.sender, event.how, event.at)
    if unit.messages.has_reply(route, reply_id):
        return Took()
    attempt = _answered(unit, route, channel, event, on_wire, now)
    who = _who(unit, attempt, event.sender)
    did = "" if not who else _opt_out(unit, who, channel, event.how, region, now)
    _keep(unit, route, reply_id, event.sender, "", "", event.how, event.at, attempt, did)
    run = None if attempt is None else unit.runs.get(attempt.run_id)
    return Took(run, is_known=bool(who), has_opted_out=bool(who))


def _take_reply(
    unit: Unit,
    route: str,
    channel: Channel,
    event: ReplyCame,
    on_wire: Collection[AttemptId],
    by: Answering,
    region: str,
    now: datetime,
) -> Took:
    reply_id = event.id or _digest(event.sender, event.text, event.at)
    if unit.messages.has_reply(route, reply_id):
        return Took()
    attempt = _answered(unit, route, channel, event, on_wire, now)
    run, did, is_stop = None, "written by a machine" if event.is_automatic else "", False
    back: Message | None = None
    if not event.is_automatic:
        words = _words(event)
        wish, was_free = wish_of(words, by.words), not unit.dnc.check(_as_kept(event.sender), now)
        is_stop = wish is Wish.STOP
        if is_stop:  # also of somebody whom we know nothing of
            did = _opt_out(unit, _who(unit, attempt, event.sender), channel, words, region, now)
        elif wish is Wish.START and opt_in(unit, _as_kept(event.sender), how=_how(channel), actor=_ACTOR, now=now):
            did = "opted in again"
        if attempt is not None:
            run, more = _by_rules(unit, attempt, event, is_stop=is_stop, now=now)
            did = "; ".join(filter(None, [did, more]))
        has_stopped = is_stop and was_free and bool(unit.dnc.check(_as_kept(event.sender), now))
        language = None if attempt is None else _language(unit, attempt)
        back = answer(unit, route, event, wish, by, has_stopped=has_stopped, language=language, now=now)
        did = "; ".join(filter(None, [did, "answered" if back is not None else ""]))
    _keep(unit, route, reply_id, event.sender, event.recipient, event.subject, event.text, event.at, attempt, did)
    return Took(run, is_known=attempt is not None, answer=back, has_opted_out=is_stop)


def _words(event: ReplyCame) -> str:
    return event.text if event.text.strip() else event.subject  # some say it all above an empty e-mail


def _who(unit: Unit, attempt: AttemptRow | None, sender: str) -> AttemptId | str:
    """Who opts out: whom the message reached; where they have been erased since, only the sender is known."""
    if attempt is None:
        return sender
    is_gone = attempt.number == ERASED and unit.contacts.get(unit.callbacks.contact_of(attempt.target_id)) is None
    return sender if is_gone else attempt.id


def _opt_out(unit: Unit, who: AttemptId | str, channel: Channel, said: str, region: str, now: datetime) -> str:
    try:
        opt_out(unit, who, how=_how(channel), words=said, region=region, actor=_ACTOR, now=now)
    except RefusedError as error:  # a sender that is no number, as a short code
        return f"could not be opted out: {error.message}"
    return "opted out"


def _language(unit: Unit, attempt: AttemptRow) -> str | None:
    row = unit.contacts.get(unit.callbacks.contact_of(attempt.target_id))
    return None if row is None else row.contact.language


def _how(channel: Channel) -> How:
    return How.SMS if channel is Channel.SMS else How.EMAIL


def _by_rules(
    unit: Unit, attempt: AttemptRow, event: ReplyCame, *, is_stop: bool, now: datetime
) -> tuple[RunRow | None, str]:
    """Carry out the first rule of the message's step that the reply matches; the run, and what was done."""
    run = unit.runs.get(attempt.run_id)
    if run is None:
        return None, ""
    contact = unit.contacts.get(unit.callbacks.contact_of(attempt.target_id))
    step = step_sent(unit, run.spec, attempt.step)
    rules = () if step is None or is_stop or attempt.beside is not None else step.reply
    found = match(rules, event.text, zone=_zone(run, contact), now=now)
    is_gone = step is None and run.spec.strategy is not None and not is_stop
    done = [f"no rules: strategy {run.spec.strategy} was deleted"] if is_gone else []
    if found is not None and contact is not None:
        done += _set(unit, contact, found, event.text)
        if found.call_at is not None:
            done.append(_call(unit, run, attempt, contact, found.call_at, now))
    code = Disposition.REPLIED.value
    if found is not None and found.rule.disposition is not None:
        code = found.rule.disposition
        done.append(f"disposition {code}")
    after_min = _retry_of_set(unit, run, code)
    after = give_code(unit, attempt, code, after_min=after_min, now=now)
    return after, "; ".join(done)


def _zone(run: RunRow, contact: ContactRow | None) -> str:
    """Where the contact's clock is read: its own zone, that of its number, else the campaign's."""
    if contact is not None:
        zones = (contact.contact.zone,) if contact.contact.zone else contact.contact.numbers[0].zones
        if zones:
            return zones[0]
    zone = run.spec.contact_hours.timezone
    return str(UTC) if zone == CONTACT_ZONE else ZoneInfo(zone).key


def _set(unit: Unit, contact: ContactRow, found: Matched, text: str) -> Sequence[str]:
    wanted = {name: value.replace(TEXT, text.strip())[:MAX_TEXT] for name, value in found.rule.set.items()}
    good = {name: value for name, value in wanted.items() if not attribute_trouble(name, value)}
    if good:
        unit.contacts.set_attributes(contact.id, good)
    said = [f"set {name}" for name in good]
    return [*said, *(f"could not set {name}" for name in wanted.keys() - good.keys())]


def _call(unit: Unit, run: RunRow, attempt: AttemptRow, contact: ContactRow, at: datetime, now: datetime) -> str:
    """Have the contact called, once however often that is asked for; hours and rules hold that call as any other.

    A promised call moves to the time of a later reply; none is promised beside one that is under way or due.
    """
    if _is_being_called(unit, contact):
        return "no other call: one is under way"
    promised = unit.callbacks.scheduled(run.campaign_id, contact.id)
    if promised is not None and at <= now and state_at(promised, now) is CallbackState.DUE:
        return f"no other call: one is promised for {promised.due_at.isoformat(timespec='minutes')}"
    target = unit.dialing.target(run.id, contact.id, dnc=run.spec.dnc, now=now)
    wish = CallWish(at=at, number=None if target is None else target.number, notes="asked for in a reply")
    try:
        made = callbacks.promise_after(unit, run, attempt, wish, default_at=None, actor=_ACTOR, now=now)
        if at <= now:
            callbacks.dial_callback_now(unit, made.id, actor=_ACTOR, now=now)
    except RefusedError as error:
        return f"no call: {error.message}"
    waits = ", in the campaign's next run" if made.run_id is None else ""
    return f"call at {made.due_at.isoformat(timespec='minutes')}{waits}"


def _is_being_called(unit: Unit, contact: ContactRow) -> bool:
    """Whether a call to one of the contact's numbers is up, of whichever campaign."""
    latest = (unit.dialing.last_to(each.e164) for each in contact.contact.numbers)
    return any(each is not None and each.disposition is None and each.channel.is_call for each in latest)


def _retry_of_set(unit: Unit, run: RunRow, code: str) -> float | None:
    """When the campaign's set of dispositions asks to try again after one of its own."""
    named = unit.dispositions.get(run.spec.dispositions) if run.spec.dispositions else None
    chosen = None if named is None or run.state is RunState.STOPPED else named.get(code)
    return None if chosen is None else chosen.retry_after_min


def _digest(*told: object) -> str:
    """A name for what a protocol gives none to: the same text of the same sender at the same moment is one reply."""
    return hashlib.sha256("\0".join(map(str, told)).encode()).hexdigest()


def _keep(
    unit: Unit,
    route: str,
    reply_id: str,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    at: datetime,
    attempt: AttemptRow | None,
    did: str,
) -> None:
    unit.messages.add_reply(
        ReplyRow(
            route=route,
            reply_id=reply_id,
            sender=_as_kept(sender),
            recipient=recipient,
            subject=subject[:MAX_TEXT],
            text=text[:_MOST_TEXT],
            at=at,
            attempt_id=None if attempt is None else attempt.id,
            contact_id=None if attempt is None else unit.callbacks.contact_of(attempt.target_id),
            did=did,
        )
    )
