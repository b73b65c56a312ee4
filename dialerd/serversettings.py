"""The `[[asterisk]]` sections of the settings with their `[asterisk.ami]`: where each Asterisk is, and as whom we come.

Not here: the other sections (settings.py), the connections themselves (adapters/ari, adapters/ami).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dialerd.domain import trunk as trunks
from dialerd.domain.errors import SettingsError
from dialerd.places import placed, why_unreadable
from dialerd.routesettings import is_near

_OVER_TLS = ("https", "tls")


class _Account(BaseModel):
    """A user of a server; the password in the file or in one of its own.

    `ca_file`: PEM certificates by which the server's own is judged, in place of those that the machine trusts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str
    username: str
    password: str = Field(default="", repr=False)
    password_file: Path | None = Field(default=None, strict=False)
    ca_file: Path | None = Field(default=None, strict=False)

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if bool(self.password) == (self.password_file is not None):
            raise ValueError("needs exactly one of password and password_file")
        if self.ca_file is not None and not self.is_over_tls:
            raise ValueError(f"ca_file is for https:// and tls://, and {self.url} is without TLS")
        return self

    @property
    def is_over_tls(self) -> bool:
        return self._parts.scheme in _OVER_TLS

    @property
    def is_overheard(self) -> bool:
        """Whether the password and all that is said go over a network as they are."""
        return not self.is_over_tls and not is_near(str(self._parts.hostname))

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    def secret(self) -> str:
        """The password. Raises SettingsError where its file cannot be read."""
        if self.password_file is None:
            return self.password
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"password_file {self.password_file} cannot be read: {error.strerror}",
                hint=why_unreadable(self.password_file),
            ) from error

    def beside(self, home: Path) -> Self:
        """With its paths relative to that folder."""
        paths = {"password_file": self.password_file, "ca_file": self.ca_file}
        return self.model_copy(update={key: placed(home, path) if path else None for key, path in paths.items()})


class AmiSettings(_Account):
    """The manager interface of a server, for Asterisk's own queues; its own user, of manager.conf."""

    url: str = "tcp://127.0.0.1:5038"

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        is_one = parts.scheme in ("tcp", "tls") and parts.hostname and _port(parts)
        if not is_one or parts.path.strip("/") or parts.username:
            raise ValueError('is written "tcp://127.0.0.1:5038", or "tls://pbx.example.com:5039"')
        return value.rstrip("/")

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return str(self._parts.hostname), _port(self._parts)


class AsteriskSettings(_Account):
    """One server, by its ARI. `url` without /ari. `max_channels`: most calls of campaigns at once there; not given: as
    many as its trunks have. `link`: the dial string by which the other servers reach it, to join a call there with an
    agent here; {exten} is what is dialed."""

    name: str
    app: str = "dialerd"
    ami: AmiSettings | None = None
    max_channels: Annotated[int, Field(ge=1, le=10_000)] | None = None
    link: Annotated[str, Field(pattern=r"^PJSIP/\{exten\}@[A-Za-z0-9_-]{1,64}$")] | None = None

    @field_validator("name", "app")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not trunks.NAME.match(value):
            raise ValueError("is 1 to 32 of a-z, 0-9, _ - and begins with a letter or digit")
        return value

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError('is the server alone, like "http://127.0.0.1:8088", without /ari')
        if parts.username or parts.password:
            raise ValueError("must not hold the password; use username and password")
        return value.rstrip("/")

    def beside(self, home: Path) -> Self:
        with_ami = self.model_copy(update={"ami": self.ami.beside(home)}) if self.ami else self
        return super(AsteriskSettings, with_ami).beside(home)


def _port(parts: SplitResult) -> int:
    """0: it has none, or one that cannot be."""
    try:
        return parts.port or 0
    except ValueError:
        return 0
