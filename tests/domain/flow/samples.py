"""Flows for the tests: one of everything, and random ones.

Not here: what is expected of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import tomli_w

from dialerd.domain.filters import Record
from dialerd.domain.flow import FlowSpec, Scene, examine
from dialerd.domain.flow import moves as m

TODAY = date(2026, 3, 2)

RENEWAL = """\
name = "renewal"
start = "greeting"
attributes = ["first_name", "balance", "due_on"]

[language]
sounds = { es = "es", "pt-BR" = "pt_BR" }

[node.greeting]
do = "play"
say = ["hello", { text = "Dear {{ first_name }}" }, { number = "{{ balance }}" }, { date = "{{ due_on }}" }]
next = "menu"

[node.menu]
do = "menu"
say = "press-1-2-3-or-9"
keys = { 1 = "pay", 2 = "agent", 3 = "voice", 9 = "optout" }
answer = "choice"
timeout_s = 6
tries = 2
say_invalid = "sorry"
on_timeout = "bye"
on_invalid = "later"

[node.pay]
do = "collect"
say = "type-your-account"
answer = "account"
secret = true
min = 4
max = 8
tries = 2
say_timeout = "still-there"
next = "charge"
on_fail = "agent"

[node.charge]
do = "request"
method = "POST"
url = "https://pay.example.com/v1/{{ first_name }}?list={{ list }}"
send = { account = "{{ account }}", amount = "{{ balance }}" }
answers = { receipt = "payment.receipt", left = "payment.left" }
next = "how"
on_fail = "agent"

[node.how]
do = "branch"
rules = [{ when = "left = 0", next = "paid" }, { when = "due_on < today()", next = "agent" }]
otherwise = "paid"

[node.paid]
do = "set"
attributes = { receipt = "no. {{ receipt }}", paid_by = "{{ choice }}" }
disposition = "paid"
next = "bye"

[node.agent]
do = "transfer"
queue = "sales"
on_no_agent = "later"

[node.later]
do = "callback"
in_min = 30
notes = "pressed {{ first_name }}"
next = "bye"
on_fail = "bye"

[node.voice]
do = "record"
say = "after-the-tone"
answer = "recording"
next = "bye"
on_fail = "bye"

[node.optout]
do = "dnc"
next = "bye"

[node.bye]
do = "hangup"
"""

ANN = Record(
    number="+12125550101",
    list="customers",
    priority=0,
    zone="America/New_York",
    attributes={"first_name": "Ann", "balance": "99.50", "due_on": "2026-12-24", "language": "en"},
)


def scene(**attributes: str) -> Scene:
    contact = Record(
        number=ANN.number, list=ANN.list, priority=0, zone=ANN.zone, attributes={**ANN.attributes, **attributes}
    )
    return Scene(contact=contact, today=TODAY)


def read(text: str = RENEWAL) -> FlowSpec:
    spec, found = examine(text)
    assert spec is not None, found
    assert found == ()
    return spec


def complaints(text: str) -> list[str]:
    """As an editor shows them: LINE: TEXT."""
    return [f"{each.line}: {each.text}" for each in examine(text)[1]]


def random_flow(dice: random.Random) -> str:
    """A flow whose nodes and ways are drawn; many have something wrong."""
    names = [f"n{index}" for index in range(dice.randint(1, 9))]
    unmet = iter([*names[1:]])  # most nodes are led to once, by one before them

    def to() -> str:
        if dice.random() < 0.01:
            return "nowhere"
        return (next(unmet, None) if dice.random() < 0.7 else None) or dice.choice(names)

    def text() -> str:
        return dice.choice(["a", "{{ first_name }}", "{{ balance }} x", "ü\n"] * 8 + ["{{ a0 }}", "{{ nobody }}", "{{"])

    def say() -> list[Any]:
        ways = ["digits", "number", "date", "characters", "text"]
        return [dice.choice(["hello", {dice.choice(ways): text()}]) for _ in range(dice.randint(1, 3))]

    def node() -> dict[str, Any]:
        match dice.randrange(14):
            case 0:
                return {"do": "play", "say": say(), "barge_in": dice.random() < 0.5, "next": to()}
            case 1 | 2:
                keys = {dice.choice("0123456789*#"): to() for _ in range(dice.randint(1, 4))}
                more = {"on_invalid": to()} if dice.random() < 0.5 else {}
                return {"do": "menu", "say": say(), "keys": keys, "answer": "a0", "on_timeout": to(), **more}
            case 3:
                return {"do": "collect", "say": say(), "answer": "a1", "max": 4, "next": to(), "on_fail": to()}
            case 4:
                rules = [{"when": dice.choice(["a0 = '1'", "a1 > 3", "balance < 5"]), "next": to()}]
                return {"do": "branch", "rules": rules, "otherwise": to()}
            case 5:
                return {"do": "set", "attributes": {"kept": text()}, "disposition": "accepted", "next": to()}
            case 6:
                url = f"http://example.com/{text().replace(chr(10), '')}"
                return {"do": "request", "url": url, "answers": {"a2": "x"}, "next": to(), "on_fail": to()}
            case 7:
                return {"do": "callback", "at": text(), "next": to(), "on_fail": to()}
            case 8:
                return {"do": "dnc", "next": to()}
            case 9:
                return {"do": "record", "next": to()}
            case 10 | 11:
                more = dice.choice([{"do": "sms"}, {"do": "email", "subject": text()}, {"do": "email"}, {"do": "sms"}])
                return {**more, "text": text() + dice.choice(["", "{% if a1 %}x{% endif %}"]), **_ways(dice, to)}
            case 12:
                return {"do": "record_call", "on": dice.random() < 0.5, "next": to()}
            case _:
                return {"do": "transfer", "queue": "sales", "on_no_agent": to()}

    nodes = {name: node() if name != names[-1] else {"do": "hangup"} for name in names}
    return tomli_w.dumps({"name": "drawn", "start": names[0], "attributes": ["first_name", "balance"], "node": nodes})


def _ways(dice: random.Random, to: Callable[[], str]) -> dict[str, str]:
    return {"next": to(), "on_fail": to()} | ({"answer": "a0"} if dice.random() < 0.5 else {})


def random_event(dice: random.Random, at: m.Position) -> m.Event:
    """Anything that can come, half of it what the position waits for."""
    serial = at.serial if dice.random() < 0.7 else dice.randint(0, at.serial + 2)
    done = m.Did({"a2": "7", "receipt": "r1", "left": "0"}, sounds=("speech",) * dice.randint(0, 2))
    events: list[m.Event] = [
        m.Heard(serial, failed=dice.random() < 0.02),
        m.Heard(serial),
        m.Pressed(dice.choice("0123456789*#A")),
        m.Pressed(dice.choice("1239")),
        m.Elapsed(serial),
        m.RecordingEnded(serial, failed=dice.random() < 0.3),
        m.Acted(serial, done if dice.random() < 0.6 else m.Undone("no")),
        m.NobodyThere(serial),
    ]
    return dice.choice(events)
