"""Contact files as people and attackers have them: every row is a contact or a reason, and none stops the rest."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialerd.adapters.files import ContactFile
from dialerd.adapters.files.columns import attribute_name
from dialerd.domain.contact import Contact, RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import PhoneNumber
from dialerd.usecases.contacts import ATTRIBUTE

GOOD = "+12122660099"


def read(
    path: Path, text: str | bytes, *, region: str = "US", mapping: Mapping[str, str] | None = None
) -> list[Contact | RejectedRow]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(ContactFile(path, region=region, mapping=mapping).rows())


def contacts(rows: list[Contact | RejectedRow]) -> list[Contact]:
    return [row for row in rows if isinstance(row, Contact)]


def rejected(rows: list[Contact | RejectedRow]) -> list[RejectedRow]:
    return [row for row in rows if isinstance(row, RejectedRow)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contacts.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found_and_every_line_end_is_read(path: Path, delimiter: str, end: str) -> None:
    lines = [["First Name", "Phone", "Balance"], ["Ann", "212 266 0001", "12.50"], ["Bob", "212-266-0002", ""]]
    rows = read(path, end.join(delimiter.join(line) for line in lines) + end)
    first, second = contacts(rows)
    assert [number.e164 for number in first.numbers] == ["+12122660001"]
    assert first.attributes == {"first_name": "Ann", "balance": "12.50"}
    assert second.attributes == {"first_name": "Bob"}
    assert ContactFile(path, region="US").form.delimiter == delimiter


def test_commas_within_semicolon_rows_do_not_decide_the_delimiter(path: Path) -> None:
    rows = read(path, "name;number;amount\nDoe, Jane;2122660001;1,50\nRoe, Rick;2122660002;2,50\n")
    assert [row.attributes for row in contacts(rows)] == [
        {"name": "Doe, Jane", "amount": "1,50"},
        {"name": "Roe, Rick", "amount": "2,50"},
    ]


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        ("name,number\nJosé,2122660001\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "number,name\n2122660001,José\n".encode(), "utf-8-sig"),
        ("name,number\nJosé,2122660001\n".encode("utf-16"), "utf-16"),
        ("name,number\nJosé,2122660001\n".encode("cp1252"), None),
        # The first letter that is not ASCII stands far behind what a look at the head would see.
        (b"name,number\n" + b"Ann,\n" * 200_000 + "José,2122660001\n".encode("cp1252"), None),
    ],
)
def test_the_encoding_is_found_and_reported(path: Path, encoded: bytes, encoding: str | None) -> None:
    path.write_bytes(encoded)
    file = ContactFile(path, region="US")
    assert file.form.encoding in ([encoding] if encoding else ["cp1252", "latin_1"])
    for row in file.rows():
        last = row
    assert isinstance(last, Contact)
    assert last.attributes == {"name": "José"}


@pytest.mark.parametrize(
    "header",
    [
        *("phone", "number", "Phone_Number", "PhoneNumber", "phone1", "mobile", "tel", "Telephone", "cell"),
        *("Number2", "Mobile_Phone", "home-phone"),
    ],
)
def test_a_number_column_is_known_by_its_usual_names(path: Path, header: str) -> None:
    (row,) = contacts(read(path, f"{header},note\n2122660001,x\n"))
    assert row.numbers[0].e164 == "+12122660001"


def test_a_contact_has_as_many_numbers_as_there_are_columns_in_their_order(path: Path) -> None:
    header = ["name", *(f"phone{n}" for n in range(1, 13))]
    (row,) = contacts(read(path, ",".join(header) + "\nAnn," + ",".join(f"212266{n:04d}" for n in range(1, 13)) + "\n"))
    assert [number.e164 for number in row.numbers] == [f"+1212266{n:04d}" for n in range(1, 13)]
    mapping = {f"number{n}": f"phone{n}" for n in (10, 9, 2)} | {"number": "phone12"}
    rows = read(
        path, ",".join(header) + "\nAnn," + ",".join(f"212266{n:04d}" for n in range(1, 13)) + "\n", mapping=mapping
    )
    (row,) = contacts(rows)
    assert [number.e164[-2:] for number in row.numbers] == ["12", "02", "09", "10"]


@pytest.mark.parametrize("header", ["email", "E-Mail", "mail", "Email Address"])
def test_an_e_mail_column_and_a_language_column_are_known_by_their_usual_names(path: Path, header: str) -> None:
    (row,) = contacts(read(path, f"phone,{header},Lang\n2122660001,ann@example.com,es-MX\n"))
    assert (row.email, row.language) == ("ann@example.com", "es-MX")


def test_account_and_house_numbers_are_attributes(path: Path) -> None:
    (row,) = contacts(read(path, "account_number,house number,phone\n5,7,2122660001\n"))
    assert row.attributes == {"account_number": "5", "house_number": "7"}


def test_numbers_keep_the_order_of_the_columns_and_empty_or_double_ones_are_left_out(path: Path) -> None:
    (row,) = contacts(read(path, "phone1,phone2,phone3,phone4\n,2122660002,2122660001,(212) 266-0002\n"))
    assert [number.e164 for number in row.numbers] == ["+12122660002", "+12122660001"]


def test_zone_and_priority_are_read_and_checked(path: Path) -> None:
    rows = read(
        path,
        "number,timezone,priority\n2122660001,Europe/Berlin,-3\n2122660002,Mars/Base,1\n2122660003,,high\n",
    )
    (good,) = contacts(rows)
    assert (good.zone, good.priority) == ("Europe/Berlin", -3)
    assert [(row.line, row.column, row.value, row.reason) for row in rejected(rows)] == [
        (3, "timezone", "Mars/Base", "is no time zone"),
        (4, "priority", "high", "is no whole number"),
    ]


def test_a_mapping_takes_the_columns_it_names_and_no_others(path: Path) -> None:
    mapping = {"number": "Telefon", "number2": "Handy", "first_name": "Vorname", "zone": "Ort"}
    rows = read(
        path,
        "Vorname;Telefon;Handy;Ort;Notiz\nAnn;030 901820;0151 23456789;Europe/Berlin;x\n",
        region="DE",
        mapping=mapping,
    )
    (row,) = contacts(rows)
    assert [number.e164 for number in row.numbers] == ["+4930901820", "+4915123456789"]
    assert (row.attributes, row.zone) == ({"first_name": "Ann"}, "Europe/Berlin")


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ({"number": "Fon"}, "no column 'Fon'"),
        ({"name": "Vorname"}, "no column for number"),
        ({"number": "Telefon", "a b": "Vorname", "a-b": "Telefon"}, "same name: a_b"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(path: Path, mapping: dict[str, str], complaint: str) -> None:
    with pytest.raises(BadInputError, match=complaint):
        read(path, "Vorname;Telefon\nAnn;030 901820\n", mapping=mapping)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"\n\n,,,\n", "is blank"),
        (b"name,city\nAnn,Rome\n", "no column is a phone number: name, city"),
        (b"a\x1b[31m,b\n1,2\n", r"a\?\[31m"),  # nothing of the file may play with the terminal
        (b",".join(b"c%d" % i for i in range(201)) + b"\n", "has 201 columns"),
        (b"phone,First Name,first-name\n", "two columns have the same name: first_name"),
        (b'"phone,name\n2122660001,Ann\n', "a quote that is not closed"),
        (b"PK\x03\x04" + b"\0" * 100, "is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is a spreadsheet"),
    ],
)
def test_a_file_without_a_usable_header_is_refused_with_the_reason(path: Path, content: bytes, complaint: str) -> None:
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=complaint) as raised:
        ContactFile(path, region="US")
    assert raised.value.hint


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        ContactFile(tmp_path / "none.csv", region="US")
    with pytest.raises(BadInputError, match="is no file"):
        ContactFile(tmp_path, region="US")


# What stands in one row, and what becomes of it: an attribute's text (None: the row is rejected).
HOSTILE_NOTES: list[tuple[bytes, str | None]] = [
    (b"../../etc/passwd", "../../etc/passwd"),
    (b"&Local/1@evil/n", "&Local/1@evil/n"),
    (b'=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
    (b"\"=cmd|' /C calc'!A0\"", "=cmd|' /C calc'!A0"),
    (b"@SUM(1)", "@SUM(1)"),
    (b"'; DROP TABLE contact; --", "'; DROP TABLE contact; --"),
    (b"[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),
    (b'5" pipe', '5" pipe'),
    (b'"says ""hi"""', 'says "hi"'),
    (b'"two\nlines"', "two\nlines"),
    (b"nul\x00byte", None),
    (b"esc\x1b[2J", None),
    (b"bell\x07", None),
    ("right‮to left".encode(), None),
    (b"x" * 10_000, None),
    (b"x" * 200_000, None),
    (b"x" * 3_000_000, None),
    (b'"never closed', None),
    (b'"closed" early', None),
    (b"one,too,many", None),
]


@pytest.mark.parametrize(("cell", "kept"), HOSTILE_NOTES, ids=range(len(HOSTILE_NOTES)))
def test_a_hostile_cell_is_kept_literally_or_rejected_and_the_next_rows_are_read(
    path: Path, cell: bytes, kept: str | None
) -> None:
    rows = read(path, b"number,note\n2122660001," + cell + b"\n" + f"{GOOD},after\n".encode() * 60)
    first, *after = rows
    if kept is None:
        assert isinstance(first, RejectedRow)
        assert first.line == 2
        assert first.reason
        assert len(first.value) <= 63
        assert first.value.isprintable()
    else:
        assert isinstance(first, Contact)
        assert first.attributes == {"note": kept}
    assert [row.attributes["note"] for row in contacts(after)] == ["after"] * 60


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "n/a",
        "call 2122660001",
        "=2122660001",
        "../2122660001",
        "2122660001&Local/9@x",
        "2122660001@evil.example",
        "2122660001;phone-context=+44",
        "2122660001\0",
        "sip:2122660001@x",
        "2122660001 / 2122660002",
        "212266",
        "+1 212 266 0001 x5",
        "1-800-FLOWERS",
        "2.12266E+09",
        "2122660001.0",
        "9" * 10_000,
        "+",
        "#REF!",
    ],
)
def test_what_is_no_plain_number_is_never_made_into_one(path: Path, cell: str) -> None:
    rows = read(path, f"number\tnote\n{cell}\tx\n{GOOD}\ty\n")
    first, second = rows
    assert isinstance(first, RejectedRow)
    assert (first.line, first.column) == (2, "number")
    assert isinstance(second, Contact)


@pytest.mark.parametrize(
    "cell",
    ["2122660001", " (212) 266-0001 ", "+1 212.266.0001", "'+12122660001", "tel:+12122660001", "001 212 266 0001"],
)
def test_a_number_may_be_written_as_people_do(path: Path, cell: str) -> None:
    region = "DE" if cell.startswith("00") else "US"
    (row,) = contacts(read(path, f"number\tnote\n{cell}\tx\n", region=region))
    assert row.numbers[0].e164 == "+12122660001"


def test_an_unclosed_quote_costs_its_own_row_only_however_far_the_next_quote_is(path: Path) -> None:
    text = 'number,name\n2122660001,"Ann\n' + f"{GOOD},x\n" * 200 + '2122660002,"Bob"\n2122660003,"Cid'
    rows = read(path, text)
    assert [row.line for row in rejected(rows)] == [2, 204]
    assert [row.reason for row in rejected(rows)] == ["has a quote that is not closed"] * 2
    assert len(contacts(rows)) == 201


def test_two_unclosed_quotes_do_not_swallow_the_rows_between_them(path: Path) -> None:
    rows = read(path, f'number,name\n2122660001,"Ann\n{GOOD},x\n2122660002,"Bob" Bee\n{GOOD},y\n')
    assert [row.line for row in rejected(rows)] == [2, 4]
    assert [row.attributes["name"] for row in contacts(rows)] == ["x", "y"]


def test_lines_are_counted_as_an_editor_counts_them(path: Path) -> None:
    rows = read(path, 'number,note\n\n2122660001,"a\nb"\n\nbad,x\n')
    assert [(row.line, row.value) for row in rejected(rows)] == [(6, "bad")]


def test_delimiters_for_columns_that_are_not_there_are_forgiven_but_missing_cells_are_not(path: Path) -> None:
    rows = read(path, "number,a,b\n2122660001,1,2,,\n2122660002,1\n2122660003,1,2,3\n")
    assert len(contacts(rows)) == 1
    assert [row.reason for row in rejected(rows)] == [
        "has 2 cells where the header has 3",
        "has 4 cells where the header has 3",
    ]


@given(header=st.text(max_size=80), index=st.integers(0, 199))
def test_every_header_becomes_a_legal_attribute_name(header: str, index: int) -> None:
    assert ATTRIBUTE.match(attribute_name(header, index))


def test_a_header_in_another_script_keeps_its_column(path: Path) -> None:
    (row,) = contacts(read(path, "номер,number,Größe,1st\nx,2122660001,y,z\n"))
    assert row.attributes == {"column_1": "x", "grosse": "y", "x_1st": "z"}


_ANY = st.one_of(st.binary(max_size=400), st.text(alphabet='",;\n\r\t\0x+1 ', max_size=200).map(str.encode))
_MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_MANY
@given(body=_ANY)
def test_no_content_makes_reading_raise(path: Path, body: bytes) -> None:
    path.write_bytes(b"number,note\n" + body)
    rows = list(ContactFile(path, region="US").rows())
    assert all(row.reason and len(row.value) <= 63 and row.value.isprintable() for row in rejected(rows))


@_MANY
@given(body=_ANY.map(lambda body: body.replace(b'"', b"")))
def test_no_content_without_quotes_touches_the_next_row(path: Path, body: bytes) -> None:
    path.write_bytes(b"number,note\n" + body + b"\n" + f"{GOOD},last\n".encode())
    last = list(ContactFile(path, region="US").rows())[-1]
    assert isinstance(last, Contact)
    assert last.attributes == {"note": "last"}


def test_reading_takes_the_same_memory_for_any_length(path: Path) -> None:
    with path.open("w") as handle:
        handle.write("number,note\n")
        for index in range(20_000):
            handle.write(f'bad{index},"{"x" * 200}"\n')
    tracemalloc.start()
    count = sum(1 for _ in ContactFile(path, region="US").rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 3_000_000


def test_a_do_not_call_reading_takes_every_number_whatever_else_is_wrong_in_its_row(path: Path) -> None:
    path.write_text("phone,mobile,zone,note\n2122660001,bad,Mars,x\n,,,\n2122660002,2122660003,," + "y" * 5000 + "\n")
    found = list(ContactFile(path, region="US").numbers())
    assert [each.e164 for each in found if isinstance(each, PhoneNumber)] == [
        "+12122660001",
        "+12122660002",
        "+12122660003",
    ]
    assert [(each.line, each.column) for each in found if isinstance(each, RejectedRow)] == [(2, "mobile")]


def test_position_reaches_size_for_a_progress_bar(path: Path) -> None:
    path.write_text(f"number\n{GOOD}\n")
    file = ContactFile(path, region="US")
    assert file.position == 0
    for _ in file.rows():
        assert file.position == file.size
    assert file.position == 0
