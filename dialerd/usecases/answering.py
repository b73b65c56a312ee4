"""Writing back by itself: once per conversation to who asks for help, and once to confirm an opt-out.

Not here: what else a reply does (replies.py), sending (engine/messaging.py), the texts (domain/answers.py).

An answer is no attempt: it is asked for by the person, stands in no campaign, and goes out at any hour. It is written
down in the transaction that takes the reply, before it is sent; one whose sending was cut off is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.answers import CONVERSATION, Answers
from dialerd.domain.campaign import E164
from dialerd.domain.optout import GLOBAL_LIST
from dialerd.domain.replywords import ReplyWords, Wish, language_of
from dialerd.domain.words import AttemptId
from dialerd.ports import AnswerRow, Message, Refused, ReplyCame, SendReply, Sent, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What a route answers with. `new_id`: a name for each answer, of the form that routes know messages by."""

    answers: Answers
    words: ReplyWords
    new_id: Callable[[], AttemptId]


def answer(
    unit: Unit,
    route: str,
    event: ReplyCame,
    wish: Wish | None,
    by: Answering,
    *,
    has_stopped: bool,
    language: str | None,
    now: datetime,
) -> Message | None:
    """The message to be sent in return to a reply that was just taken, written down; None: there is none.

    `has_stopped`: the reply was an opt-out of somebody who could be reached until then. `language`: the contact's own.
    Whoever is on the global do-not-call list gets no help; whoever has just stopped gets the confirmation alone.
    """
    text = by.answers.to(wish, languages=(language, language_of(event.text, by.words)))
    if wish is None or text is None or not E164.match(event.sender):
        return None  # a short code or a name cannot be written to
    is_due = has_stopped if wish is Wish.STOP else not _is_barred(unit, event.sender, now)
    last_at = unit.messages.answered_at(event.sender, wish)
    if not is_due or (last_at is not None and last_at > now - CONVERSATION):
        return None
    row = AnswerRow(id=by.new_id(), route=route, recipient=event.sender, wish=wish, text=text, at=now)
    unit.messages.add_answer(row)
    return Message(attempt_id=row.id, recipient=row.recipient, text=text)


def _is_barred(unit: Unit, number: str, now: datetime) -> bool:
    return any(entry.list_name == GLOBAL_LIST for entry in unit.dnc.check(number, now))


def answered(unit: Unit, route: str, message: Message, reply: SendReply) -> None:
    """Write down what has become of an answer."""
    match reply:
        case Sent(ids=ids):
            unit.messages.add_ids(route, ids, message.attempt_id)
            outcome = "sent"
        case Refused(reason=reason):
            outcome = f"not sent: {reason}"
        case _:
            outcome = f"perhaps sent: {reply.reason}"
    unit.messages.end_answer(message.attempt_id, outcome, is_unsent=isinstance(reply, Refused))
