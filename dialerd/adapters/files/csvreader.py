"""Contacts from a CSV file as people have them: any delimiter, BOM, UTF-8 or Windows text.

Not here: adding them to a list (usecases/contacts.py). A row is a contact or a reason why not; nothing in a row,
however hostile, stops the rest. Text is kept literally: what is safe to show or to dial is decided where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from dialerd.adapters.files.columns import Layout, layout_by_mapping, layout_by_names, shown
from dialerd.adapters.files.csvtext import Record, find_delimiter, find_encoding, open_text, read_records
from dialerd.domain.contact import Contact, RejectedRow, attribute_trouble
from dialerd.domain.errors import BadInputError
from dialerd.domain.hours import is_zone
from dialerd.domain.phone import BadNumber, PhoneNumber, parse_number
from dialerd.ports import Form

_MAX_COLUMNS = 200
_PROBE = 64 * 1024

# As people write numbers, and no more. libphonenumber also finds one within other text and reads letters as digits;
# in a file that is a column that was read wrongly: "call 212...", "=212...", 2.12266E+09.
_WRITTEN = re.compile(r"'?(tel:)?[+(\d＋][\d\s()./‐-―\-]*\Z")
_DECIMAL = re.compile(r"\d+\.0\Z")


class ContactFile:
    """One file. Opening looks for its form; `rows` and `numbers` stream it in constant memory."""

    def __init__(
        self,
        path: Path,
        *,
        region: str,
        mapping: Mapping[str, str] | None = None,
        delimiter: str | None = None,
        follow_links: bool = True,
    ) -> None:
        """`mapping` gives a field (number, number2, zone, priority, or an attribute's name) its column's header.

        `delimiter` None: it is found out. Raises BadInputError where the file cannot be used at all.
        """
        self._path = path
        self._region = region
        self._follow_links = follow_links
        self._text: TextIO | None = None
        self.line = 1
        encoding = find_encoding(path, follow_links=follow_links)
        if delimiter is None:
            with self._open(encoding) as text:
                delimiter = find_delimiter(text.read(_PROBE))
        with self._open(encoding) as text:
            header = next(read_records(text, delimiter, encoding), None)
        if header is None or header.trouble:
            complaint = header.trouble if header else "is blank"
            raise BadInputError(f"{path}: its first line {complaint}", hint="the first line must name the columns")
        if len(header.cells) > _MAX_COLUMNS:
            raise BadInputError(f"{path} has {len(header.cells)} columns", hint=f"at most {_MAX_COLUMNS} are read")
        self.form = Form(encoding=encoding, delimiter=delimiter, columns=[shown(name.strip()) for name in header.cells])
        self._layout: Layout
        if mapping is None:
            self._layout = layout_by_names(header.cells, source=str(path))
        else:
            self._layout = layout_by_mapping(header.cells, mapping, source=str(path))

    @property
    def size(self) -> int:
        """Bytes of the file; with `position` for a progress bar."""
        return self._path.stat().st_size

    @property
    def position(self) -> int:
        """Bytes read so far by the stream that is being read; a block ahead of the row."""
        return 0 if self._text is None else self._text.buffer.tell()

    def rows(self) -> Iterator[Contact | RejectedRow]:
        """Each row as a contact, or why it is none."""
        for record in self._records():
            rejected = self._misshapen(record)
            yield rejected or self._contact(record)

    def numbers(self) -> Iterator[PhoneNumber | RejectedRow]:
        """Each number of each row and nothing else of it.

        For do-not-call lists: there a wrong zone or a second number that is wrong must not lose the first.
        """
        for record in self._records():
            rejected = self._misshapen(record)
            if rejected:
                yield rejected
                continue
            filled = [index for index in self._layout.numbers if record.cells[index].strip()]
            for index in filled or self._layout.numbers[:1]:
                number = self._number(record.cells[index])
                yield number if isinstance(number, PhoneNumber) else self._rejected(record, index, number)

    @contextmanager
    def _open(self, encoding: str) -> Iterator[TextIO]:
        with open_text(self._path, encoding, follow_links=self._follow_links) as text:
            self._text = text
            try:
                yield text
            finally:
                self._text = None

    def _records(self) -> Iterator[Record]:
        with self._open(self.form.encoding) as text:
            records = read_records(text, self.form.delimiter, self.form.encoding)
            next(records, None)  # the header
            for record in records:
                self.line = record.line
                yield record

    def _misshapen(self, record: Record) -> RejectedRow | None:
        cells, width = record.cells, len(self.form.columns)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()  # spreadsheets like to write delimiters for columns that are not there
        trouble = record.trouble
        if not trouble and len(cells) != width:
            trouble = f"has {len(cells)} cells where the header has {width}"
        return RejectedRow(line=record.line, column="", value=shown(cells[0]), reason=trouble) if trouble else None

    def _rejected(self, record: Record, index: int, reason: str) -> RejectedRow:
        return RejectedRow(
            line=record.line, column=self.form.columns[index], value=shown(record.cells[index]), reason=reason
        )

    def _number(self, cell: str) -> PhoneNumber | str:
        """The number, or why there is none."""
        written = cell.strip()
        number = parse_number(written.removeprefix("'"), region=self._region)
        if isinstance(number, BadNumber):
            return number.reason
        if not _WRITTEN.match(written):
            return "has characters that do not belong to a phone number"
        if _DECIMAL.match(written):
            return "is written as a decimal number; save the column as text"
        return number

    def _contact(self, record: Record) -> Contact | RejectedRow:
        cells, layout = record.cells, self._layout
        numbers: dict[str, PhoneNumber] = {}
        filled = [index for index in layout.numbers if cells[index].strip()]
        for index in filled or layout.numbers[:1]:
            number = self._number(cells[index])
            if isinstance(number, str):
                return self._rejected(record, index, number)
            numbers[number.e164] = number
        zone = cells[layout.zone].strip() if layout.zone is not None else ""
        if layout.zone is not None and zone and not _is_zone(zone):
            return self._rejected(record, layout.zone, "is no time zone")
        priority = cells[layout.priority].strip() if layout.priority is not None else ""
        if layout.priority is not None and priority and not re.fullmatch(r"-?[0-9]{1,6}", priority):
            return self._rejected(record, layout.priority, "is no whole number")
        attributes = {}
        for index, name in layout.attributes.items():
            value = cells[index].strip()
            if not value:
                continue
            if trouble := attribute_trouble(name, value):
                return self._rejected(record, index, trouble)
            attributes[name] = value
        return Contact(
            numbers=tuple(numbers.values()), attributes=attributes, zone=zone or None, priority=int(priority or 0)
        )


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    return is_zone(name)
