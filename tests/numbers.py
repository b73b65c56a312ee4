"""Numbers for the lab's carrier and its simulated twin: valid, distinct, with the ending that decides what happens.

Not here: what an ending does (tests/lab/conf/carrier/extensions.conf, dialerd/simulate/callees.py).
"""

from __future__ import annotations


def number(index: int, ending: str) -> str:
    """The `index`-th (0 to 999) number with that ending, in E.164 form; New York."""
    return f"+121266{index:03d}{ending}"


_AREAS = ("212", "315", "347", "516", "518", "585", "607", "631", "646", "716", "718", "845", "914", "917", "929")


def one_of_many(index: int, ending: str) -> str:
    """The `index`-th (0 to 149,999) of as many as a long run needs; New York State. Some are among `number`'s."""
    area, line = divmod(index, 10_000)
    return f"+1{_AREAS[area]}6{line:04d}{ending}"


EXPECTED: dict[str, tuple[str, ...]] = {
    "00": ("answered_human",),
    "01": ("answering_machine",),
    "02": ("busy",),
    "03": ("no_answer",),
    "04": ("network_failure",),
    "05": ("invalid_number",),
    "06": ("answered_human",),
    "07": ("no_answer",),
    "08": ("invalid_number",),
    "09": ("answering_machine",),
    "10": ("answered_human",),
    "11": ("customer_hangup",),
    "12": ("answered_human",),
    "13": ("answered_human",),
    "14": ("answering_machine",),
    "15": ("rejected",),
    "16": ("no_answer",),
    "17": ("answering_machine",),
    "18": ("answering_machine",),
    "19": ("answered_human",),  # no sound at all: NOTSURE, which is a person until shown otherwise
    "20": ("answered_human",),
    "21": ("answering_machine",),
    "22": ("rejected",),
    "23": ("blocked",),
    "24": ("blocked",),
    "25": ("network_failure",),
    "26": ("answered_human",),
    "27": ("answered_human",),
    "31": ("customer_hangup",),  # gone before AMD could tell
    "33": ("answered_human",),
    "35": ("answered_human",),
    "39": ("answered_human",),
    "40": ("answered_human",),
    "99": ("invalid_number",),
}
"""What each ending must come to with AMD on and a ring time of 10 to 20 s."""

BY_AMD = frozenset({"answered_human", "answering_machine"})
"""The two that AMD can mistake for each other: an error of its own, counted apart."""
