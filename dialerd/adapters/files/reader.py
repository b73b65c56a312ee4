"""A contact file read in chunks beside whoever takes them: a small one in a thread, a large one in a process.

Not here: what a row is (csvreader.py). Reading numbers is nearly all the work of an import and is Python from end to
end: in a process it takes nothing from the dialing, and the writing of one chunk goes on while the next is read.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from dialerd.adapters.files.csvreader import ContactFile
from dialerd.domain.contact import Contact, RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.domain.phone import PhoneNumber
from dialerd.ports import Chunk, Form

CHUNK_ROWS = 250  # rows: what one transaction takes, so that the daemon's own writes do not wait
CHUNK_NUMBERS = 500  # the same where a row is a number and no more
SORTED_NUMBERS = 500_000  # are read before the first is handed on, in the order that an index has

_LARGE = 512 * 1024  # bytes: below, starting a process takes longer than reading
_AHEAD = 3  # chunks that are read before they are asked for

Plain = tuple[Any, ...]
"""What goes between the two: plain tuples, which are pickled at a tenth of the cost of dataclasses."""


class FileReader:
    """Implements ports.ContactSource for one file. `open` before anything else; `close` at the end, whatever came."""

    def __init__(self, path: Path, *, only_numbers: bool = False, **how: Any) -> None:
        """`how`: what ContactFile takes beside the path."""
        self._path = path
        self._only_numbers = only_numbers
        self._how = how
        self._queue: queue.Queue[Plain] = queue.Queue(_AHEAD)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._pump, name=f"reader of {path.name!r}", daemon=True)
        self.form = Form(encoding="", delimiter="", columns=())
        self.size = 0

    async def open(self) -> None:
        """Look at the file's form. Raises BadInputError where the file cannot be used at all."""
        self._thread.start()
        first = await self._take()
        assert first is not None, "a file has its form before its rows"
        encoding, delimiter, columns, self.size = first
        self.form = Form(encoding=encoding, delimiter=delimiter, columns=columns)

    async def next(self) -> Chunk | None:
        message = await self._take()
        if message is None:
            return None
        taken, rejected, line, position = message
        if self._only_numbers:
            return Chunk(numbers=taken, rejected=rejected, line=line, position=position)
        return Chunk(contacts=taken, rejected=rejected, line=line, position=position)

    async def close(self) -> None:
        """End the reading, wherever it is; harmless to repeat."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._is_closed.set()
        if self._process is not None:
            self._process.kill()
        while self._thread.is_alive():  # it may wait for room in the queue
            with suppress(queue.Empty):
                self._queue.get(timeout=0.05)
        with suppress(queue.Full):
            self._queue.put_nowait(("end",))  # for a `next` that was given up, whose thread still waits

    async def _take(self) -> Plain | None:
        kind, *content = await asyncio.to_thread(self._queue.get)
        if kind == "refused":
            raise BadInputError(content[0], hint=content[1])
        if kind != "end":
            return tuple(content)
        with suppress(queue.Full):
            self._queue.put_nowait(("end",))  # it stays the end, also for whoever else waits
        return None

    def _pump(self) -> None:
        """In a thread: from the file, or from the process that reads it, into the queue."""
        try:
            for message in self._messages():
                if self._is_closed.is_set():
                    return
                self._queue.put(message)
        except OSError as error:
            self._queue.put(("refused", f"{self._path} cannot be read: {error.strerror}", "check its name and rights"))
        except Exception as error:  # noqa: BLE001  # handed to whoever waits, who would wait for ever
            self._queue.put(("refused", f"{self._path} cannot be read: {error}", "see the log of the daemon"))

    def _messages(self) -> Iterator[Plain]:
        if not self._path.is_file() or self._path.stat().st_size < _LARGE:
            for plain in read_plainly(self._path, self._how, only_numbers=self._only_numbers):
                yield from _from_plain(plain)
            return
        command = [sys.executable, "-c", "from dialerd.adapters.files.reader import main; main()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            self._process = process
            assert process.stdin is not None
            assert process.stdout is not None
            given = {"path": str(self._path), "how": self._how, "only_numbers": self._only_numbers}
            process.stdin.write(json.dumps(given).encode())
            process.stdin.close()
            is_over = False
            while not is_over:
                try:
                    plain = pickle.load(process.stdout)
                except (EOFError, pickle.UnpicklingError):  # between two messages, or within one
                    yield "refused", f"{self._path}: its reader has ended", "import it again: nothing is added twice"
                    return
                is_over = plain[0] in ("end", "refused")
                yield from _from_plain(plain)


def read_plainly(path: Path, how: Mapping[str, Any], *, only_numbers: bool = False) -> Iterator[Plain]:
    """The form, the chunks and the end of a file; or a last message that says why it cannot be read (on)."""
    try:
        file = ContactFile(path, **how)
        form = file.form
        yield "form", form.encoding, form.delimiter, tuple(form.columns), file.size
        yield from _numbers_of(file) if only_numbers else _contacts_of(file)
        yield ("end",)
    except BadInputError as error:
        yield "refused", error.message, error.hint
    except OSError as error:
        yield "refused", f"{path} cannot be read on: {error.strerror}", "import it again: nothing is added twice"


def _contacts_of(file: ContactFile) -> Iterator[Plain]:
    rows = file.rows()
    while chunk := list(islice(rows, CHUNK_ROWS)):
        contacts = [_to_plain(row) for row in chunk if isinstance(row, Contact)]
        rejected = [_rejected(row) for row in chunk if isinstance(row, RejectedRow)]
        yield "chunk", contacts, rejected, file.line, file.position


def _numbers_of(file: ContactFile) -> Iterator[Plain]:
    """Many at once and sorted: among ten million entries each number by itself would touch a page of its own, and
    forty gigabytes be written for one."""
    rows = file.numbers()
    is_over = False
    while not is_over:
        numbers, rejected = [], []
        for row in islice(rows, SORTED_NUMBERS):
            if isinstance(row, PhoneNumber):
                numbers.append(row.e164)
            else:
                rejected.append(_rejected(row))
        is_over = len(numbers) + len(rejected) < SORTED_NUMBERS
        numbers.sort()
        yield "numbers", numbers, rejected, file.line, file.position


def _rejected(row: RejectedRow) -> Plain:
    return row.line, row.column, row.value, row.reason


def _to_plain(contact: Contact) -> Plain:
    numbers = tuple((number.e164, number.zones) for number in contact.numbers)
    return numbers, contact.attributes, contact.zone, contact.priority


def _from_plain(message: Plain) -> Iterator[Plain]:
    """The messages as they are handed on: with contacts, or with so many numbers as one transaction takes."""
    if message[0] not in ("chunk", "numbers"):
        yield message
        return
    kind, taken, plain, line, position = message
    rejected = [
        RejectedRow(line=row, column=column, value=value, reason=reason) for row, column, value, reason in plain
    ]
    if kind == "chunk":
        yield kind, [_to_contact(each) for each in taken], rejected, line, position
        return
    for first in range(0, len(taken), CHUNK_NUMBERS) if taken else (0,):
        yield kind, taken[first : first + CHUNK_NUMBERS], [] if first else rejected, line, position


def _to_contact(plain: Plain) -> Contact:
    numbers, attributes, zone, priority = plain
    return Contact(
        numbers=tuple(PhoneNumber(e164=e164, zones=zones) for e164, zones in numbers),
        attributes=attributes,
        zone=zone,
        priority=priority,
    )


def main() -> None:
    """The process: what to read on stdin, messages on stdout; it ends when nobody reads them any more."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the importer, which ends us
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    given = json.load(sys.stdin)
    for message in read_plainly(Path(given["path"]), given["how"], only_numbers=given["only_numbers"]):
        pickle.dump(message, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
