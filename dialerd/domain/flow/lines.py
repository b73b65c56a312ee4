"""On which line of a TOML text a key is, so that a complaint can point there. tomllib tells of no places.

Not here: what the text means. For a text that tomllib accepts, each of its keys and array elements has its line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")


def lines_of(text: str) -> Mapping[Path, int]:
    """The line, counted from 1, of each key and array element, by its path of names and indexes."""
    return _Scan(text).run()


def line_of(lines: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """The line of the path, or of the nearest thing around it; 1 where there is nothing of it."""
    given = tuple(path)
    return next((lines[given[:end]] for end in range(len(given), 0, -1) if given[:end] in lines), 1)


class _Scan:
    """One pass over a text that is valid TOML."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line, self._counted = text.replace("\r\n", "\n"), 0, 1, 0
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}  # how many tables an array of tables has so far

    def run(self) -> Mapping[Path, int]:
        table: Path = ()
        while self._skip(_GAP) < len(self._text):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> Path:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        names = self._keys("]")
        self._at += 2 if is_array else 1
        path: Path = ()
        for index, name in enumerate(names, 1):
            path = (*path, name)
            if is_array and index == len(names):
                self._arrays[path] = self._arrays.get(path, -1) + 1
                self._note(path)
            if path in self._arrays:
                path = (*path, self._arrays[path])
            self._note(path)
        self._lines[path] = self._line_now()
        return path

    def _pair(self, table: Path) -> None:
        path = table
        names = self._keys("=")
        self._at += 1
        for name in names:
            path = (*path, name)
            self._note(path)
        self._value(path)

    def _keys(self, end: str) -> list[str]:
        names = []
        while True:
            self._skip(_BLANK)
            if self._peek() in "\"'":
                names.append(_unquoted(self._take(_STRING)))
            else:
                names.append(self._take(_BARE))
            self._skip(_BLANK)
            if self._peek() == end:
                return names
            self._at += 1  # the dot between

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        match self._peek():
            case "[":
                self._at += 1
                index = 0
                while self._open("]"):
                    self._note((*path, index))
                    self._value((*path, index))
                    index += 1
            case "{":
                self._at += 1
                while self._open("}"):
                    self._pair(path)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_SCALAR)

    def _open(self, end: str) -> bool:
        """Whether another element comes; False with the end taken."""
        self._skip(_GAP)
        if self._peek() == ",":
            self._at += 1
            self._skip(_GAP)
        if self._peek() != end:
            return True
        self._at += 1
        return False

    def _note(self, path: Path) -> None:
        self._lines.setdefault(path, self._line_now())

    def _line_now(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        assert found is not None, "it matches nothing as well"
        self._at = found.end()
        return self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"line {self._line_now()} is no TOML")
        self._at = found.end()
        return found[0]


def _unquoted(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"])
