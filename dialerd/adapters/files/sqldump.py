"""The rows of some tables of a dump as mysqldump, mariadb-dump and phpMyAdmin write them, one at a time.

Not here: blocks and lines (sqltape.py), what a table means (domain/vicidial). Only CREATE TABLE (for the names of the
columns) and INSERT are read; every other statement is passed over. A row that cannot be read is told with its line, and
takes no other with it as far as the next one can be told from it. Nothing is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from dialerd.adapters.files.columns import shown
from dialerd.adapters.files.sqltape import BLOCK, LONGEST, Tape
from dialerd.domain.contact import RejectedRow
from dialerd.ports import DumpRow

_NAME = rb"(?:`[^`]{1,64}`|\"[^\"]{1,64}\"|[A-Za-z0-9_$]{1,64})"
_SPACE = re.compile(rb"[\s;]*")
_COMMENT = re.compile(rb"(?:--[^\n]*|#[^\n]*)(?:\n|\Z)")
_BLOCK_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_DELIMITER = re.compile(rb"DELIMITER\s+(\S+)[^\n]*\n", re.IGNORECASE)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?(?:"
    + _NAME
    + rb"\s*\.\s*)?"
    rb"(" + _NAME + rb")\s*(?:\(((?:\s*" + _NAME + rb"\s*,)*\s*" + _NAME + rb"\s*)\)\s*)?VALUES?\s*",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rb"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:" + _NAME + rb"\s*\.\s*)?(" + _NAME + rb")\s*\(", re.IGNORECASE
)
_STARTS = re.compile(rb"(?:INSERT|REPLACE|CREATE\s+TABLE)\b", re.IGNORECASE)
_HEAD = 64 * 1024  # bytes within which a statement says which table it is about and, if it does, which columns

_STRING = rb"'(?:[^'\\]++|\\.|'')*+'"
# A column, or a key: its name, and what follows up to the next comma that stands in no string and no brackets.
_DEFINITION = re.compile(
    rb"\s*(" + _NAME + rb")\s*(?:[^',()]++|" + _STRING + rb"|\((?:[^'()]++|" + _STRING + rb")*+\))*+(,|\)|\Z)",
    re.DOTALL,
)
_NO_COLUMN = frozenset(b"PRIMARY KEY UNIQUE INDEX CONSTRAINT FULLTEXT FOREIGN SPATIAL CHECK".split())

_ROW = re.compile(rb"\s*\((?:[^'()\\]++|" + _STRING + rb")*+\)", re.DOTALL)
_AFTER_ROW = re.compile(rb"\s*([,;])\s*")
_VALUE = re.compile(
    rb"\s*(?:(NULL)|([-+]?[0-9][0-9.eE+-]*|[-+]?\.[0-9]+)|(?:_[a-z0-9]+\s*)?'((?:[^'\\]++|\\.|'')*+)'"
    rb"|(?:0[xX]|[xX]')([0-9A-Fa-f]*)'?|(TRUE|FALSE))\s*([,)])",
    re.DOTALL | re.IGNORECASE,
)
_NEXT_ROW = re.compile(rb"\)\s*,\s*(?=\()")
_ESCAPED = re.compile(rb"\\(.)|''", re.DOTALL)
_ESCAPES = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}
_TRIES = 200  # places within a broken statement at which the next row may begin
_SHOWN = 40
_UNREADABLE = "cannot be read as a row"

# MySQL's names for the code pages that are not Python's; its latin1 is Windows' one.
_CODE_PAGES = {
    "latin2": "iso8859-2",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "greek": "iso8859-7",
    "latin5": "iso8859-9",
    "hebrew": "iso8859-8",
}

_SET_NAMES = re.compile(rb"/\*![0-9]*\s*SET\s+NAMES\s+([A-Za-z0-9]+)", re.IGNORECASE)
_COMPLETED = re.compile(rb"-- Dump completed on (\d{4}-\d\d-\d\d\s+\d{1,2}:\d\d:\d\d)")


class SqlDump:
    """One dump. `rows` streams it from its beginning, each time it is called; constant memory."""

    def __init__(self, path: Path, *, block: int = BLOCK) -> None:
        self._path = path
        self._block = block
        self._head = min(_HEAD, 40 * block)
        self._tape: Tape | None = None
        self.charset = ""
        self.completed = ""  # when it was made, by the clock of whoever made it; empty: it does not say, or was cut off
        with closing(self._open()) as tape:
            self.size = tape.size

    @property
    def position(self) -> int:
        """Bytes read so far by the stream that is being read."""
        return 0 if self._tape is None else self._tape.position

    def rows(self, tables: Collection[str]) -> Iterator[DumpRow | RejectedRow]:
        """Each row of those tables, or why it is none. Raises BadInputError where the file cannot be read on."""
        with closing(self._open()) as tape:
            self._tape = tape
            try:
                yield from self._statements(tape, tables)
            finally:
                self._tape = None
            if tape.is_torn:
                yield _rejected(tape, "", b"", "the packed file ends in the middle: what came before is read")

    def _open(self) -> Tape:
        return Tape(self._path, block=self._block)

    def _statements(self, tape: Tape, tables: Collection[str]) -> Iterator[DumpRow | RejectedRow]:
        columns: dict[str, Sequence[str]] = {}
        while True:
            if (blank := tape.match(_SPACE)) is not None:
                tape.passes(blank.end())
            tape.ahead(self._head)
            if tape.at == len(tape.text):
                return
            if self._passed_by(tape):
                continue
            if not _STARTS.match(tape.text, tape.at):
                tape.skip_statement()
                continue
            created, inserted = _CREATE.match(tape.text, tape.at), _INSERT.match(tape.text, tape.at)
            if created is not None and (table := _name(created[1])) in tables:
                tape.passes(created.end())
                columns[table] = _columns(tape)
            elif inserted is not None and (table := _name(inserted[1])) in tables:
                given = inserted[2]
                names = columns.get(table, ()) if given is None else [_name(each) for each in given.split(b",")]
                tape.passes(inserted.end())
                yield from _rows(tape, table, names, self.charset)
            else:
                tape.skip_statement()

    def _passed_by(self, tape: Tape) -> bool:
        """Comments, and the bodies of triggers and procedures, whose semicolons end nothing."""
        if found := _COMMENT.match(tape.text, tape.at):
            if made := _COMPLETED.match(found[0]):
                self.completed = made[1].decode()
            tape.skip_line()
            return True
        if tape.text.startswith(b"/*", tape.at):
            if named := _SET_NAMES.match(tape.text, tape.at):
                self.charset = self.charset or named[1].decode().lower()
            comment = tape.match(_BLOCK_COMMENT)
            tape.passes(comment.end()) if comment is not None else tape.skip_line()
            return True
        if found := _DELIMITER.match(tape.text, tape.at):
            if found[1] == b";":
                tape.passes(found.end())
                return True
            while not (back := _DELIMITER.match(tape.text, tape.at)) or back[1] != b";":
                before = tape.line, tape.at
                tape.skip_line()
                tape.ahead(self._head)
                if (tape.line, tape.at) == before and tape.is_over:
                    break
            return True
        return False


def _columns(tape: Tape) -> Sequence[str]:
    """The names of the columns, in order, from behind the bracket of a CREATE TABLE on."""
    names: list[str] = []
    while (found := tape.match(_DEFINITION)) is not None:
        tape.passes(found.end())
        quoted, plain = found[1][:1] in b'`"', found[1].upper()
        if quoted or plain not in _NO_COLUMN:
            names.append(_name(found[1]))
        if found[2] != b",":
            break
    tape.skip_statement()
    return names


def _rows(tape: Tape, table: str, names: Sequence[str], charset: str) -> Iterator[DumpRow | RejectedRow]:
    """The rows of one INSERT, from behind its VALUES to behind its semicolon."""
    if not names:
        yield _rejected(tape, table, b"", "the dump does not say which columns it has; make it with its CREATE TABLEs")
        tape.skip_statement()
        return
    while True:
        line, found = tape.line, tape.match(_ROW)
        values = _UNREADABLE if found is None else _values(tape.text, found.start(), found.end(), len(names))
        if found is None or isinstance(values, str):
            reason = values if isinstance(values, str) else _UNREADABLE
            yield _rejected(tape, table, tape.text[tape.at : tape.at + _SHOWN], reason)
            if not _goes_on(tape, len(names)):
                return
            continue
        texts = [None if value is None else read_text(value, charset) for value in values]
        yield DumpRow(table=table, values=dict(zip(names, texts, strict=True)), line=line)
        tape.passes(found.end())
        then = tape.match(_AFTER_ROW)
        if then is None:
            if tape.text[tape.at :].strip():
                yield _rejected(tape, table, tape.text[tape.at : tape.at + _SHOWN], "something else follows the row")
                if _goes_on(tape, len(names)):
                    continue
            else:
                tape.passes(len(tape.text))
                yield _rejected(tape, table, b"", "the dump ends in the middle of a statement: it was cut off")
            return
        tape.passes(then.end())
        if then[1] == b";":
            return


def _values(text: bytes, start: int, end: int, wanted: int) -> list[bytes | None] | str:
    """The values of a row that stands between `start` and `end`, brackets included; or why they are none."""
    at = text.index(b"(", start) + 1
    values: list[bytes | None] = []
    while at < end:
        found = _VALUE.match(text, at)
        if found is None:
            return f"value {len(values) + 1} cannot be read"
        null, plain, string, digits, truth, then = found.groups()
        if null is not None:
            values.append(None)
        elif plain is not None:
            values.append(plain)
        elif string is not None:
            values.append(_ESCAPED.sub(_unescaped, string) if b"\\" in string or b"''" in string else string)
        elif digits is not None:
            values.append(bytes.fromhex(digits.decode().zfill(len(digits) + len(digits) % 2)))
        else:
            values.append(b"1" if truth.upper() == b"TRUE" else b"0")
        at = found.end()
        if then == b")":
            break
    if at != end:
        return "has a bracket in the wrong place"
    return values if len(values) == wanted else f"has {len(values)} values where the table has {wanted} columns"


def _unescaped(found: re.Match[bytes]) -> bytes:
    letter = found[1]
    return b"'" if letter is None else _ESCAPES.get(letter, letter)


def _goes_on(tape: Tape, wanted: int) -> bool:
    """Go on to the next row of the statement that can be read; False: there is none, and the statement is passed over.

    A row that was cut in the middle may have turned strings and what is between them around, so that a place is only
    believed where a whole row begins.
    """
    if len(tape.text) - tape.at < LONGEST:
        tape.more()  # a row that goes across the end of the block has to be seen whole
    at = tape.at + 1
    for _ in range(_TRIES):
        near = _NEXT_ROW.search(tape.text, at)
        line_end = tape.text.find(b"\n", at)
        if near is None or (0 <= line_end < near.start() and not _is_row_line(tape.text, line_end)):
            break
        row = _ROW.match(tape.text, near.end())
        if row is not None and not isinstance(_values(tape.text, row.start(), row.end(), wanted), str):
            tape.passes(near.end())
            return True
        at = near.end()
    tape.skip_line()
    while _is_row_line(tape.text, tape.at - 1) and tape.at < len(tape.text):
        row = _ROW.match(tape.text, tape.at)
        if row is not None and not isinstance(_values(tape.text, row.start(), row.end(), wanted), str):
            return True
        tape.skip_line()
    return False


def _is_row_line(text: bytes, line_end: int) -> bool:
    """Whether the line after this one begins with a row, as where each row has a line of its own."""
    return text[line_end + 1 : line_end + 2] == b"("


def _name(text: bytes) -> str:
    return text.strip().strip(b'`"').decode("utf-8", "replace").lower()


def _rejected(tape: Tape, table: str, value: bytes, reason: str) -> RejectedRow:
    return RejectedRow(line=tape.line, column=table, value=shown(value.decode("utf-8", "replace")), reason=reason)


def read_text(value: bytes, charset: str) -> str:
    """A value as text: UTF-8 where it is, else the code page that the dump names, or Windows' Latin.

    ViciDial's tables are Latin-1 by their definition and hold UTF-8 all the same, as its pages are.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return value.decode(_CODE_PAGES.get(charset, "cp1252"))
        except UnicodeDecodeError:
            return value.decode("latin-1")
