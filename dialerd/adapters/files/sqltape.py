"""A database dump as one long text that is read once, in blocks: the place, its line, and what is skipped on the way.

Not here: what a statement says (sqldump.py). A dump is gigabytes long and a statement of it a megabyte or more, so that
nothing is ever held but the block that is being read and the row that goes across its end.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import BinaryIO

from dialerd.adapters.files.csvtext import open_file
from dialerd.domain.errors import BadInputError

BLOCK = 1024 * 1024
LONGEST = 16 * 1024 * 1024
"""Bytes that a row, or what stands between two quotes, may have: MySQL itself sends no packet of more by default."""

_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"BZh91AY&SY": "is compressed with bzip2",
    b"\xfd7zXZ": "is compressed with xz",
    b"PK\x03\x04": "is a zip archive",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd",
}
# Up to a semicolon that stands in no string; it stops, too, before a string whose end is not read yet.
_STATEMENT = re.compile(rb"(?:[^';\"`\\]++|'(?:[^'\\]++|\\.)*+'|\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`|\\.)*+", re.DOTALL)


class Tape:
    """The dump from `at` on. `text` holds what is read and not yet passed; `line` is that of `at`, from 1."""

    def __init__(self, path: Path, *, block: int = BLOCK) -> None:
        """Raises BadInputError where it is no file, or is packed in a way that cannot be streamed."""
        self._path = path
        self._block = block
        self._file = open_file(path, follow_links=True)
        self.size = path.stat().st_size
        first = self._file.read(16)
        self._file.seek(0)
        for beginning, complaint in _OTHERS.items():
            if first.startswith(beginning):
                self._file.close()
                raise BadInputError(f"{path} {complaint}", hint="unpack it, or pack it with gzip")
        self._stream: BinaryIO = gzip.GzipFile(fileobj=self._file) if first.startswith(_GZIP) else self._file  # type: ignore[assignment]  # it reads bytes all the same
        self.text = b""
        self.at = 0
        self.line = 1
        self.is_over = False  # everything is read; what is left of it stands in `text`
        self.is_torn = False  # it was cut off in the middle of its packing

    @property
    def position(self) -> int:
        """Bytes of the file that are read so far."""
        return self._file.tell()

    def close(self) -> None:
        self._stream.close()
        self._file.close()

    def more(self) -> bool:
        """Read on; False: there is nothing more. Raises BadInputError where the file cannot be read on."""
        if self.is_over:
            return False
        try:
            block = self._stream.read(self._block)
        except EOFError:
            block, self.is_torn = b"", True
        except (OSError, zlib.error) as error:
            raise BadInputError(f"{self._path} cannot be read on: {error}", hint="copy the dump anew") from error
        self.is_over = not block
        self.text = self.text[self.at :] + block
        self.at = 0
        return not self.is_over

    def ahead(self, size: int) -> None:
        """Have the next `size` bytes in `text`, as far as there are as many."""
        while len(self.text) - self.at < size and self.more():
            pass

    def passes(self, end: int) -> None:
        """Go on to `end` of the text, lines counted."""
        self.line += self.text.count(b"\n", self.at, end)
        self.at = end

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """What the pattern finds at this place and ends before the end of what is read; read on until it does."""
        while True:
            found = pattern.match(self.text, self.at)
            if (found is not None and found.end() < len(self.text)) or self.is_over:
                return found
            if len(self.text) - self.at > LONGEST:
                return None
            self.more()

    def skip_statement(self) -> None:
        """Go on behind the semicolon that ends this statement; one within a string ends none."""
        while True:
            found = _STATEMENT.match(self.text, self.at)
            assert found is not None, "it may be empty"
            self.passes(found.end())
            if self.at < len(self.text) and self.text[self.at : self.at + 1] == b";":
                self.passes(self.at + 1)
                return
            left = len(self.text) - self.at
            if left > LONGEST:  # a quote that nobody closed: what looks like a line of its own is believed
                self.skip_line()
                return
            if not self.more():
                self.passes(len(self.text))
                return

    def skip_line(self) -> None:
        """Go on to the beginning of the next line."""
        while True:
            end = self.text.find(b"\n", self.at)
            if end >= 0:
                self.passes(end + 1)
                return
            self.passes(len(self.text))
            if not self.more():
                return
