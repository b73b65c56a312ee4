"""The PDUs of SMPP 3.4 that a transceiver needs, to octets and back (the specification's chapters 4 and 5).

Not here: what is in a short message (shortmessage.py), connections (smpplink.py). Reading is strict: an octet that does
not belong where it is makes the PDU unreadable, and nothing of it is used.

Of the libraries there are: smpplib blocks its thread; smpp34 acknowledges a text before anybody has stored it;
aiosmpplib keeps a queue of its own between the message and its fate. What is needed of the protocol is this file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">IIII")
LONGEST = 65_536
"""Octets of one PDU; a message_payload may be nearly as long."""

_RESPONSE = 0x8000_0000


class Command(IntEnum):
    GENERIC_NACK = 0x8000_0000
    SUBMIT_SM = 0x0000_0004
    SUBMIT_SM_RESP = 0x8000_0004
    DELIVER_SM = 0x0000_0005
    DELIVER_SM_RESP = 0x8000_0005
    UNBIND = 0x0000_0006
    UNBIND_RESP = 0x8000_0006
    BIND_TRANSCEIVER = 0x0000_0009
    BIND_TRANSCEIVER_RESP = 0x8000_0009
    ENQUIRE_LINK = 0x0000_0015
    ENQUIRE_LINK_RESP = 0x8000_0015


class Tag(IntEnum):
    """Optional parameters that are looked at."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class PduError(Exception):
    """The octets are no PDU of SMPP 3.4. `status` is what its sender is told; `command` as far as it was read."""

    def __init__(self, message: str, *, status: int, command: int = 0, sequence: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.command = command
        self.sequence = sequence

    @property
    def is_answer(self) -> bool:
        return bool(self.command & _RESPONSE)


BAD_LENGTH, BAD_COMMAND, BAD_FIELD = 0x02, 0x03, 0xC4


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`ton` and `npi`: what kind of number `text` is."""

    ton: int = 0
    npi: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMessage:
    """The body of submit_sm and of deliver_sm, which are alike. `tlvs` in their order; `octets` at most 254."""

    source: Address
    destination: Address
    octets: bytes = b""
    service_type: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority: int = 0
    schedule: str = ""
    validity: str = ""
    registered_delivery: int = 0
    replace: int = 0
    data_coding: int = 0
    default_id: int = 0
    tlvs: tuple[tuple[int, bytes], ...] = ()

    def tlv(self, tag: Tag) -> bytes | None:
        return next((value for each, value in self.tlvs if each == tag), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """The body of bind_transceiver."""

    system_id: str
    password: str
    system_type: str = ""
    version: int = 0x34
    range: Address = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The body of a response that has a name in it: the message's id, or the other side's own. Empty: left out."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """One PDU. `body` None: it has none, as a refusal, or everything about the link itself."""

    command: Command
    sequence: int
    status: int = 0
    body: ShortMessage | Bind | Named | None = None


def response_to(pdu: Pdu, *, status: int = 0) -> Pdu:
    """The answer to a request; a deliver_sm's has an empty name in it."""
    named = Named() if pdu.command is Command.DELIVER_SM else None
    return Pdu(command=Command(pdu.command | _RESPONSE), sequence=pdu.sequence, status=status, body=named)


# Writing


def encode(pdu: Pdu) -> bytes:
    """The octets of a PDU. Raises ValueError where a field has no room for its value."""
    match pdu.body:
        case ShortMessage():
            body = _write_message(pdu.body)
        case Bind(system_id=system_id, password=password, system_type=system_type, version=version, range=numbers):
            body = _text(system_id, 16) + _text(password, 9) + _text(system_type, 13) + bytes([version])
            body += bytes([numbers.ton, numbers.npi]) + _text(numbers.text, 41)
        case Named(name=name):
            body = _text(name, 65)
        case None:
            body = b""
    return HEADER.pack(HEADER.size + len(body), pdu.command, pdu.status, pdu.sequence) + body


def _write_message(message: ShortMessage) -> bytes:
    if len(message.octets) > 254:
        raise ValueError(f"a short message has at most 254 octets, this one {len(message.octets)}")
    head = _text(message.service_type, 6) + _write_address(message.source) + _write_address(message.destination)
    head += bytes([message.esm_class, message.protocol_id, message.priority])
    head += _text(message.schedule, 17) + _text(message.validity, 17)
    head += bytes([message.registered_delivery, message.replace, message.data_coding, message.default_id])
    head += bytes([len(message.octets)]) + message.octets
    return head + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in message.tlvs)


def _write_address(address: Address) -> bytes:
    return bytes([address.ton, address.npi]) + _text(address.text, 21)


def _text(text: str, size: int) -> bytes:
    """A C-octet string of at most `size` octets with its end."""
    octets = text.encode("latin-1")
    if len(octets) >= size or b"\0" in octets:
        raise ValueError(f"{text[:20]!r} has no room in {size - 1} octets")
    return octets + b"\0"


# Reading


def decode(octets: bytes) -> Pdu:
    """The PDU that these octets, all of them, are. Raises PduError."""
    if len(octets) < HEADER.size:
        raise PduError(f"{len(octets)} octets are no header", status=BAD_LENGTH)
    length, command, status, sequence = HEADER.unpack_from(octets)
    if length != len(octets) or length > LONGEST:
        raise PduError(f"its length is {length}, and there are {len(octets)} octets", status=BAD_LENGTH)
    try:
        known = Command(command)
    except ValueError:
        what = f"command {command:#010x} is not served"
        raise PduError(what, status=BAD_COMMAND, command=command, sequence=sequence) from None
    reader = _Reader(octets[HEADER.size :], known, sequence)
    return Pdu(command=known, sequence=sequence, status=status, body=_read_body(known, reader))


def _read_body(command: Command, reader: _Reader) -> ShortMessage | Bind | Named | None:
    body: ShortMessage | Bind | Named | None = None
    if command in (Command.SUBMIT_SM, Command.DELIVER_SM):
        return _read_message(reader)
    if command is Command.BIND_TRANSCEIVER:
        body = Bind(
            system_id=reader.text(16),
            password=reader.text(9),
            system_type=reader.text(13),
            version=reader.octet(),
            range=reader.address(41),
        )
    elif command in (Command.SUBMIT_SM_RESP, Command.DELIVER_SM_RESP, Command.BIND_TRANSCEIVER_RESP):
        # A refusal may come without its body, and many SMSCs send deliver_sm_resp so.
        body = Named(name=reader.text(65)) if reader.is_more else None
        reader.tlvs()
    reader.end()
    return body


def _read_message(reader: _Reader) -> ShortMessage:
    return ShortMessage(
        service_type=reader.text(6),
        source=reader.address(21),
        destination=reader.address(21),
        esm_class=reader.octet(),
        protocol_id=reader.octet(),
        priority=reader.octet(),
        schedule=reader.text(17),
        validity=reader.text(17),
        registered_delivery=reader.octet(),
        replace=reader.octet(),
        data_coding=reader.octet(),
        default_id=reader.octet(),
        octets=reader.octets(reader.octet()),
        tlvs=reader.tlvs(),
    )


class _Reader:
    """The octets of one body, read from the front. Every method raises PduError where they are not as they must be."""

    def __init__(self, octets: bytes, command: Command, sequence: int) -> None:
        self._octets = octets
        self._at = 0
        self._command = command
        self._sequence = sequence

    @property
    def is_more(self) -> bool:
        return self._at < len(self._octets)

    def octets(self, count: int) -> bytes:
        if self._at + count > len(self._octets):
            raise self._wrong("it ends too early")
        self._at += count
        return self._octets[self._at - count : self._at]

    def octet(self) -> int:
        return self.octets(1)[0]

    def text(self, size: int) -> str:
        end = self._octets.find(b"\0", self._at, self._at + size)
        if end < 0:
            raise self._wrong(f"a text has no end within {size} octets")
        found = self._octets[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def address(self, size: int) -> Address:
        return Address(ton=self.octet(), npi=self.octet(), text=self.text(size))

    def tlvs(self) -> tuple[tuple[int, bytes], ...]:
        found = []
        while self.is_more:
            tag, length = struct.unpack(">HH", self.octets(4))
            found.append((tag, self.octets(length)))
        return tuple(found)

    def end(self) -> None:
        if self.is_more:
            raise self._wrong(f"{len(self._octets) - self._at} octets are too many")

    def _wrong(self, what: str) -> PduError:
        status = BAD_FIELD if what.startswith("a text") else BAD_LENGTH
        return PduError(what, status=status, command=self._command, sequence=self._sequence)
