"""The settings of the API and the pages, section [http]: where they listen, and who is believed.

Not here: the other sections (settings.py).
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dialerd.places import placed

_HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}\Z|\[[0-9a-f:.]+\]\Z")
_ICE = re.compile(r"(?P<kind>stun|turn)s?:[A-Za-z0-9.\[\]:-]{1,253}(\?transport=(udp|tcp))?\Z")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def asked_name(host: str) -> str:
    """The name in a Host header, without the port."""
    asked = host.lower()
    return asked if asked.endswith("]") else asked.rpartition(":")[0] or asked


def is_own_name(host: str) -> bool:
    """Whether that Host header names this machine as only it names itself."""
    return asked_name(host) in _LOOPBACK_NAMES


class IceServer(BaseModel):
    """A STUN or TURN server (RFC 7064, 7065). `user` and `password`: of a TURN server; whoever has a phone in a browser
    is told them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str = Field(max_length=300)
    user: str = Field(default="", max_length=200)
    password: str = Field(default="", max_length=200, repr=False)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        found = _ICE.match(self.url)
        if found is None:
            raise ValueError('url is written "stun:stun.example.com:3478" or "turns:turn.example.com?transport=tcp"')
        if found["kind"] == "turn" and not (self.user and self.password):
            raise ValueError("a TURN server needs user and password: browsers take none without")
        return self


class HttpSettings(BaseModel):
    """`hosts`: the names under which browsers may ask; on loopback those of this machine, where none are given.
    `trusted_proxies`: who is believed as to whom it asks for, and that it speaks TLS. `phone_at`: the name of the
    Asterisk where phones in browsers register, through us. `phone_url`: where they find it without us, like
    wss://pbx.example.com:8089/ws. `ice_servers`: by which those phones get through firewalls (STUN and TURN).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    listen: str = Field(default="127.0.0.1:8080", pattern=r"^[A-Za-z0-9_.:\[\]-]+:[0-9]{1,5}$")
    tls_certificate: Path | None = Field(default=None, strict=False)
    tls_key: Path | None = Field(default=None, strict=False)
    trusted_proxies: tuple[str, ...] = Field(default=(), strict=False)
    hosts: tuple[str, ...] = Field(default=(), strict=False)
    phone_at: str | None = None
    phone_url: str | None = None
    ice_servers: tuple[IceServer, ...] = Field(default=(), max_length=10, strict=False)
    max_upload_mb: Annotated[int, Field(ge=1, le=100_000)] = 1000

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            try:
                ipaddress.ip_network(each)
            except ValueError:
                raise ValueError(f'{each[:60]!r} is no address, like "127.0.0.1" or "10.0.0.0/24"') from None
        return value

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not _HOST.match(each)]:
            raise ValueError(f'{wrong[0][:60]!r} is no host name, like "dialer.example.com", without a port')
        return value

    @field_validator("phone_url")
    @classmethod
    def _phone(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "wss://x")
        if parts.scheme not in ("ws", "wss") or not _HOST.match(parts.netloc.rpartition(":")[0] or parts.netloc):
            raise ValueError('is written "wss://pbx.example.com:8089/ws"')
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key: give both or neither")
        if self.phone_at is not None and self.phone_url is not None:
            raise ValueError("phone_at and phone_url: give one of them")
        if not self.is_loopback and self.tls_certificate is None and not self.trusted_proxies:
            raise ValueError(
                f"listen {self.listen} can be reached from elsewhere: passwords would go over the wire as they are;"
                " give tls_certificate and tls_key, or name the trusted_proxies that speak TLS before it"
            )
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        host = self.listen.rpartition(":")[0].strip("[]")
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def asked_as(self) -> tuple[str, ...]:
        """The host names that are answered; none: any. A page that has a name of its own point to this machine (DNS
        rebinding) is not answered on loopback."""
        if self.hosts or not self.is_loopback or self.trusted_proxies:
            return self.hosts
        return _LOOPBACK_NAMES

    @property
    def asked_through(self) -> tuple[str, ...]:
        """The names by which a proxy of this machine that is not named seems to bring people here."""
        if not self.is_loopback or self.trusted_proxies:
            return ()
        return tuple(each for each in self.hosts if each not in _LOOPBACK_NAMES)

    @property
    def phone_origin(self) -> tuple[str, ...]:
        """What pages may connect to beside us, as a policy has it."""
        parts = urlsplit(self.phone_url or "")
        return (f"{parts.scheme}://{parts.netloc}",) if parts.netloc else ()

    def beside(self, home: Path) -> Self:
        """With its paths relative to that folder."""
        paths = {"tls_certificate": self.tls_certificate, "tls_key": self.tls_key}
        return self.model_copy(update={key: placed(home, path) if path else None for key, path in paths.items()})
