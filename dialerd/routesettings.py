"""The `[[sms]]` and `[[mail]]` sections of the settings: the ways out for messages.

Not here: the other sections (settings.py), the routes themselves (adapters/sms, adapters/mail).
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dialerd.domain import trunk as trunks
from dialerd.domain.answers import Answers
from dialerd.domain.errors import BadInputError, SettingsError
from dialerd.domain.sms import cut
from dialerd.places import placed, why_unreadable

_LISTEN = r"^[A-Za-z0-9_.:\[\]-]+:[0-9]{1,5}$"
_SMS_SENDER = re.compile(r"\+[1-9][0-9]{4,14}\Z|[0-9]{3,8}\Z|(?=.*[A-Za-z])[A-Za-z0-9 .&_-]{1,11}\Z")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,40}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
_HOST = r"^[A-Za-z0-9_.:-]{1,253}$"

Rate = Annotated[float, Field(gt=0, le=10_000)]
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(pattern=_HOST)]
Security = Literal["tls", "starttls", "none"]
ReceiptIds = Literal["as_sent", "hex_to_decimal", "decimal_to_hex"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Account(_Part):
    """Somewhere that asks for a password: in the file, or in one of its own.

    `ca_file`: PEM certificates by which the server's own is judged, in place of those that the machine trusts.
    """

    password: str = Field(default="", repr=False)
    password_file: Path | None = Field(default=None, strict=False)
    ca_file: Path | None = Field(default=None, strict=False)

    @model_validator(mode="after")
    def _at_most_one(self) -> Account:
        if self.password and self.password_file is not None:
            raise ValueError("needs at most one of password and password_file")
        return self

    def secret(self) -> str:
        """The password. Raises SettingsError where its file cannot be read."""
        return self.password if self.password_file is None else _read_secret(self.password_file)


class _Route(Account):
    """What every way out has. `window`: how many messages may wait for their answer at once.

    `when_unclear`: what is done with a message whose answer was lost with the link: `repeat` (it arrives at least
    once, and may arrive twice) or `leave` (at most once).
    """

    name: str
    messages_per_second: Rate = 10.0
    window: Annotated[int, Field(ge=1, le=1000)] = 10
    when_unclear: Literal["repeat", "leave"] = "repeat"

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not trunks.NAME.match(value):
            raise ValueError("is 1 to 32 of a-z, 0-9, _ - and begins with a letter or digit")
        return value


class _Sms(_Route):
    """`help`, `stopped`: what is written back to HELP, and once to confirm a STOP, by language."""

    sender: str
    max_parts: Annotated[int, Field(ge=1, le=20)] = 6
    help: dict[str, str] = Field(default={})
    stopped: dict[str, str] = Field(default={})

    @field_validator("help", "stopped")
    @classmethod
    def _texts(cls, value: dict[str, str]) -> dict[str, str]:
        for language, text in value.items():
            if not _LANGUAGE.match(language):
                raise ValueError(f'{language[:40]!r} is no language; write en = "...", es = "..."')
            try:
                cut(text.strip())
            except BadInputError as error:
                raise ValueError(f"{language}: {error.message}") from None
        return value

    @property
    def answers(self) -> Answers:
        return Answers(help=self.help, stopped=self.stopped)

    @field_validator("sender")
    @classmethod
    def _sender(cls, value: str) -> str:
        if not _SMS_SENDER.match(value):
            raise ValueError("is a number like +12125550100, a short code, or a name of up to 11 letters and digits")
        return value


class SmppSettings(_Sms):
    """An SMPP 3.4 link, bound as a transceiver.

    `receipt_ids`: the base of ids when a message is taken and in its receipt, where the SMSC writes them in two.
    """

    kind: Literal["smpp"]
    host: Host
    port: Port = 2775
    security: Literal["tls", "none"] = "tls"
    system_id: Annotated[str, Field(min_length=1, max_length=15)]
    system_type: Annotated[str, Field(max_length=12)] = ""
    enquire_s: Annotated[float, Field(ge=1, le=600)] = 30.0
    receipt_ids: ReceiptIds = "as_sent"

    @model_validator(mode="after")
    def _safe(self) -> SmppSettings:
        _only_near(self.host, self.security)
        return self


class GatewaySettings(_Sms):
    """A gateway with Kannel's sendsms interface. Reports and incoming texts come to `listen` with `report_secret`.

    `method`: a message is asked for in an address, or by Kannel's POST: in headers, its text the body.
    """

    kind: Literal["gateway"]
    url: str
    method: Literal["get", "post"] = "get"
    username: Annotated[str, Field(min_length=1)]
    listen: str = Field(pattern=_LISTEN)
    report_url: str = ""
    report_secret: str = Field(default="", repr=False)
    report_secret_file: Path | None = Field(default=None, strict=False)

    @field_validator("url", "report_url")
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError('is an address without ?, like "http://127.0.0.1:13013/cgi-bin/sendsms"')
        if parts.username or parts.password:
            raise ValueError("must not hold the password; use username and password")
        if parts.scheme == "http" and not is_near(parts.hostname or ""):
            raise ValueError("is not on this machine, so it begins with https://")
        return value

    @model_validator(mode="after")
    def _listens_safely(self) -> GatewaySettings:
        if not is_near(self.listen.rpartition(":")[0].strip("[]")):
            raise ValueError("listen is on this machine only (127.0.0.1); a proxy with TLS may stand before it")
        if bool(self.report_secret) == (self.report_secret_file is not None):
            raise ValueError("needs exactly one of report_secret and report_secret_file")
        return self

    @property
    def reports_to(self) -> str:
        """Where the gateway reaches us."""
        return self.report_url or f"http://{self.listen}"

    def shared_secret(self) -> str:
        """What reports must show. Raises SettingsError where its file cannot be read."""
        return self.report_secret if self.report_secret_file is None else _read_secret(self.report_secret_file)


class ImapSettings(Account):
    """The mailbox that replies and bounces come to."""

    host: Host
    port: Port = 993
    security: Security = "tls"
    username: Annotated[str, Field(min_length=1)]
    folder: str = "INBOX"
    poll_s: Annotated[float, Field(ge=1, le=3600)] = 60.0

    @model_validator(mode="after")
    def _safe(self) -> ImapSettings:
        _only_near(self.host, self.security)
        return self


class MailSettings(_Route):
    """An SMTP server, and the mailbox of what comes back. `replies_to`: its address, which takes `name+tag@` too."""

    host: Host
    port: Port = 587
    security: Security = "starttls"
    username: str = ""
    sender: str
    replies_to: str = ""
    unsubscribe_url: str = ""
    unsubscribe_listen: str | None = Field(default=None, pattern=_LISTEN)
    imap: ImapSettings | None = None

    @field_validator("sender", "replies_to")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and (not _MAIL_ADDRESS.match(parseaddr(value)[1]) or not value.isprintable()):
            raise ValueError('is written "news@example.org" or "Example News <news@example.org>"')
        return value

    @field_validator("unsubscribe_url")
    @classmethod
    def _one_click(cls, value: str) -> str:
        if value and (not value.startswith("https://") or value.count("{token}") != 1):
            raise ValueError('is written "https://example.org/unsubscribe/{token}"')
        return value

    @model_validator(mode="after")
    def _whole(self) -> MailSettings:
        _only_near(self.host, self.security)
        if self.unsubscribe_listen and not is_near(self.unsubscribe_listen.rpartition(":")[0].strip("[]")):
            raise ValueError("unsubscribe_listen is on this machine only; a proxy with TLS stands before it")
        if bool(self.unsubscribe_url) != bool(self.unsubscribe_listen):
            raise ValueError("unsubscribe_url and unsubscribe_listen are given both or neither")
        return self

    @property
    def reply_address(self) -> str:
        """The bare address that replies and bounces come to."""
        return parseaddr(self.replies_to or self.sender)[1]


SmsSettings = Annotated[SmppSettings | GatewaySettings, Field(discriminator="kind")]


T = TypeVar("T", bound=_Part)


def beside(home: Path, section: T) -> T:
    """The section with the paths in it, which are relative to the settings file, made whole."""
    whole = {
        key: placed(home, value) if isinstance(value, Path) else beside(home, value)
        for key in type(section).model_fields
        if isinstance(value := getattr(section, key), Path | _Part)
    }
    return section.model_copy(update=whole)


def _only_near(host: str, security: str) -> None:
    if security == "none" and not is_near(host):
        raise ValueError(f"{host} is not on this machine, so security is not none")


def is_near(host: str) -> bool:
    """Whether it is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read_secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"{path} cannot be read: {reason}", hint=why_unreadable(path)) from error
