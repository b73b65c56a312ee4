"""The number plan: what the carrier does with a number, by its last two digits, and what the pbx must see of it.

Not here: how it is done (conf/carrier/extensions.conf) and what dialerd makes of it (tests/numbers.py).
"""

from __future__ import annotations

from dataclasses import dataclass

PERSON, MACHINE, UNSURE = "HUMAN", "MACHINE", "NOTSURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """What a number with this ending does.

    Never answered: `cause` and `sip` (the SIP status) tell why; both None: it rings for ever. Answered: `answers_s`
    after the INVITE at the earliest; `verdicts` are what AMD may say with the parameters of asterisk-conf, empty where
    the callee is gone before it can; `leaves_s` after the answer it hangs up by itself, None: not within 15 s.
    """

    ending: str
    text: str
    answers_s: float | None = None
    cause: int | None = None
    sip: int | None = None
    verdicts: tuple[str, ...] = ()
    leaves_s: float | None = None


def _refusal(ending: str, text: str, cause: int, sip: int) -> Callee:
    return Callee(ending=ending, text=text, cause=cause, sip=sip)


def _answer(ending: str, text: str, *verdicts: str, after_s: float = 0, leaves_s: float | None = None) -> Callee:
    return Callee(ending=ending, text=text, answers_s=after_s, verdicts=verdicts, leaves_s=leaves_s)


_ROWS = (
    _answer("00", "a person, rings 1 s, short greeting", PERSON, after_s=1),
    _answer("01", "an answering machine: greeting, beep, silence", MACHINE, after_s=1),
    _refusal("02", "busy", 17, 486),
    Callee(ending="03", text="rings for ever"),
    _refusal("04", "congestion", 34, 503),
    _refusal("05", "no such number", 1, 404),
    _answer("06", "a person who answers after 8 s", PERSON, after_s=8),
    _refusal("07", "an announcement in early media, then unavailable", 19, 480),
    _refusal("08", "the three tones in early media, then no such number", 1, 404),
    _answer("09", "answers and is silent", MACHINE),
    _answer("10", "a person who hangs up after 3 s", PERSON, leaves_s=3),
    _answer("11", "hangs up after 0.7 s, while AMD listens", leaves_s=0.7),
    _answer("12", "a person who presses 1", PERSON),
    _answer("13", "a person who presses 9", PERSON),
    _answer("14", "a fax", MACHINE),
    _refusal("15", "rejected", 21, 403),
    _refusal("16", "unavailable", 19, 480),
    _answer("17", "steady noise", MACHINE),
    _answer("18", "answers at once and talks for 30 s", MACHINE),
    _answer("19", "answers and sends no RTP at all", UNSURE),
    _answer("20", "a person, rings 1 to 6 s, one of six greetings", PERSON, after_s=1),
    _answer("21", "a full mailbox: no beep, hangs up when it has spoken", MACHINE, leaves_s=6.3),
    _refusal("22", "declined", 21, 603),
    _refusal("23", "blocked by analytics", 127, 608),
    _refusal("24", "unwanted", 127, 607),
    _refusal("25", "the trunk behind the carrier is down", 27, 502),
    _answer("26", "a person who presses 2, with a tone of its own, and hangs up after 16 s", PERSON),
    _answer("27", "a person who types 4711#", PERSON),
    _answer("31", "a person who hangs up after 1 s", leaves_s=1),
    _answer("32", "a person who hangs up after 2 s, as AMD makes up its mind", PERSON, "", leaves_s=2),
    *(_answer(f"3{n}", f"a person who hangs up after {n} s", PERSON, leaves_s=n) for n in range(3, 10)),
    _answer("40", "a person who answers at once", PERSON),
    _answer("50", "a person with a tone of its own", PERSON),
    _answer("51", "the same, hangs up after 1 s", leaves_s=1),
    _answer("52", "the same, hangs up after 2 s, as AMD makes up its mind", PERSON, "", leaves_s=2),
    *(_answer(f"5{n}", f"the same, hangs up after {n} s", PERSON, leaves_s=n) for n in range(3, 10)),
    _answer("60", "the machine of 01; what it hears is kept", MACHINE, after_s=1),
    _answer("61", "a machine whose beep comes 1.5 s after the greeting", MACHINE, after_s=1),
    _answer("62", "a machine that hangs up after 11 s", MACHINE, after_s=1, leaves_s=11),
    _answer("63", "a machine that gives no beep", MACHINE, after_s=1),
    _answer("65", "a call assistant that lets its caller through", MACHINE, after_s=1),
    _answer("66", "a call assistant that does not", MACHINE, after_s=1),
    _answer("71", "as 50, rings 8 s, hangs up 9 s after the answer", PERSON, after_s=8, leaves_s=9),
    _refusal("99", "any other ending: no such number", 1, 404),
)

PLAN: dict[str, Callee] = {row.ending: row for row in _ROWS}
"""By ending; an ending that is not here does what 99 does."""


def person_hz(number: str) -> int:
    """The tone of a person with an ending of 50 to 59 or 71 after the greeting; one of 40, all above the agents'."""
    return 1600 + 40 * (int(number[-5:-2]) % 40)
