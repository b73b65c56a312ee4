"""An SMSC in memory, on any clock: it takes, refuses, keeps silent, delivers, and its wire can be cut.

Not here: any expectation. It writes and reads octets with the adapter's own codec, which tests/adapters/sms/test_pdu.py
holds against another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from dialerd.adapters.sms.pdu import HEADER, Bind, Command, Named, Pdu, ShortMessage, decode, encode, response_to
from dialerd.domain.errors import StoreError
from dialerd.ports import Clock, Piece


class Wire:
    """One connection. Implements what a Link uses of asyncio.StreamWriter; the other direction is `reader`."""

    def __init__(self, smsc: Smsc) -> None:
        self.reader = asyncio.StreamReader()
        self.is_cut = False
        self._smsc = smsc
        self._octets = b""

    def write(self, octets: bytes) -> None:
        if self.is_cut:
            return
        self._octets += octets
        while len(self._octets) >= HEADER.size:
            length = int.from_bytes(self._octets[:4], "big")
            if len(self._octets) < length:
                break
            pdu, self._octets = decode(self._octets[:length]), self._octets[length:]
            self._smsc.take(self, pdu)

    async def drain(self) -> None:
        if self.is_cut:
            raise ConnectionResetError(104, "Connection reset by peer")

    def close(self) -> None:
        self.cut()

    def cut(self) -> None:
        if not self.is_cut:
            self.is_cut = True
            self.reader.feed_eof()

    def tell(self, pdu: Pdu) -> None:
        if not self.is_cut:
            self.reader.feed_data(encode(pdu))


class Smsc:
    """`taken`: every submit_sm with its second, refused ones left out. `answers`: what our deliver_sm were answered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.taken: list[tuple[float, ShortMessage]] = []
        self.answers: list[int] = []
        self.binds: list[tuple[float, Bind]] = []
        self.commands: list[Command] = []
        self.wires: list[Wire] = []
        self.bind_status = 0
        self.refusals: list[int] = []  # of the next submit_sm
        self.answer_s = 0.01
        self.is_silent = False
        self.name_of: Callable[[int], str] = "id{}".format
        self.cuts_before_answer = 0  # of the next submit_sm: taken, and the wire cut
        self.is_unreachable = False
        self.waiting = self.most_waiting = 0
        self._sequence = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.is_unreachable:
            raise ConnectionRefusedError(111, "Connection refused")
        wire = Wire(self)
        self.wires.append(wire)
        return wire.reader, cast(asyncio.StreamWriter, wire)

    def cut(self) -> None:
        """The wire breaks, if there is one."""
        for wire in self.wires[-1:]:
            wire.cut()

    def take(self, wire: Wire, pdu: Pdu) -> None:
        self.commands.append(pdu.command)
        if pdu.command is Command.DELIVER_SM_RESP:
            self.answers.append(pdu.status)
        if self.is_silent or pdu.command & Command.GENERIC_NACK:
            return
        if isinstance(pdu.body, Bind):
            self.binds.append((self.clock.steady(), pdu.body))
            body = Named(name="smsc") if self.bind_status == 0 else None
            wire.tell(
                Pdu(command=Command.BIND_TRANSCEIVER_RESP, sequence=pdu.sequence, status=self.bind_status, body=body)
            )
        elif isinstance(pdu.body, ShortMessage):
            self._take_message(wire, pdu.sequence, pdu.body)
        else:
            wire.tell(response_to(pdu))

    def _take_message(self, wire: Wire, sequence: int, body: ShortMessage) -> None:
        answer = Pdu(command=Command.SUBMIT_SM_RESP, sequence=sequence)
        if self.refusals:
            answer = Pdu(command=Command.SUBMIT_SM_RESP, sequence=sequence, status=self.refusals.pop(0))
        else:
            self.taken.append((self.clock.steady(), body))
            named = Named(name=self.name_of(len(self.taken)))
            answer = Pdu(command=Command.SUBMIT_SM_RESP, sequence=sequence, body=named)
        if self.cuts_before_answer:
            self.cuts_before_answer -= 1
            wire.cut()
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        self.clock.call_later(self.answer_s, lambda: self._answer(wire, answer))

    def _answer(self, wire: Wire, answer: Pdu) -> None:
        self.waiting -= 1
        wire.tell(answer)

    def deliver(self, body: ShortMessage) -> None:
        self._sequence += 1
        self.wires[-1].tell(Pdu(command=Command.DELIVER_SM, sequence=self._sequence, body=body))


class MemoryPieces:
    """Implements ports.Pieces; `trouble`: so many times it cannot be written."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, str, int, int, int], Piece] = {}
        self.trouble = 0

    async def kept(self, route: str) -> list[Piece]:
        return [*self.all.values()]

    async def keep(self, route: str, piece: Piece) -> None:
        if self.trouble:
            self.trouble -= 1
            raise StoreError("the disk is full")
        self.all[(*_text_of(piece), piece.number)] = piece

    async def forget(self, route: str, piece: Piece) -> None:
        self.all = {key: each for key, each in self.all.items() if key[:4] != _text_of(piece)}


def _text_of(piece: Piece) -> tuple[str, str, int, int]:
    return piece.sender, piece.recipient, piece.reference, piece.total
