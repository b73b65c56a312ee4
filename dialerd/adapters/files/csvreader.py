"""Contacts from a CSV file as people have them: any delimiter, BOM, UTF-8 or Windows text.

Not here: adding them to a list (usecases/contacts.py). A row is a contact or a reason why not; nothing in a row,
however hostile, stops the rest.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from dialerd.domain.campaign import is_zone
from dialerd.domain.contact import MAX_TEXT, Contact, RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import BadNumber, PhoneNumber, parse_number

_NUMBER = re.compile(r"(phone|number|phone_?number|telephone|tel|mobile|cell)_?[0-9]?\Z")
_ZONE = frozenset({"zone", "timezone", "time_zone", "tz"})
_DELIMITERS = ",;\t|"
_PROBE = 64 * 1024
_SHOWN = 60
_MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the file is written, as found out and said to the person."""

    encoding: str
    delimiter: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column is what, by index. `attributes` maps an index to the attribute's name."""

    numbers: Sequence[int]
    zone: int | None
    priority: int | None
    attributes: Mapping[int, str]


class ContactFile:
    """One file. Opening reads its head only; `rows` streams the rest in constant memory."""

    def __init__(self, path: Path, *, region: str, mapping: Mapping[str, str] | None = None) -> None:
        """`mapping` gives a field (number, number2, zone, priority, or an attribute's name) its column's header.

        Raises BadInputError where the file cannot be used at all.
        """
        self._path = path
        self._region = region
        try:
            with path.open("rb") as handle:
                head = handle.read(_PROBE)
        except OSError as error:
            raise BadInputError(f"{path} cannot be read: {error.strerror}") from error
        if not head.strip():
            raise BadInputError(f"{path} is empty", hint="the first line must name the columns")
        encoding = _encoding(head)
        delimiter = _delimiter(head.decode(encoding, "replace"))
        with _wide_cells(), self._open(encoding) as text:
            header = next(csv.reader(text, delimiter=delimiter), [])
        if len(header) > _MAX_COLUMNS:
            raise BadInputError(f"{path} has {len(header)} columns", hint=f"at most {_MAX_COLUMNS} are read")
        self.form = Form(encoding=encoding, delimiter=delimiter, columns=[name.strip()[:_SHOWN] for name in header])
        self._layout = _layout(header, mapping, path)

    @property
    def size(self) -> int:
        return self._path.stat().st_size

    def rows(self) -> Iterator[Contact | RejectedRow]:
        """Each row as a contact, or why it is none."""
        with _wide_cells(), self._open(self.form.encoding) as text:
            reader = csv.reader((line.replace("\0", "\ufffd") for line in text), delimiter=self.form.delimiter)
            next(reader, None)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield RejectedRow(line=reader.line_num, column="", value="", reason=f"cannot be read: {error}")
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._contact(cells, reader.line_num)

    def _open(self, encoding: str) -> io.TextIOWrapper:
        return self._path.open("r", encoding=encoding, errors="replace", newline="")

    def _contact(self, cells: list[str], line: int) -> Contact | RejectedRow:
        columns, layout = self.form.columns, self._layout

        def rejected(index: int, reason: str) -> RejectedRow:
            return RejectedRow(line=line, column=columns[index], value=_shown(cells[index]), reason=reason)

        if len(cells) != len(columns):
            reason = f"has {len(cells)} cells where the header has {len(columns)}"
            return RejectedRow(line=line, column="", value=_shown(cells[0]), reason=reason)
        numbers: list[PhoneNumber] = []
        for index in layout.numbers:
            if not cells[index].strip() and index != layout.numbers[0]:
                continue
            number = parse_number(cells[index], region=self._region)
            if isinstance(number, BadNumber):
                return rejected(index, number.reason)
            numbers.append(number)
        zone = cells[layout.zone].strip() if layout.zone is not None else ""
        if zone and not is_zone(zone):
            assert layout.zone is not None
            return rejected(layout.zone, "is no time zone")
        priority = 0
        if layout.priority is not None and cells[layout.priority].strip():
            if not re.fullmatch(r"-?[0-9]{1,6}", cells[layout.priority].strip()):
                return rejected(layout.priority, "is no whole number")
            priority = int(cells[layout.priority])
        attributes = {}
        for index, name in layout.attributes.items():
            value = cells[index].strip()
            if len(value) > MAX_TEXT:
                return rejected(index, f"is longer than {MAX_TEXT} characters")
            if not _printable(value):
                return rejected(index, "has control characters")
            if value:
                attributes[name] = value
        return Contact(numbers=tuple(numbers), attributes=attributes, zone=zone or None, priority=priority)


@contextmanager
def _wide_cells() -> Iterator[None]:
    """A huge cell is one bad row, not the end of the file: the module's limit would stop the reader for good."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _encoding(head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 3:  # a character cut in two by the end of the probe
            return "utf-8"
        # Among the one-byte code pages; what is not Windows-1252 text is rare in contact files.
        best = from_bytes(head, cp_isolation=["cp1252", "latin_1"]).best()
        return best.encoding if best is not None else "cp1252"
    return "utf-8"


def _delimiter(head: str) -> str:
    """The delimiter that splits the first lines most evenly; csv.Sniffer guesses letters on short files."""
    lines = [line for line in head.splitlines()[:20] if line.strip()]

    def evenness(delimiter: str) -> tuple[bool, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        return (widths.count(widths[0]) * 2 > len(widths), widths[0])

    with _wide_cells():
        return max(_DELIMITERS, key=evenness)


def _layout(header: list[str], mapping: Mapping[str, str] | None, path: Path) -> Layout:
    names = [_plain(cell) for cell in header]
    if mapping is not None:
        return _mapped(header, mapping, path)
    numbers = [index for index, name in enumerate(names) if _NUMBER.match(name)]
    if not numbers:
        raise BadInputError(
            f"{path}: no column is a phone number: {', '.join(cell[:_SHOWN] for cell in header[:10])}",
            hint='name one "number" or "phone", or give a mapping with --map',
        )
    zone = next((index for index, name in enumerate(names) if name in _ZONE), None)
    priority = names.index("priority") if "priority" in names else None
    taken = {*numbers, zone, priority}
    attributes = {index: name for index, name in enumerate(names) if index not in taken and name}
    if len(set(attributes.values())) < len(attributes):
        raise BadInputError(f"{path}: two columns have the same name", hint="rename one of them")
    return Layout(numbers=numbers, zone=zone, priority=priority, attributes=attributes)


def _mapped(header: list[str], mapping: Mapping[str, str], path: Path) -> Layout:
    places = {cell.strip(): index for index, cell in enumerate(header)}
    missing = [column for column in mapping.values() if column not in places]
    if missing:
        raise BadInputError(f"{path} has no column {missing[0][:_SHOWN]!r}, which the mapping names")
    numbers = [places[column] for field, column in sorted(mapping.items()) if re.fullmatch(r"number[0-9]?", field)]
    if not numbers:
        raise BadInputError("the mapping names no column for number", hint='write number = "the column\'s header"')
    special = {"zone", "priority"}
    attributes = {
        places[column]: _plain(field)
        for field, column in mapping.items()
        if field not in special and not re.fullmatch(r"number[0-9]?", field)
    }
    return Layout(
        numbers=numbers,
        zone=places[mapping["zone"]] if "zone" in mapping else None,
        priority=places[mapping["priority"]] if "priority" in mapping else None,
        attributes=attributes,
    )


def _plain(header: str) -> str:
    """A header as an attribute's name: "First Name" is first_name."""
    name = re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")[:40]
    return f"x_{name}"[:40] if name[:1].isdigit() else name


def _printable(text: str) -> bool:
    return all(character.isprintable() or character in "\t\n\r" for character in text)


def _shown(value: str) -> str:
    """A value for a report: cut, and with nothing that could play with a terminal."""
    text = "".join(character if character.isprintable() else "?" for character in value[:_SHOWN])
    return text + ("..." if len(value) > _SHOWN else "")
