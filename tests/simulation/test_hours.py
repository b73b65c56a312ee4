"""Nobody is called outside hours: random campaigns over clock changes, judged by a referee that knows no code of ours.

The suite plays a part of them; DIALERD_CAMPAIGNS=500 plays as many (scripts/bench hours does).
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialerd.adapters.files import read_rulebook
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.campaign import simulate
from dialerd.simulate.record import SimulatedCall
from tests.simulation.world import campaign, trunk

COUNT = int(os.environ.get("DIALERD_CAMPAIGNS", "100"))
BLOCKS = 10

RULEBOOK = read_rulebook(None)

# What the referee believes of places: area code, the state's code, the zones it may be in.
PLACES = {
    "305": ("FL", ("America/New_York",)),
    "850": ("FL", ("America/Chicago", "America/New_York")),
    "405": ("OK", ("America/Chicago",)),
    "206": ("WA", ("America/Los_Angeles",)),
    "410": ("MD", ("America/New_York",)),
    "212": ("NY", ("America/New_York",)),
    "423": ("TN", ("America/Chicago", "America/New_York")),
    "602": ("AZ", ("America/Phoenix",)),
    "808": ("HI", ("Pacific/Honolulu",)),
}
# And of rules: (pack, states it is for, first and last minute of the day).
EIGHT, NINE_PM, EIGHT_PM = 8 * 60, 21 * 60, 20 * 60
RULES = {
    "us-federal": (None, EIGHT, NINE_PM),
    "reg-f": (None, EIGHT, NINE_PM),
    "us-fl": ({"FL"}, EIGHT, EIGHT_PM),
    "us-ok": ({"OK"}, EIGHT, EIGHT_PM),
    "us-wa": ({"WA"}, EIGHT, EIGHT_PM),
    "us-md": ({"MD"}, EIGHT, EIGHT_PM),
    "us-states": ({"FL", "OK", "WA", "MD"}, EIGHT, EIGHT_PM),
}
CHANGES = [date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31)]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ENDINGS = ["00", "02", "16", "05", "11", "01"]


@dataclass
class Case:
    """A campaign drawn by chance. `windows` has minutes of the day by weekday, as the referee reads them."""

    start: datetime
    zone: str
    packs: list[str]
    windows: dict[str, list[tuple[int, int]]]
    holidays: list[str]
    keys: dict[str, Any]
    people: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def draw_case(dice: random.Random) -> Case:
    change = dice.choice(CHANGES)
    is_near = dice.random() < 0.4  # around the very hour that is left out or repeated
    hours = dice.uniform(-3, 9) if is_near else dice.uniform(-40, 30)
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) + timedelta(hours=hours)
    windows: dict[str, list[tuple[int, int]]] = {}
    for day in dice.sample(DAYS, dice.randint(3, 7)):
        minutes = range(0, 4 * 60, 15) if is_near else range(0, 24 * 60, 15)
        cuts = sorted(dice.sample(minutes, 2 * dice.randint(1, 2)))
        windows[day] = list(zip(cuts[::2], cuts[1::2], strict=True))
    zone = dice.choice(["contact", "contact", "America/New_York", "Europe/London", "Australia/Lord_Howe", "UTC"])
    case = Case(
        start=start,
        zone=zone,
        packs=dice.sample(sorted(RULES), dice.randint(0, 3)),
        windows=windows,
        holidays=[(start.date() + timedelta(days=dice.randint(0, 2))).isoformat()] if dice.random() < 0.3 else [],
        keys={"max_attempts": dice.randint(1, 3), "retry_after_min": dice.choice([1, 10, 30, 240, 1440])},
    )
    for n in range(dice.randint(1, 5)):
        area = dice.choice(sorted(PLACES))
        zones = PLACES[area][1]
        if dice.random() < 0.2:
            zones = (dice.choice(["Asia/Kolkata", "Pacific/Apia", "America/St_Johns"]),)
        case.people.append((f"+1{area}555{n:02}{dice.choice(ENDINGS)}", zones))
    return case


def play(case: Case, seed: int) -> list[SimulatedCall]:
    hours: dict[str, Any] = {
        day: [f"{clock(first)}-{clock(last)}" for first, last in spans] for day, spans in case.windows.items()
    }
    spec = campaign(
        hours={"timezone": case.zone, "holidays": case.holidays, **hours},
        regulations=case.packs,
        max_ring_s=20,
        **case.keys,
    )
    contacts = [Contact(numbers=(PhoneNumber(e164=number, zones=zones),)) for number, zones in case.people]
    outcome = simulate(
        spec,
        trunk=trunk(),
        contacts=contacts,
        callees=NumberPlan,
        start=case.start,
        seed=seed,
        rulebook=RULEBOOK,
    )
    return list(outcome.record)


def complaint(case: Case, call: SimulatedCall) -> str | None:
    """What is wrong with a call, told by wall clocks alone."""
    zones = dict(case.people)[call.number]
    state = PLACES[call.number[2:5]][0]
    for zone in zones if case.zone == "contact" else (case.zone,):
        there = call.invited_at.astimezone(ZoneInfo(zone))
        minute = there.hour * 60 + there.minute
        if there.date().isoformat() in case.holidays:
            return f"on a holiday in {zone}"
        if not any(first <= minute < last for first, last in case.windows.get(DAYS[there.weekday()], [])):
            return f"outside the campaign's hours in {zone}: {there:%a %H:%M:%S}"
    for pack in case.packs:
        states, first, last = RULES[pack]
        for zone in zones if states is None or state in states else ():
            there = call.invited_at.astimezone(ZoneInfo(zone))
            if not first <= there.hour * 60 + there.minute < last:
                return f"outside the hours of {pack} in {zone}: {there:%a %H:%M:%S}"
    return None


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_random_campaign_calls_anybody_outside_hours(block: int) -> None:
    dialed = 0
    for seed in range(block, COUNT, BLOCKS):
        case = draw_case(random.Random(seed))
        for call in play(case, seed):
            dialed += 1
            assert complaint(case, call) is None, f"seed {seed}: {call.number[:5]} was called {complaint(case, call)}"
    assert dialed > COUNT / BLOCKS / 2, "the campaigns do dial"


def test_the_referee_sees_a_call_outside_hours() -> None:
    case = Case(
        start=datetime(2026, 3, 8, tzinfo=UTC),
        zone="contact",
        packs=["us-fl"],
        windows={"sun": [(0, 24 * 60)]},
        holidays=[],
        keys={},
        people=[("+13055550000", ("America/New_York",))],
    )
    at = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)  # 19:59 in daylight time
    call = SimulatedCall(number="+13055550000", invited_at=at)
    assert complaint(case, call) is None
    call.invited_at = at + timedelta(minutes=1)
    assert "us-fl" in (complaint(case, call) or "")
