"""A contact file that is spoilt anywhere: its good rows are read, the others told of, or it is refused in words."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from dialerd.adapters.files.reader import read_plainly
from dialerd.domain.phone import DIALABLE

HEADER = ["phone", "first_name", "timezone", "email", "language", "number2", "note"]
CELLS = (
    *("+12125550100", "(212) 555-0100", "212-555-0199 x7", "+19005550100", "", " ", "Ann", "Zoë", "=1+1", "@SUM(A1)"),
    *("America/New_York", "Mars/Olympus", "en", "a@example.com", "a@b@c", "x" * 5000, '"', '""', "a,b", "a;b", "a\tb"),
    *("\0", "\r", "\n", "1e9", "-5", "Ünï", "٣٣٣", "\u202e", "𝕏", "sip:x@y", "0", "NULL", "line\nbreak"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")


def drawn(dice: random.Random) -> bytes:
    between = dice.choice([",", ",", ";", "\t", "|"])
    rows = [HEADER[: dice.randrange(1, len(HEADER) + 1)]]
    rows += [[dice.choice(CELLS) for _ in range(dice.randrange(1, 9))] for _ in range(dice.randrange(0, 12))]
    quoted = [[f'"{cell}"' if dice.random() < 0.3 else cell for cell in row] for row in rows]
    text = dice.choice(["\n", "\r\n", "\r"]).join(between.join(row) for row in quoted)
    made = bytearray(text.encode(dice.choice(ENCODINGS), "replace"))
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(3):
            case 0:
                made[at : at + dice.randrange(9)] = dice.randbytes(dice.randrange(9))
            case 1:
                del made[at : at + dice.randrange(40)]
            case 2:
                made[at:at] = dice.choice([b'"', b"\x00", b"\xff\xfe", b"\r", b",,,,,,", b'"\n"'])
    return bytes(made)


def one_case(dice: random.Random) -> str:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(drawn(dice))
        file.flush()
        how = {"region": "US", "mapping": None, "delimiter": None}
        if dice.random() < 0.2:
            said = list(read_plainly(Path(file.name), {"region": "US"}, only_numbers=True))
        else:
            said = list(read_plainly(Path(file.name), how))
    *_, last = said
    if last[0] == "refused":
        assert last[1], "why"
        assert last[2], "what to do"
        return "refused"
    assert last == ("end",)
    taken = 0
    for kind, rows, rejected, *_ in said[1:-1]:
        taken += len(rows)
        numbers = rows if kind == "numbers" else [e164 for contact in rows for e164, _zones in contact[0]]
        assert all(DIALABLE.match(each) for each in numbers)
        assert all(line > 0 and reason for line, _column, _value, reason in rejected)
        str((rows, rejected)).encode()  # what sqlite3 would refuse
    return "read" if taken else "no rows"


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_a_spoilt_file_is_read_as_far_as_it_can_be_or_refused_in_words(first: int) -> None:
    for seed in range(first, first + 100):
        one_case(random.Random(seed))
