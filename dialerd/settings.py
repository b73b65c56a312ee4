"""The settings file: one TOML file, checked key by key as it is read, frozen afterwards.

Not here: what a campaign is set to (domain/campaign.py) and how the settings are used (bootstrap.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dialerd.databasesettings import DatabaseSettings
from dialerd.domain import trunk as trunks
from dialerd.domain.amdreplay import SHIPPED, read_parameters
from dialerd.domain.campaign import E164, describe
from dialerd.domain.endpoints import is_pattern
from dialerd.domain.errors import BadInputError, SettingsError
from dialerd.domain.phone import known_region
from dialerd.domain.retention import Retention
from dialerd.domain.steering import PassingOn
from dialerd.domain.tolls import TollGuard
from dialerd.domain.tomltext import Spoilt, table_of
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Channel
from dialerd.httpsettings import HttpSettings
from dialerd.routesettings import MailSettings, SmsSettings, beside
from dialerd.serversettings import AsteriskSettings

_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,63}\Z")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?\Z")

DEFAULT_PLACES = (Path("dialerd.toml"), Path("/etc/dialerd/dialerd.toml"))


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _beginnings(value: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [each for each in value if not re.fullmatch(r"\+[1-9][0-9]{0,14}", each)]:
        raise ValueError(f'{wrong[0][:20]!r} begins no number, like "+1212"')
    return value


class TrunkSettings(_Section):
    """One trunk; see domain/trunk.py. `strip` is taken off the front of the E.164 number, then `prefix` put before.
    What it dials at all, and what only with these words: domain/tolls.py."""

    name: str
    asterisk: tuple[str, ...] = Field(min_length=1, strict=False)
    endpoint: str
    max_channels: Annotated[int, Field(ge=1, le=10_000)]
    calls_per_second: Annotated[float, Field(gt=0, le=1000)]
    caller_ids: tuple[str, ...] = Field(min_length=1, strict=False)
    strip: str = Field(default="", pattern=r"^\+?[0-9]{0,8}$")
    prefix: str = Field(default="", pattern=r"^\+?[0-9]{0,8}$")
    allowed_prefixes: tuple[str, ...] = Field(default=(), strict=False)
    allowed_countries: tuple[str, ...] = Field(default=(), strict=False)
    allow_premium: bool = False
    allow_satellite: bool = False
    max_calls_per_day: Annotated[int, Field(ge=1, le=10_000_000)] | None = None

    @field_validator("allowed_prefixes")
    @classmethod
    def _prefixes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _beginnings(value)

    @field_validator("allowed_countries")
    @classmethod
    def _countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not known_region(each)]:
            raise ValueError(f"{wrong[0][:20]!r} is no country; use ISO 3166 codes like US or GB")
        return value

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not trunks.NAME.match(value):
            raise ValueError("is 1 to 32 of a-z, 0-9, _ - and begins with a letter or digit")
        return value

    @field_validator("endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if not trunks.ENDPOINT.match(value):
            raise ValueError('is written "PJSIP/{number}@trunk" or "Local/{number}@context"')
        return value

    @field_validator("caller_ids")
    @classmethod
    def _caller_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [number for number in value if not E164.match(number)]
        if wrong:
            raise ValueError(f"{wrong[0]} is not in E.164 form, like +12125550100")
        return value

    def as_trunk(self) -> Trunk:
        return Trunk(
            name=self.name,
            servers=self.asterisk,
            endpoint=self.endpoint,
            max_channels=self.max_channels,
            calls_per_second=self.calls_per_second,
            caller_ids=self.caller_ids,
            strip=self.strip,
            prefix=self.prefix,
            tolls=TollGuard(
                prefixes=self.allowed_prefixes,
                countries=self.allowed_countries,
                allow_premium=self.allow_premium,
                allow_satellite=self.allow_satellite,
            ),
            max_calls_per_day=self.max_calls_per_day,
        )


class ListenSettings(_Section):
    """Where a server of ours listens, HOST:PORT."""

    listen: str = Field(pattern=r"^[A-Za-z0-9_.:\[\]-]+:[0-9]{1,5}$")


class PhoneSettings(_Section):
    default_region: str = "US"

    @field_validator("default_region")
    @classmethod
    def _region(cls, value: str) -> str:
        if not known_region(value):
            raise ValueError(f"{value!r} is no region; use an ISO 3166 code like US or GB")
        return value


class EngineSettings(_Section):
    """`drain_s`: how long a stopping daemon lets calls finish. `min_ring_s`: it never cancels a phone sooner.

    `lost_after_s`: an Asterisk that cannot be asked for so long is given up: its calls are settled, its agents rung
    from another one. `check_sounds`: a run whose sounds an Asterisk does not have is held instead of being dialed
    there.
    """

    drain_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    min_ring_s: Annotated[float, Field(ge=0, le=60)] = 15.0
    lost_after_s: Annotated[float, Field(ge=1, le=3600)] = 30.0
    check_sounds: bool = True


class LimitSettings(_Section):
    """`attempts_per_number_per_day`: most calls to one number within 24 hours, over all campaigns; 0: no such limit."""

    attempts_per_number_per_day: Annotated[int, Field(ge=0, le=1000)] = 0


class RegulationSettings(_Section):
    """`folder`: an admin's own regulation packs, beside dialerd's; one of the same name takes its place."""

    folder: Path | None = Field(default=None, strict=False)


class AgentSettings(_Section):
    """`endpoints`: the phones that agents may log in with; a `*` stands for one name, without / and @."""

    endpoints: tuple[str, ...] = Field(default=("PJSIP/*",), strict=False)

    @field_validator("endpoints")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not is_pattern(each)]:
            raise ValueError(f'{wrong[0][:60]!r} is no pattern of phones, like "PJSIP/*" or "PJSIP/*@desks"')
        return value


class SpeechSettings(_Section):
    """`command`: what makes a WAV file {file} of the text on its standard input, in the voice {voice}; empty: none.

    `folder`: where the files are kept, readable by Asterisk under the same name; whatever is in it may be deleted.
    Those unused for `keep_days` are, and above `keep_mb` the longest unused; 0: they are not.
    """

    command: tuple[str, ...] = Field(default=(), strict=False)
    folder: Path = Field(default=Path("/var/lib/dialerd/speech"), strict=False)
    voice: str = "en"
    voices: dict[str, str] = {}
    limit_s: Annotated[float, Field(ge=0.5, le=30)] = 10.0
    keep_days: Annotated[float, Field(ge=0, le=3660)] = 30.0
    keep_mb: Annotated[int, Field(ge=0, le=1_000_000)] = 1000

    @field_validator("command")
    @classmethod
    def _writes_somewhere(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and not any("{file}" in word for word in value[1:]):
            raise ValueError('lacks {file}, like ["dialerd-speak", "{voice}", "{file}"]')
        return value

    @model_validator(mode="after")
    def _plain_voices(self) -> SpeechSettings:
        if wrong := [each for each in (self.voice, *self.voices.values()) if not _VOICE.match(each)]:
            raise ValueError(f"{wrong[0][:40]!r} is no voice: letters, digits, + . _ -, not - first")
        return self


class WebSettings(_Section):
    """`hosts`: the servers that flows may ask, each as NAME or NAME:PORT."""

    hosts: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not _HOST.match(each)]:
            raise ValueError(f'{wrong[0][:60]!r} is no host, like "crm.example.com" or "127.0.0.1:8000"')
        return value


class TransferSettings(_Section):
    """`prefixes`: how numbers begin that calls may be passed on to; none: to no number. `context`: where the dialplan
    has them, as extensions in E.164 form."""

    prefixes: tuple[str, ...] = Field(default=(), strict=False)
    context: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "dialerd-transfer"
    allow_premium: bool = False
    allow_satellite: bool = False

    @field_validator("prefixes")
    @classmethod
    def _begin_numbers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _beginnings(value)

    @property
    def rules(self) -> PassingOn:
        tolls = TollGuard(allow_premium=self.allow_premium, allow_satellite=self.allow_satellite)
        return PassingOn(prefixes=self.prefixes, context=self.context, tolls=tolls)


class DetectionSettings(_Section):
    """`recordings`: where an Asterisk of this machine keeps what detection hears (DIALERD_AMD_RECORD); it is compared
    with the replay for `parameters`, those of DIALERD_AMD."""

    recordings: Path | None = Field(default=None, strict=False)
    parameters: str = str(SHIPPED)

    @field_validator("parameters")
    @classmethod
    def _parameters(cls, value: str) -> str:
        try:
            read_parameters(value)
        except BadInputError as error:
            raise ValueError(str(error)) from None
        return value


class RetentionSettings(_Section):
    """For how many days things are kept; not given: for ever. See domain/retention.py."""

    recordings: Annotated[int, Field(ge=1, le=36_500)] | None = None
    calls: Annotated[int, Field(ge=1, le=36_500)] | None = None
    messages: Annotated[int, Field(ge=1, le=36_500)] | None = None
    audit: Annotated[int, Field(ge=1, le=36_500)] | None = None

    def as_rules(self) -> Retention:
        return Retention(**self.model_dump())


class LogSettings(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Literal["auto", "text", "json", "journal"] = "auto"


class TracingSettings(_Section):
    """`endpoint`: where traces of calls are sent over OTLP/HTTP, its path included; none: there are none. `share`: of
    all calls."""

    endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/@]+/\S*$")
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


class Settings(_Section):
    """The whole file."""

    database: DatabaseSettings = DatabaseSettings()
    asterisk: tuple[AsteriskSettings, ...] = Field(min_length=1, strict=False)
    trunk: tuple[TrunkSettings, ...] = Field(min_length=1, strict=False)
    http: HttpSettings = HttpSettings()
    agi: ListenSettings = ListenSettings(listen="127.0.0.1:4573")
    phone: PhoneSettings = PhoneSettings()
    engine: EngineSettings = EngineSettings()
    limits: LimitSettings = LimitSettings()
    regulations: RegulationSettings = RegulationSettings()
    agents: AgentSettings = AgentSettings()
    tts: SpeechSettings = SpeechSettings()
    web: WebSettings = WebSettings()
    transfer: TransferSettings = TransferSettings()
    amd: DetectionSettings = DetectionSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()
    sms: tuple[SmsSettings, ...] = Field(default=(), strict=False)
    mail: tuple[MailSettings, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _names_fit(self) -> Settings:
        for kind, names in (("asterisk", [a.name for a in self.asterisk]), ("trunk", [t.name for t in self.trunk])):
            if len(set(names)) < len(names):
                raise ValueError(f"two [[{kind}]] have the same name")
        routes = [route.name for route in (*self.sms, *self.mail)]
        if len(set(routes)) < len(routes):
            raise ValueError("two of [[sms]] and [[mail]] have the same name")
        servers = {a.name for a in self.asterisk}
        for trunk in self.trunk:
            unknown = [name for name in trunk.asterisk if name not in servers]
            if unknown:
                raise ValueError(f"trunk {trunk.name} names asterisk {unknown[0]!r}, and no [[asterisk]] has that name")
        if self.http.phone_at is not None and self.http.phone_at not in servers:
            raise ValueError(f"[http] phone_at names {self.http.phone_at!r}, and no [[asterisk]] has that name")
        return self

    @property
    def trunks(self) -> dict[str, Trunk]:
        return {trunk.name: trunk.as_trunk() for trunk in self.trunk}

    @property
    def phone_server(self) -> AsteriskSettings | None:
        """Where phones in browsers register through us."""
        return next((each for each in self.asterisk if each.name == self.http.phone_at), None)

    @property
    def routes(self) -> dict[Channel, tuple[str, ...]]:
        """The names of the ways out for messages of each channel."""
        sms, mail = (tuple(each.name for each in routes) for routes in (self.sms, self.mail))
        return {Channel.SMS: sms, Channel.EMAIL: mail}


def find_settings(given: str | None, environ: Mapping[str, str]) -> Path:
    """The settings file: `--config`, else DIALERD_CONFIG, else ./dialerd.toml, else /etc/dialerd/dialerd.toml.

    Raises SettingsError where there is none.
    """
    named = given or environ.get("DIALERD_CONFIG")
    if named:
        return Path(named)
    for place in DEFAULT_PLACES:
        with suppress(PermissionError):  # the folder that root stood in when it became the user dialerd
            if place.exists():
                return place
    raise SettingsError(
        f"no settings file: neither {' nor '.join(str(place) for place in DEFAULT_PLACES)} exists",
        hint="name one with --config FILE or DIALERD_CONFIG; README.md shows a first one",
    )


def read_settings(path: Path) -> Settings:
    """Read and check the file. Raises SettingsError naming file, key and remedy; relative paths are the file's own."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}", hint="check its name and rights") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text", hint="save it as UTF-8") from error
    table = table_of(text)
    if isinstance(table, Spoilt):
        raise SettingsError(f"{path}: {table.in_place}", hint="correct that place")
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        raise SettingsError(f"{path}: {describe(error)}", hint="correct the key or take it out") from None
    return _beside(path, settings)


def _beside(path: Path, settings: Settings) -> Settings:
    """Paths in the file are relative to the file, so that a daemon and a CLI started elsewhere mean the same."""
    home = path.resolve().parent
    database = settings.database.beside(home)
    asterisk = tuple(server.beside(home) for server in settings.asterisk)
    packs = settings.regulations.folder
    regulations = settings.regulations.model_copy(update={"folder": home / packs if packs else None})
    routes = {
        "sms": tuple(beside(home, route) for route in settings.sms),
        "mail": tuple(beside(home, route) for route in settings.mail),
    }
    heard = settings.amd.recordings
    amd = settings.amd.model_copy(update={"recordings": home / heard if heard else None})
    tts = settings.tts.model_copy(update={"folder": home / settings.tts.folder})
    http = settings.http.beside(home)
    changed = {
        "http": http,
        "database": database,
        "asterisk": asterisk,
        "regulations": regulations,
        "tts": tts,
        "amd": amd,
    }
    return settings.model_copy(update={**changed, **routes})
