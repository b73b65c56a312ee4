"""The names that routes know our messages by, and replies.

Not here: the attempts (dialing.py), what a report or a reply leads to (usecases/replies.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text
from dialerd.domain.replywords import Wish
from dialerd.domain.words import AttemptId, Channel, ContactId, RunId
from dialerd.ports import AnswerRow, MessageRouteRow, Piece, ReplyRow, RouteLoad

# Along attempt_by_number: as many rows as there were attempts at one address.
_LAST_TO = """
SELECT id FROM attempt WHERE number = ? AND disposition IS NOT NULL AND channel = ? ORDER BY claimed_at DESC LIMIT 1
"""

_REPLIES = "SELECT id, route, reply_id, sender, recipient, subject, text, at, attempt_id, contact_id, did FROM reply"

# Each half along an index of its own.
_OPEN_TO = """
SELECT id FROM attempt WHERE number = :number AND disposition IS NULL AND beside IS NULL AND channel = :channel
UNION ALL SELECT id FROM attempt
WHERE disposition IS NULL AND beside IS NOT NULL AND number = :number AND channel = :channel
"""
_OPEN = """
SELECT id FROM attempt WHERE disposition IS NULL AND beside IS NULL AND channel IN ('sms', 'email')
UNION ALL SELECT id FROM attempt WHERE disposition IS NULL AND beside IS NOT NULL
"""

_LOAD = """
SELECT count(*), min(claimed_at) FROM (
  SELECT claimed_at FROM attempt INDEXED BY attempt_open_number
  WHERE disposition IS NULL AND beside IS NULL AND trunk = :route AND channel IN ('sms', 'email')
  UNION ALL SELECT claimed_at FROM attempt INDEXED BY attempt_open_beside
  WHERE disposition IS NULL AND beside IS NOT NULL AND trunk = :route) AS sent
"""
_LONGEST_WORDS = 160  # characters of a reply that tell it from others


class SqlMessageLog:
    """Implements ports.MessageLog on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_ids(self, route: str, ids: Iterable[str], attempt_id: AttemptId) -> None:
        self._connection.executemany(
            # A route that counts anew gives a name again: reports are about the newer message.
            "INSERT INTO message_id (route, id, attempt_id) VALUES (?, ?, ?) ON CONFLICT (route, id) DO UPDATE SET"
            " attempt_id = excluded.attempt_id, is_delivered = FALSE",
            [(route, each, attempt_id) for each in ids],
        )

    def came_again(self, attempt_id: AttemptId, reason: str) -> None:
        self._connection.execute("UPDATE attempt SET reason = ? WHERE id = ? AND reason = ''", (reason, attempt_id))

    def attempt_of(self, route: str, ids: Iterable[str]) -> AttemptId | None:
        row = self._connection.execute(
            "SELECT attempt_id FROM message_id WHERE route = ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1",
            (route, to_json(tuple(ids))),
        ).fetchone()
        return None if row is None else AttemptId(row[0])

    def delivered(self, route: str, ids: Iterable[str]) -> bool:
        given = tuple(ids)
        self._connection.executemany(
            "UPDATE message_id SET is_delivered = TRUE WHERE route = ? AND id = ?", [(route, each) for each in given]
        )
        attempt_id = self.attempt_of(route, given)
        (missing,) = self._connection.execute(
            "SELECT count(*) FROM message_id WHERE attempt_id = ? AND NOT is_delivered", (attempt_id,)
        ).fetchone()
        return attempt_id is not None and missing == 0

    def last_to(self, address: str, channel: Channel) -> AttemptId | None:
        row = self._connection.execute(_LAST_TO, (address, channel)).fetchone()
        return None if row is None else AttemptId(row[0])

    def open_to(self, address: str, channel: Channel) -> list[AttemptId]:
        rows = self._connection.execute(_OPEN_TO, {"number": address, "channel": channel})
        return [AttemptId(each) for (each,) in rows]

    def is_open_at(self, address: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM attempt WHERE number = ? AND disposition IS NULL AND beside IS NULL", (address,)
        ).fetchone()
        return row is not None

    def open(self) -> list[AttemptId]:
        rows = self._connection.execute(_OPEN)
        return [AttemptId(each) for (each,) in rows]

    def has_reply(self, route: str, reply_id: str) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM reply WHERE route = ? AND reply_id = ?", (route, reply_id)
        ).fetchone()
        return row is not None

    def add_reply(self, row: ReplyRow) -> None:
        self._connection.execute(
            "INSERT INTO reply (route, reply_id, sender, recipient, subject, text, at, attempt_id, contact_id, did)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.route,
                row.reply_id,
                row.sender,
                row.recipient,
                row.subject,
                row.text,
                to_text(row.at),
                row.attempt_id,
                row.contact_id,
                row.did,
            ),
        )

    def replies(self, contact_id: ContactId, *, limit: int) -> list[ReplyRow]:
        sql = f"{_REPLIES} WHERE contact_id = ? ORDER BY id DESC LIMIT ?"
        return [_reply(row) for _, *row in self._connection.execute(sql, (contact_id, limit))]

    def latest_replies(self, *, before_id: int | None, limit: int) -> list[tuple[int, ReplyRow]]:
        sql = f"{_REPLIES} WHERE id < ? ORDER BY id DESC LIMIT ?"
        rows = self._connection.execute(sql, (2**63 - 1 if before_id is None else before_id, limit))
        return [(number, _reply(row)) for number, *row in rows]

    def set_routes(self, rows: Iterable[MessageRouteRow]) -> None:
        self._connection.execute("DELETE FROM message_route")
        self._connection.executemany(
            "INSERT INTO message_route (name, channel, window, rate, is_up, since, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(row.name, row.channel, row.window, row.rate, row.is_up, to_text(row.since), row.reason) for row in rows],
        )

    def route_is(self, name: str, *, is_up: bool, reason: str, now: datetime) -> None:
        self._connection.execute(
            "UPDATE message_route SET since = iif(is_up = :is_up, since, :now), is_up = :is_up, reason = :reason"
            " WHERE name = :name",
            {"name": name, "is_up": is_up, "reason": reason, "now": to_text(now)},
        )

    def routes(self) -> list[MessageRouteRow]:
        rows = self._connection.execute(
            "SELECT name, channel, window, rate, is_up, since, reason FROM message_route ORDER BY name"
        )
        return [
            MessageRouteRow(
                name=name,
                channel=Channel(channel),
                window=window,
                rate=rate,
                is_up=bool(is_up),
                since=to_moment(since),
                reason=reason,
            )
            for name, channel, window, rate, is_up, since, reason in rows
        ]

    def load(self, route: str) -> RouteLoad:
        count, since = self._connection.execute(_LOAD, {"route": route}).fetchone()
        return RouteLoad(open=count, since=to_moment_or_none(since))

    def words(self, run_id: RunId, channel: Channel) -> dict[str, int]:
        rows = self._connection.execute(
            "SELECT lower(trim(substr(reply.text, 1, ?))), count(*) FROM reply"
            " JOIN attempt ON attempt.id = reply.attempt_id WHERE attempt.run_id = ? AND attempt.channel = ?"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            (_LONGEST_WORDS, run_id, channel),
        )
        return {text: count for text, count in rows if text}

    def add_answer(self, row: AnswerRow) -> None:
        self._connection.execute(
            "INSERT INTO answer (id, route, recipient, wish, text, at) VALUES (?, ?, ?, ?, ?, ?)",
            (row.id, row.route, row.recipient, row.wish, row.text, to_text(row.at)),
        )

    def end_answer(self, answer_id: AttemptId, outcome: str, *, is_unsent: bool = False) -> None:
        self._connection.execute(
            "UPDATE answer SET outcome = ?, is_unsent = ? WHERE id = ?", (outcome, is_unsent, answer_id)
        )

    def answered_at(self, recipient: str, wish: Wish) -> datetime | None:
        (at,) = self._connection.execute(
            "SELECT max(at) FROM answer WHERE recipient = ? AND wish = ? AND NOT is_unsent", (recipient, wish)
        ).fetchone()
        return to_moment_or_none(at)

    def is_answer(self, answer_id: AttemptId) -> bool:
        return self._connection.execute("SELECT 1 FROM answer WHERE id = ?", (answer_id,)).fetchone() is not None

    def interrupt_answers(self, outcome: str) -> int:
        return self._connection.execute("UPDATE answer SET outcome = ? WHERE outcome = ''", (outcome,)).rowcount

    def mailbox(self, route: str) -> tuple[int, int] | None:
        row = self._connection.execute("SELECT uidvalidity, uid FROM mailbox WHERE route = ?", (route,)).fetchone()
        return None if row is None else (int(row[0]), int(row[1]))

    def advance_mailbox(self, route: str, uidvalidity: int, uid: int) -> None:
        self._connection.execute(
            "INSERT INTO mailbox VALUES (?, ?, ?)"
            " ON CONFLICT (route) DO UPDATE SET uidvalidity = excluded.uidvalidity, uid = excluded.uid",
            (route, uidvalidity, uid),
        )

    def pieces(self, route: str) -> list[Piece]:
        rows = self._connection.execute(
            "SELECT sender, recipient, reference, total, number, text, began_at FROM piece WHERE route = ?"
            " ORDER BY began_at, number",
            (route,),
        )
        return [
            Piece(
                sender=sender,
                recipient=recipient,
                reference=reference,
                total=total,
                number=number,
                text=text,
                began_at=to_moment(began_at),
            )
            for sender, recipient, reference, total, number, text, began_at in rows
        ]

    def add_piece(self, route: str, piece: Piece) -> None:
        self._connection.execute(
            "INSERT INTO piece (route, sender, recipient, reference, total, number, text, began_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (route, sender, recipient, reference, total, number)"
            " DO UPDATE SET text = excluded.text, began_at = excluded.began_at",
            (*_text_of(route, piece), piece.number, piece.text, to_text(piece.began_at)),
        )

    def forget_pieces(self, route: str, piece: Piece) -> None:
        self._connection.execute(
            "DELETE FROM piece WHERE route = ? AND sender = ? AND recipient = ? AND reference = ? AND total = ?"
            " AND began_at = ?",
            (*_text_of(route, piece), to_text(piece.began_at)),
        )


def _text_of(route: str, piece: Piece) -> tuple[str, str, str, int, int]:
    return route, piece.sender, piece.recipient, piece.reference, piece.total


def _reply(row: Sequence[Any]) -> ReplyRow:
    route, reply_id, sender, recipient, subject, text, at, attempt_id, contact_id, did = row
    return ReplyRow(
        route=route,
        reply_id=reply_id,
        sender=sender,
        recipient=recipient,
        subject=subject,
        text=text,
        at=to_moment(at),
        attempt_id=None if attempt_id is None else AttemptId(attempt_id),
        contact_id=None if contact_id is None else ContactId(contact_id),
        did=did,
    )
