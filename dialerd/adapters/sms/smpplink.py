"""One connection to an SMSC: requests and their answers, its own requests in order, proof that it is alive.

Not here: binding again after a loss, and what is sent (smpp.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dialerd.adapters.sms import status
from dialerd.adapters.sms.pdu import (
    HEADER,
    LONGEST,
    Bind,
    Command,
    Pdu,
    PduError,
    ShortMessage,
    decode,
    encode,
    response_to,
)
from dialerd.ports import Clock
from dialerd.tasks import end, spawn

_ANSWER_S = 10.0
_SHORTEST_SLEEP_S = 0.01
_MOST_WAITING = 1000
_LAST_SEQUENCE = 0x7FFF_FFFF


class LinkLost(Exception):
    """The connection is over. `was_written`: the request may have reached the other side."""

    def __init__(self, reason: str, *, was_written: bool = True) -> None:
        super().__init__(reason)
        self.was_written = was_written


class Link:
    """`deliver` is given each deliver_sm, one after the other, and returns the status it is answered with.

    `on_lost` is called the moment the link is known to be lost, before whoever waits for an answer hears of it.
    """

    def __init__(
        self,
        name: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        clock: Clock,
        enquire_s: float,
        deliver: Callable[[ShortMessage], Awaitable[int]],
        on_lost: Callable[[], None],
    ) -> None:
        self._name = name
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._enquire_s = enquire_s
        self._deliver = deliver
        self._on_lost = on_lost
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._arrived: asyncio.Queue[Pdu] = asyncio.Queue(_MOST_WAITING)
        self._sequence = 0
        self._heard_at = clock.steady()
        self._lost = ""

    async def request(self, command: Command, body: ShortMessage | Bind | None = None) -> Pdu:
        """Ask, and wait for the answer. Raises LinkLost; PduError where the answer cannot be read."""
        if self._lost:
            raise LinkLost(self._lost, was_written=False)
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        sequence = self._sequence
        self._waiting[sequence] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_ANSWER_S):
                self._write(Pdu(command=command, sequence=sequence, body=body))
                await self._writer.drain()
                return await self._waiting[sequence]
        except TimeoutError:
            raise self._lose(f"no answer for {_ANSWER_S:g} s") from None
        except OSError as error:
            raise self._lose(_plain(error)) from error
        finally:
            del self._waiting[sequence]

    async def serve(self) -> None:
        """Read until the link is lost. Raises LinkLost."""
        answering = spawn(f"texts from {self._name}", self._answer())
        probing = spawn(f"probe of {self._name}", self._probe())
        try:
            await self._read()
        except (OSError, asyncio.IncompleteReadError) as error:
            raise self._lose(_plain(error) if isinstance(error, OSError) else "the other side has closed it") from error
        finally:
            self._lose("it was closed")
            await end(answering, probing)

    def say_goodbye(self) -> None:
        """Unbind without waiting, and close."""
        if not self._lost:
            self._write(Pdu(command=Command.UNBIND, sequence=self._sequence + 1))
        self._lose("we have ended it")

    def _lose(self, reason: str) -> LinkLost:
        if not self._lost:
            self._lost = reason
            self._on_lost()
            self._writer.close()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(LinkLost(reason))
        return LinkLost(self._lost)

    # Reading

    async def _read(self) -> None:
        while True:
            head = await self._reader.readexactly(4)
            length = int.from_bytes(head, "big")
            if not HEADER.size <= length <= LONGEST:
                raise self._lose(f"it sent a PDU of {length} octets")
            octets = head + await self._reader.readexactly(length - 4)
            self._heard_at = self._clock.steady()
            try:
                self._take(decode(octets))
            except PduError as error:
                self._unreadable(error)

    def _take(self, pdu: Pdu) -> None:
        if pdu.command & Command.GENERIC_NACK:  # an answer: its first bit is set
            waiting = self._waiting.get(pdu.sequence)
            if waiting is not None and not waiting.done():
                waiting.set_result(pdu)
        elif pdu.command is Command.ENQUIRE_LINK:
            self._write(response_to(pdu))
        elif pdu.command is Command.UNBIND:
            self._write(response_to(pdu))
            raise self._lose("the other side has unbound it")
        elif pdu.command is not Command.DELIVER_SM:
            self._write(Pdu(command=Command.GENERIC_NACK, sequence=pdu.sequence, status=0x03))
        elif self._arrived.full():
            self._write(response_to(pdu, status=status.FULL))
        else:
            self._arrived.put_nowait(pdu)

    def _unreadable(self, error: PduError) -> None:
        if error.is_answer:
            waiting = self._waiting.get(error.sequence)
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)
        else:
            self._write(Pdu(command=Command.GENERIC_NACK, sequence=error.sequence, status=error.status))

    async def _answer(self) -> None:
        """Each in its order, and only when it is stored."""
        while True:
            pdu = await self._arrived.get()
            assert isinstance(pdu.body, ShortMessage), "as decoded"
            self._write(response_to(pdu, status=await self._deliver(pdu.body)))

    async def _probe(self) -> None:
        while True:
            silent_s = self._clock.steady() - self._heard_at
            if silent_s < self._enquire_s:
                await self._clock.sleep(max(self._enquire_s - silent_s, _SHORTEST_SLEEP_S))
                continue
            with suppress(LinkLost, PduError):
                await self.request(Command.ENQUIRE_LINK)
            self._heard_at = self._clock.steady()

    def _write(self, pdu: Pdu) -> None:
        if not self._lost:
            self._writer.write(encode(pdu))


def _plain(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
