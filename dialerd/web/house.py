"""What the API needs of the settings and of the daemon around it.

Not here: where it comes from (bootstrap.py).
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.steering import PassingOn
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Channel
from dialerd.httpsettings import HttpSettings
from dialerd.ports import Clock, ContactSource, Passwords, Store
from dialerd.ports.users import Draw
from dialerd.web.successors import Successors

OpenFile = Callable[[Path, str, ColumnMap | None], ContactSource]
"""A file to be imported: its path, the region of its numbers, how its columns are read."""


class Vital(Protocol):
    """A part that has to be well for calls to be placed, and what is wrong with it; empty: nothing."""

    @property
    def part(self) -> str: ...
    @property
    def trouble(self) -> str: ...


Metrics = Callable[[], Awaitable[tuple[str, bytes]]]
"""Makes what Prometheus reads: its media type and the text."""


async def _no_metrics() -> tuple[str, bytes]:
    return "text/plain", b""


OpenNumbers = Callable[[Path, str], ContactSource]
"""A file of which only the numbers are wanted: its path, the region of its numbers."""


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """Asterisk's WebSocket for SIP, which phones in browsers are passed on to. `tls`: whom it is trusted by."""

    url: str
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """`phones`: the patterns of phones that agents may have; `hosts`, `speaks`, `routes`: what flows can use.
    `servers`: the Asterisks of the settings. `passing`: the numbers that calls may be passed on to.
    `csv_chunks` makes a CSV file of columns and rows that a spreadsheet can open safely. `poke`: have the engine look
    at the store. `vitals`: how what it stands on has answered lately."""

    store: Store
    clock: Clock
    passwords: Passwords
    draw_secret: Draw
    http: HttpSettings
    trunks: Mapping[str, Trunk]
    region: str
    phones: Sequence[str]
    poke: Callable[[], None]
    csv_chunks: Callable[[Sequence[str], Iterable[Sequence[str]]], Iterator[bytes]]
    open_file: OpenFile
    open_numbers: OpenNumbers
    uploads: Path
    rulebook: Rulebook = EMPTY
    servers: Sequence[str] = ()
    hosts: Sequence[str] = ()
    speaks: bool = False
    routes: Mapping[Channel, Collection[str]] = field(default_factory=dict)
    passing: PassingOn = field(default_factory=PassingOn)
    phone_line: PhoneLine | None = None
    tls: ssl.SSLContext | None = None
    vitals: Callable[[], Sequence[Vital]] = tuple
    metrics: Metrics = _no_metrics
    successors: Successors = field(default_factory=Successors)
