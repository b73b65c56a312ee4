"""E-mail out, over SMTP with TLS and a password (aiosmtplib).

Not here: how an e-mail is made (letter.py), what comes back (inbox.py, run beside it), the one click (oneclick.py).
"""

from __future__ import annotations

from contextlib import suppress

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from dialerd import tls
from dialerd.adapters.mail.letter import letter, message_id, reply_address
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock, Message, MessageSink, Refused, SendReply, Sent, Unclear, taken_back
from dialerd.presence import Presence
from dialerd.routesettings import MailSettings
from dialerd.turns import TakenBackError, Turns, Waiting

_ANSWER_S = 30.0
_PATIENCE_S = 60.0  # how long a message waits for the server to come back
_REPEATS = 5


class Sender:
    """Connections are kept and used again; at most as many as messages may be under way."""

    def __init__(self, settings: MailSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._turns = Turns(clock, rate=settings.messages_per_second, places=settings.window)
        self._idle: list[SMTP] = []
        self.presence = Presence(settings.name, clock, self._try)

    async def watch(self, sink: MessageSink) -> None:
        try:
            await self.presence.watch(sink)
        finally:
            while self._idle:
                self._idle.pop().close()

    async def send(self, message: Message) -> SendReply:
        settings = self._settings
        try:
            octets = letter(message, settings, now=self._clock.now()).as_bytes()
        except (ValueError, UnicodeError) as error:
            return Refused(reason=f"the e-mail cannot be made: {error}", is_lasting=True)
        with self._turns.given(message.attempt_id) as given:
            return await self._until_answered(message, octets, given)

    def take_back(self, attempt_id: AttemptId) -> None:
        self._turns.take_back(attempt_id)

    def may_have(self, attempt_id: AttemptId) -> bool:
        return self._turns.has_begun(attempt_id)

    async def _until_answered(self, message: Message, octets: bytes, given: Waiting) -> SendReply:
        settings = self._settings
        written = 0
        give_up_at = self._clock.steady() + _PATIENCE_S
        while True:
            try:
                async with given.for_it():
                    is_there = await self.presence.before(give_up_at)
                if not is_there:
                    reason = f"route {settings.name} is not connected: {self.presence.reason}"
                    return Unclear(reason=reason) if written else Refused(reason=reason, is_route_down=True)
                async with given.turn():
                    reply = await self._carry(message, octets)
            except TakenBackError:
                return taken_back(was_written=written > 0)
            match reply:
                case Sent():
                    ids = (message_id(settings, message.attempt_id),)
                    return Sent(ids=ids, repeated=written)
                case Refused(is_route_down=False):
                    return reply
                case Unclear():
                    written += 1
                    if settings.when_unclear == "leave" or written > _REPEATS:
                        return reply

    async def _carry(self, message: Message, octets: bytes) -> SendReply:
        """Once: the server has it, refuses it, is not there, or broke off when it may have had it."""
        is_offered = False
        try:
            connection = await self._connection()
            is_kept = False
            try:
                await connection.mail(reply_address(self._settings, message.attempt_id))
                await connection.rcpt(message.recipient)
                is_offered = True
                await connection.data(octets)
                is_kept = True
            except SMTPResponseException as error:
                is_kept = await _begins_anew(connection)
                return self._refused(error)
            finally:
                if is_kept:
                    self._idle.append(connection)
                else:
                    connection.close()
        except (SMTPException, OSError, TimeoutError, DialerdError) as error:
            reason = f"route {self._settings.name}: {_plain(error)}"
            reply = Unclear(reason=reason) if is_offered else Refused(reason=reason, is_route_down=True)
            self.presence.lost(_plain(error))
            return reply
        return Sent()

    def _refused(self, error: SMTPResponseException) -> SendReply:
        """4xx: not now. 5xx of the recipient: never; of another command: an admin has to look."""
        reason = f"route {self._settings.name}: {error.code} {' '.join(str(error.message).split())[:300]}"
        if error.code == 421:
            self.presence.lost(reason)
            return Refused(reason=reason, is_route_down=True)
        return Refused(reason=reason, is_lasting=error.code >= 500 and isinstance(error, SMTPRecipientRefused))

    async def _connection(self) -> SMTP:
        """One that lives, kept or new."""
        while self._idle:
            kept = self._idle.pop()
            try:
                await kept.rset()
                return kept
            except (SMTPException, OSError, TimeoutError):
                kept.close()
        settings = self._settings
        made = SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.secret() if settings.username else None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=None if settings.security == "none" else tls.trusting(settings.ca_file),
            timeout=_ANSWER_S,
        )
        try:
            await made.connect()
        except BaseException:  # whatever it was, a cancellation too: closed, and raised on
            made.close()
            raise
        return made

    async def _try(self) -> str | None:
        """Why no message can be sent; None: the server lets us in."""
        try:
            self._idle.append(await self._connection())
        except SMTPAuthenticationError as error:
            return f"it does not let us in: {error.code} {error.message}"
        except (SMTPException, OSError, TimeoutError, DialerdError) as error:
            return _plain(error)
        return None


async def _begins_anew(connection: SMTP) -> bool:
    """After a refusal: whether the connection is good for another message."""
    with suppress(SMTPException, OSError, TimeoutError):
        await connection.rset()
        return True
    return False


def _plain(error: BaseException) -> str:
    if (trouble := tls.trouble(error)) is not None:
        return trouble
    cause = error.__cause__ if isinstance(error, SMTPConnectError) else None
    if isinstance(cause or error, TimeoutError):
        return f"no answer for {_ANSWER_S:g} s"
    if isinstance(cause, OSError):
        return cause.strerror or str(cause)
    return " ".join(str(error).split())[:300] or type(error).__name__
