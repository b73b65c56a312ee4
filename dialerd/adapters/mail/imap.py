"""A mailbox over IMAP (imapclient): what is new in it, and waiting until something is. Blocks: called in a thread.

Not here: what is done with the e-mails, and when to try again (inbox.py).
"""

from __future__ import annotations

import select
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from imaplib import IMAP4
from typing import Any

from imapclient import IMAPClient

from dialerd import tls
from dialerd.domain.errors import DialerdError
from dialerd.routesettings import ImapSettings

_ANSWER_S = 30.0
AT_ONCE = 50
_MOST_OCTETS = 262_144
"""Of one e-mail; what is behind is attachments."""
_TICK_S = 1.0  # how soon a wait that is to end ends
_LONGEST_IDLE_S = 1500.0  # below the 29 minutes of RFC 2177


class MailboxLostError(Exception):
    """The mailbox cannot be read now, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """E-mails behind the last one that was read, oldest first. `last`: the UID before those still to be read, at the
    first look."""

    uidvalidity: int
    last: int
    mails: tuple[tuple[int, bytes], ...] = ()


class ImapPost:
    """One connection, opened at the first look. Nothing in the mailbox is changed."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: Any = None  # imapclient has no types
        self._is_over = threading.Event()
        self._busy = threading.Lock()

    def look(self, position: tuple[int, int] | None, since: datetime) -> Found:
        """What is behind a position (UIDVALIDITY and UID); where there is none yet, where what came since begins.

        Raises MailboxLostError, SettingsError.
        """
        with self._busy, _told():
            if self._client is None:
                self._client = self._open()
            return _read_folder(self._client, self._settings.folder, position, since)

    def wait(self) -> bool:
        """Until the server tells of something (RFC 2177), `poll_s` at most; False: this server does not tell.

        What comes between the look and the wait is found at the next look at the latest. Raises MailboxLostError.
        """
        with self._busy, _told():
            if self._client is None or not self._client.has_capability("IDLE"):
                return False
            self._client.idle()
            for _ in range(max(1, round(min(self._settings.poll_s, _LONGEST_IDLE_S) / _TICK_S))):
                if self._is_over.is_set() or _is_readable(self._client.socket(), _TICK_S):
                    break
            self._client.idle_done()
            return True

    def close(self) -> None:
        """End a wait that is going on in another thread, and the connection."""
        self._is_over.set()
        with self._busy, suppress(IMAP4.error, OSError):
            if self._client is not None:
                client, self._client = self._client, None
                client.logout()

    def _open(self) -> Any:
        settings = self._settings
        context = None if settings.security == "none" else tls.trusting(settings.ca_file)
        is_tls = settings.security == "tls"
        client = IMAPClient(
            settings.host, settings.port, ssl=is_tls, ssl_context=context if is_tls else None, timeout=_ANSWER_S
        )
        client.normalise_times = False  # times with their zones
        try:
            if settings.security == "starttls":
                client.starttls(context)
            client.login(settings.username, settings.secret())
        except (IMAP4.error, OSError, DialerdError):
            with suppress(IMAP4.error, OSError):
                client.shutdown()
            raise
        return client


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (IMAP4.error, OSError) as error:
        raise MailboxLostError(tls.trouble(error) or str(error) or type(error).__name__) from error


def _is_readable(connection: Any, limit_s: float) -> bool:
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return True
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(limit_s * 1000))


def _read_folder(client: Any, folder: str, position: tuple[int, int] | None, since: datetime) -> Found:
    """A folder that was made anew (another UIDVALIDITY) is read from its beginning: its e-mails have names."""
    opened = client.select_folder(folder, readonly=True)
    uidvalidity, newest = int(opened[b"UIDVALIDITY"]), int(opened.get(b"UIDNEXT", 1)) - 1
    if position is None:
        came = client.search(["SINCE", (since - timedelta(days=1)).date()])  # the server's day may not be ours
        dates = client.fetch(came, ["INTERNALDATE"]) if came else {}
        ours = [uid for uid, told in dates.items() if told[b"INTERNALDATE"] >= since]
        return Found(uidvalidity=uidvalidity, last=min(ours, default=newest + 1) - 1)
    last = position[1] if position[0] == uidvalidity else 0
    uids = sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)[:AT_ONCE]
    part = f"BODY.PEEK[]<0.{_MOST_OCTETS}>"
    fetched = client.fetch(uids, [part]) if uids else {}
    mails = tuple((uid, bytes(_octets(fetched.get(uid, {})))) for uid in uids)
    return Found(uidvalidity=uidvalidity, last=newest, mails=mails)


def _octets(answer: dict[bytes, object]) -> bytes:
    """An e-mail that was deleted meanwhile has none."""
    return next((value for key, value in answer.items() if key.startswith(b"BODY[]") and isinstance(value, bytes)), b"")
