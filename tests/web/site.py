"""The API over a database in memory, asked over real HTTP by people of every role."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from dialerd.adapters import files
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.agents import Seen
from dialerd.domain.call import Facts
from dialerd.domain.queue import read_queue
from dialerd.domain.steering import PassingOn
from dialerd.domain.user import Role
from dialerd.domain.words import AgentKind, AgentState, AttemptId
from dialerd.httpsettings import HttpSettings
from dialerd.ports import Timer, Unit
from dialerd.serving import Limits
from dialerd.usecases import agents, callbacks, campaigns, contacts, dialing, lists, queues, users
from dialerd.web import ApiServer, House
from dialerd.web.binding import Route, Streamed
from dialerd.web.house import PhoneLine, Vital
from dialerd.web.resources import ROUTES
from tests.usecases.conftest import TRUNKS, WAY_OUT, spec

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
BY: Any = {"actor": "cli:test", "now": NOW}
PEOPLE = ("nobody", "root", "sue", "sam", "ann", "ben")
OWN = {"X-Dialerd-Request": "1"}


class SetClock:
    """Implements ports.Clock; stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        self.moment += time

    def steady(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, delay_s: float) -> None:
        await asyncio.Event().wait()

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_s, action)


class PlainPasswords:
    """Implements ports.Passwords, fast."""

    def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == self.hash(password)


@dataclass(frozen=True)
class Said:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.document["code"])


@dataclass
class Browser:
    """Somebody who asks: keeps the cookie that it is given, sends the header of our pages."""

    port: int
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(OWN))

    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> Said:
        body = None if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        sent = dict(self.headers)
        if body is not None:
            sent["Content-Type"] = "application/json"
        if self.cookie:
            sent["Cookie"] = self.cookie
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            said = Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        given = said.headers.get("set-cookie")
        if given:
            self.cookie = given.partition(";")[0]
        return said

    def get(self, path: str, **headers: str) -> Said:
        return self.ask("GET", path, **headers)

    def post(self, path: str, document: Any = None, **headers: str) -> Said:
        return self.ask("POST", path, document, **headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> Said:
        return self.post("/api/session", {"name": name, "password": password})


class Site:
    """A running API. `pokes` counts how often the engine was told to look; `engine`: what it does then."""

    def __init__(self, house: House, clock: SetClock, loop: asyncio.AbstractEventLoop, port: int) -> None:
        self.house, self.clock, self.port = house, clock, port
        self._loop = loop
        self.pokes = 0
        self.engine: Callable[[Unit], object] | None = None

    def do(self, job: Callable[[Unit], T]) -> T:
        """A job on the store, as another process would do it."""
        return asyncio.run_coroutine_threadsafe(self.house.store.write(job), self._loop).result(20)

    def browser(self, user: str = "") -> Browser:
        """Of somebody who is signed in as that user, or of nobody."""
        made = Browser(self.port)
        if user:
            said = made.sign_in(user)
            assert said.status == 200, said
        return made


def set_up(unit: Unit) -> None:
    """A user of each role, a supervisor who is held to queue sales, agents, queues, a list and three campaigns."""
    lists.create_list(unit, "customers", region="US", **BY)
    for name in ("ann", "ben"):
        agents.add_agent(
            unit,
            name,
            endpoint=f"PJSIP/{name}",
            kind=AgentKind.OUTBOUND,
            may_outbound=True,
            allowed=("PJSIP/*",),
            **BY,
        )
    for name, members in (("sales", ["ann"]), ("support", ["ben"])):
        queues.apply_queue(unit, read_queue({"name": name, "agents": members}, source="test"), **BY)
    campaigns.apply_campaign(unit, spec(), trunks=TRUNKS, **BY)
    for name in ("sales", "support"):
        of_queue = spec(name=f"{name}-calls", mode="progressive", queue=name, on_human=None)
        campaigns.apply_campaign(unit, of_queue, trunks=TRUNKS, **BY)
    # Somebody of queue support, so that there is something that sam has nothing to do with.
    lists.create_list(unit, "people", region="US", **BY)
    campaigns.apply_campaign(
        unit,
        spec(name="support-calls", mode="progressive", queue="support", on_human=None, lists=["people"]),
        trunks=TRUNKS,
        **BY,
    )
    contacts.add_contact(unit, "people", ["+12122669999"], attributes={}, zone=None, priority=0, **BY)
    wish = callbacks.Wish(at=NOW + timedelta(hours=2))
    callbacks.add_callback(unit, "support-calls", 1, wish, region="US", **BY)
    people: tuple[tuple[str, Role, str | None, list[str] | None], ...] = (
        ("root", Role.ADMIN, None, None),
        ("sue", Role.SUPERVISOR, None, None),
        ("sam", Role.SUPERVISOR, None, ["sales"]),
        ("ann", Role.AGENT, "ann", None),
        ("ben", Role.AGENT, "ben", None),
    )
    for name, role, agent, held_to in people:
        users.create_user(
            unit,
            name,
            role=role,
            password_hash=PlainPasswords().hash(PASSWORD),
            agent=agent,
            queues=held_to,
            **BY,
        )


def talk(site: Site, campaign: str = "sales-calls", agent: str = "ann", digit: str = "1") -> str:
    """Have an agent talk to the first contact of a campaign, which runs; the attempt's id is of that digit."""

    def job(unit: Unit) -> str:
        row = unit.campaigns.get(campaign)
        run = None if row is None else unit.runs.latest(row.id)
        assert run is not None, "it was never run"
        dialing.take_in(unit, run.id, draw=lambda: 0.5, now=NOW)
        attempt_id = AttemptId("d" + digit * 32)
        claimed = dialing.claim(unit, run.id, limit=1, way_out=WAY_OUT, new_id=lambda: attempt_id, now=NOW)
        (attempt,) = claimed.attempts
        dialing.note(unit, attempt.id, Facts(placed_at=NOW, answered_at=NOW, agent=agent, connected_at=NOW))
        seen = Seen(state=AgentState.ON_CALL, since=NOW, idle_since=NOW, campaign=campaign, attempt_id=attempt.id)
        unit.agents.set_seen(agent, seen, leg_id=None, asterisk=None, now=NOW)
        return attempt.id

    return site.do(job)


async def _metrics() -> tuple[str, bytes]:
    return "text/plain; version=0.0.4", b"dialerd_agents 2\n"


@contextmanager
def running(
    folder: Path,
    *,
    http_settings: HttpSettings | None = None,
    routes: tuple[Route | Streamed, ...] = ROUTES,
    limits: Limits | None = None,
    store: SqliteStore | None = None,
    phone_line: str | PhoneLine | None = None,
    tls: ssl.SSLContext | None = None,
    vitals: Sequence[Vital] = (),
) -> Iterator[Site]:
    """A site on a port of its own, on a thread with a loop of its own."""
    clock = SetClock()
    drawn = iter(range(10**6))
    loop = asyncio.new_event_loop()
    site: list[Site] = []

    def poke() -> None:
        site[0].pokes += 1
        if site[0].engine is not None:
            kept.post(site[0].engine)

    kept = store or SqliteStore.in_memory()
    house = House(
        store=kept,
        clock=clock,
        passwords=PlainPasswords(),
        draw_secret=lambda: f"secret-{next(drawn):06}",
        http=replace_listen(http_settings or HttpSettings()),
        trunks=TRUNKS,
        servers=("pbx1",),
        region="US",
        phones=("PJSIP/*",),
        poke=poke,
        csv_chunks=files.csv_chunks,
        open_file=lambda path, region, columns: files.FileReader(
            path, region=region, mapping=columns and columns.columns, delimiter=None
        ),
        open_numbers=lambda path, region: files.FileReader(path, only_numbers=True, region=region),
        uploads=folder / "uploads",
        passing=PassingOn(prefixes=("+1212",)),
        phone_line=PhoneLine(phone_line) if isinstance(phone_line, str) else phone_line,
        tls=tls,
        vitals=lambda: vitals,
        metrics=_metrics,
    )
    server = ApiServer(house, routes=routes, limits=limits, look_s=0.02, line_look_s=0.02)
    ready, over = threading.Event(), asyncio.Event()

    async def serve() -> None:
        await kept.write(set_up)
        async with server.listening():
            ready.set()
            await over.wait()
        await server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20), "the API did not start"
    site.append(Site(house, clock, loop, server.port))
    try:
        yield site[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        loop.close()


def replace_listen(given: HttpSettings) -> HttpSettings:
    return given.model_copy(update={"listen": "127.0.0.1:0"})
