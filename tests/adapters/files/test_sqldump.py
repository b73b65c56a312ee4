"""Dumps as databases, people and broken copies have them: every row comes out as it went in, or with a reason."""

# ruff: noqa: S608  # a dump is SQL that is put together, and nothing executes it

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialerd.adapters.files.sqldump import SqlDump, read_text
from dialerd.adapters.files.sqltape import BLOCK
from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.ports import DumpRow
from tests.vicidial import Made, Way, create, insert, usual

NAMES = ("id", "b", "c")
WAYS: tuple[Way, ...] = get_args(Way)

values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**64),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.text(st.sampled_from("'\\\"`;(),\n\0\x1a%- NULL/*#"), max_size=20),
)
rows_of_three = st.lists(st.tuples(values, values, values), min_size=1, max_size=12)


def read(path: Path, text: str | bytes, tables: tuple[str, ...] = ("t",), *, block: int = BLOCK) -> list[object]:
    """The rows as lists of texts, and the lines of those that were refused."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [told(row) for row in SqlDump(path, block=block).rows(tables)]


def told(row: DumpRow | RejectedRow) -> object:
    if isinstance(row, RejectedRow):
        return row.line, row.reason
    return list(row.values.values())


def as_text(row: tuple[object, ...]) -> list[str | None]:
    return [None if value is None else str(value) for value in row]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dump.sql"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=rows_of_three, way=st.sampled_from(WAYS), block=st.sampled_from([7, 64, 1000, BLOCK]))
def test_whatever_a_row_holds_comes_out_as_it_went_in(
    path: Path, rows: list[tuple[object, object, object]], way: Way, block: int
) -> None:
    text = create("t", NAMES) + insert("other", NAMES, rows, way) + insert("t", NAMES, rows, way)
    assert read(path, text, block=block) == [as_text(row) for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=rows_of_three, cut=st.floats(0, 1), way=st.sampled_from(WAYS))
def test_a_dump_that_was_cut_off_gives_what_came_before_and_says_so(
    path: Path, rows: list[tuple[object, object, object]], cut: float, way: Way
) -> None:
    head, body = create("t", NAMES), insert("t", NAMES, rows, way).rstrip("\n")
    end = int(len(body) * cut)
    found = read(path, head + body[:end])
    whole = [row for row in found if isinstance(row, list)]
    assert whole == [as_text(row) for row in rows][: len(whole)]
    is_cut_within = way != "single" and len("INSERT INTO `t` (`id`, `b`, `c`) VALUES\n") < end < len(body)
    assert not is_cut_within or any(isinstance(row, tuple) for row in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(data=st.binary(max_size=300), block=st.sampled_from([5, BLOCK]))
def test_whatever_the_file_is_reading_it_ends(path: Path, data: bytes, block: int) -> None:
    head = create("t", NAMES).encode() + b"INSERT INTO `t` VALUES (1,'x',NULL),("
    found = read(path, head + data.replace(b"\x1f\x8b", b""), block=block)
    assert found[0] == ["1", "x", None] and len(found) >= 2


GOOD = "(1,'one',NULL)"
LAST = "(9,'nine','x')"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("(2,'two')", "has 2 values where the table has 3 columns"),
        ("(2,'two',3,4)", "has 4 values where the table has 3 columns"),
        ("(2,two,3)", "value 2 cannot be read"),
        ("(2,'two,3)", ""),
        ("(2,two',3)", ""),
        ("(2,'two',)", "value 3 cannot be read"),
        ("(2,'tw'o',3)", ""),
        ("2,'two',3)", ""),
    ],
)
@pytest.mark.parametrize("between", [",", ",\n"])
def test_a_broken_row_takes_no_other_with_it(path: Path, broken: str, reason: str, between: str) -> None:
    body = between.join([GOOD, broken, *(GOOD for _ in range(5)), LAST])
    rows = read(path, create("t", NAMES) + f"INSERT INTO `t` VALUES {body};\n" + insert("t", NAMES, [(5, "it's", ";")]))
    good = [row for row in rows if isinstance(row, list)]
    assert good[-2:] == [["9", "nine", "x"], ["5", "it's", ";"]]
    (refused,) = [row for row in rows if isinstance(row, tuple)]
    assert reason in refused[1]
    assert refused[0] == (create("t", NAMES).count("\n") + 1 + (between != ","))
    # What stands right behind a string that was never closed cannot be told from it.
    assert len(good) >= 2 + (6 if reason else 5)


def test_other_statements_triggers_and_comments_are_passed_over(path: Path) -> None:
    text = (
        "-- it's a comment; INSERT INTO `t` VALUES (0,0,0);\n# and another's\n/* INSERT INTO `t`\nVALUES (0,0,0); */\n"
        + create("t", NAMES)
        + "DELIMITER ;;\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\nINSERT INTO `t` VALUES (0,0,0);\n"
        "SET @a = 'it''s';\nEND ;;\nDELIMITER ;\n"
        "UPDATE t SET b = 'INSERT INTO `t` VALUES (0,0,0);' WHERE c = \"'\";\n"
        "insert ignore into asterisk.t (c, `b`,id) values (X'4142', 0x43, TRUE) , (.5,-1e3, _binary 'a''b');\n"
    )
    path.write_text(text)
    dump = SqlDump(path)
    assert [dict(row.values) for row in dump.rows(("t",)) if isinstance(row, DumpRow)] == [
        {"c": "AB", "b": "C", "id": "1"},
        {"c": ".5", "b": "-1e3", "id": "a'b"},
    ]


def test_rows_of_a_table_whose_columns_are_not_told_are_refused_with_what_to_do(path: Path) -> None:
    path.write_text("\n\nINSERT INTO `t` VALUES (1,2,3);\n")
    (refused,) = SqlDump(path).rows(("t",))
    assert isinstance(refused, RejectedRow) and (refused.line, refused.column) == (3, "t")
    assert "CREATE TABLE" in refused.reason


@pytest.mark.parametrize("name", ["dump.sql", "dump.sql.gz"])
def test_packed_or_not_it_says_how_it_is_encoded_and_when_it_was_made(tmp_path: Path, name: str) -> None:
    dump = SqlDump(usual().lead(1, "2122660001", first_name="Zoë").write(tmp_path / name))
    (lead,) = dump.rows(("vicidial_list",))
    assert isinstance(lead, DumpRow) and lead.values["first_name"] == "Zoë"
    assert (dump.charset, dump.completed) == ("utf8mb4", "2026-03-02 10:00:00")
    assert len([*dump.rows(("vicidial_statuses",))]) == 8, "and is read as often as is wanted"


def test_a_packed_dump_that_was_cut_off_says_so(path: Path) -> None:
    packed = gzip.compress(Made().leads((n, f"21226{n:05}") for n in range(3000)).text.encode())
    found = read(path, packed[:-2000], ("vicidial_list",), block=4096)
    assert len(found) > 100
    assert isinstance(found[-1], tuple) and "ends in the middle" in found[-1][1]


@pytest.mark.parametrize(("data", "complaint"), [(b"BZh91AY&SY...", "bzip2"), (b"\x1f\x8b\x08\x00garbage", "read on")])
def test_what_cannot_be_read_as_a_dump_is_refused(path: Path, data: bytes, complaint: str) -> None:
    path.write_bytes(data + b"\0" * 40)
    with pytest.raises(BadInputError, match=complaint):
        list(SqlDump(path).rows(("t",)))


@pytest.mark.parametrize(
    ("value", "charset", "text"),
    [
        ("Zoë".encode(), "utf8", "Zoë"),
        ("Zoë".encode(), "latin1", "Zoë"),
        (b"Zo\xeb", "latin1", "Zoë"),
        (b"Zo\xeb \x80", "utf8", "Zoë €"),
        (b"\xb1", "latin2", "ą"),
        (b"\x81\xff", "utf8", "\x81ÿ"),
    ],
)
def test_texts_are_read_by_what_they_are_before_what_the_dump_says(value: bytes, charset: str, text: str) -> None:
    assert read_text(value, charset) == text


def test_a_dump_is_never_held_whole(tmp_path: Path) -> None:
    text = Made().leads((n, f"21226{n:05}") for n in range(200)).text
    path = tmp_path / "large.sql"
    other = "INSERT INTO `vicidial_log` VALUES " + ",".join(["(1,'" + "x" * 1000 + "')"] * 3000) + ";\n"
    path.write_text(text + other + text)
    dump = SqlDump(path, block=32 * 1024)
    tracemalloc.start()
    count = sum(1 for _ in dump.rows(("vicidial_list",)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400 and dump.size > 3_000_000
    assert peak < 600_000
