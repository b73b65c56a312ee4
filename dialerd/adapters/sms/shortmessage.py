"""A message as short messages of SMPP, and what a short message from the SMSC says.

Not here: octets of PDUs (pdu.py), alphabets (domain/sms.py), putting the parts of a text together (assembly.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from dialerd.adapters.sms.pdu import Address, ShortMessage, Tag
from dialerd.domain.sms import Alphabet, Parts, decode, encode

_UDH = 0x40  # of esm_class: the octets begin with a header
_KIND = 0x3C  # of esm_class: what sort of deliver_sm it is
_RECEIPTS = (0x04, 0x20)  # a receipt, an intermediate notification
_WANTS_RECEIPT = 0x01  # of registered_delivery: of success and of failure
_CODING = {Alphabet.GSM7: 0, Alphabet.UCS2: 8}
_CONCATENATED_8, _CONCATENATED_16 = 0x00, 0x08  # information elements of the header (TS 23.040, 9.2.3.24)

_RECEIPT = re.compile(r"\bid:\s*(\S{1,64})", re.I)
_STATE = re.compile(r"\bstat:\s*([A-Z]{2,10})", re.I)
_ERROR = re.compile(r"\berr:\s*(\S{1,10})", re.I)


class State(IntEnum):
    """message_state: where a message stands (5.2.28)."""

    ENROUTE = 1
    DELIVRD = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIV = 5
    ACCEPTD = 6
    UNKNOWN = 7
    REJECTD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A delivery receipt. `error` is the network's own code, empty: none."""

    message_id: str
    state: State
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a text: number `number` of `total`, of those with the same `reference`."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text, or a part of one, that somebody has written."""

    sender: str
    recipient: str
    text: str
    part: Part | None = None


def written(parts: Parts, *, sender: str, recipient: str, reference: int) -> Iterator[ShortMessage]:
    """The short messages of a text. `reference` joins its parts; two texts at the same time differ in it."""
    for number, text in enumerate(parts.texts, 1):
        header = b""
        if len(parts) > 1:
            header = bytes([5, _CONCATENATED_8, 3, reference % 256, len(parts), number])
        yield ShortMessage(
            source=address(sender),
            destination=address(recipient),
            octets=header + encode(text, parts.alphabet),
            esm_class=_UDH if header else 0,
            registered_delivery=_WANTS_RECEIPT,
            data_coding=_CODING[parts.alphabet],
        )


def address(text: str) -> Address:
    """E.164 is an international number, digits alone a short code, the rest a name."""
    if text.startswith("+"):
        return Address(ton=1, npi=1, text=text[1:])
    return Address(ton=3, npi=0, text=text) if text.isdigit() else Address(ton=5, npi=0, text=text)


def read(message: ShortMessage) -> Receipt | Text:
    """What a deliver_sm says. Never fails: what cannot be read as a receipt is a text."""
    octets = message.tlv(Tag.MESSAGE_PAYLOAD) or message.octets
    if message.esm_class & _KIND in _RECEIPTS and (receipt := _receipt(message, octets)) is not None:
        return receipt
    part = _sar(message)
    if message.esm_class & _UDH:
        part, octets = _header(octets)
    return Text(
        sender=_plain(message.source),
        recipient=_plain(message.destination),
        text=_decoded(octets, message.data_coding),
        part=part,
    )


def _receipt(message: ShortMessage, octets: bytes) -> Receipt | None:
    text = octets.decode("latin-1")
    named = message.tlv(Tag.RECEIPTED_MESSAGE_ID)
    found = _RECEIPT.search(text)
    message_id = named.rstrip(b"\0").decode("latin-1") if named else found.group(1) if found else ""
    coded = message.tlv(Tag.MESSAGE_STATE)
    state = _state(coded, _STATE.search(text))
    if not message_id or state is None:
        return None
    error = _ERROR.search(text)
    return Receipt(message_id=message_id, state=state, error=error.group(1).lstrip("0") if error else "")


def _state(coded: bytes | None, said: re.Match[str] | None) -> State | None:
    if coded is not None and len(coded) == 1 and coded[0] in set(State):
        return State(coded[0])
    name = said.group(1).upper() if said else ""
    return State[name] if name in State.__members__ else None


def _sar(message: ShortMessage) -> Part | None:
    reference, total, number = (message.tlv(tag) for tag in (Tag.SAR_REFERENCE, Tag.SAR_TOTAL, Tag.SAR_NUMBER))
    if reference is None or total is None or number is None or len(total) != 1 or len(number) != 1:
        return None
    return _part(int.from_bytes(reference[:2], "big"), total[0], number[0])


def _header(octets: bytes) -> tuple[Part | None, bytes]:
    """What the header says of parts, and the octets behind it; a header that is none is text."""
    length = octets[0] if octets else 0
    if length >= len(octets):
        return None, octets
    header, rest = octets[1 : length + 1], octets[length + 1 :]
    at = 0
    while at + 2 <= len(header):
        kind, size = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + size]
        if kind == _CONCATENATED_8 and len(value) == 3:
            return _part(value[0], value[1], value[2]), rest
        if kind == _CONCATENATED_16 and len(value) == 4:
            return _part(int.from_bytes(value[:2], "big"), value[2], value[3]), rest
        at += 2 + size
    return None, rest


def _part(reference: int, total: int, number: int) -> Part | None:
    return Part(reference=reference, total=total, number=number) if 1 <= number <= total and total > 1 else None


def _plain(found: Address) -> str:
    return f"+{found.text.removeprefix('+')}" if found.ton == 1 and found.text else found.text


def _decoded(octets: bytes, coding: int) -> str:
    """By data_coding (5.2.19): 0 the default alphabet, 1 ASCII, 3 Latin-1, 8 UCS-2; the F0 group has 8-bit data."""
    if coding == 8 or coding & 0xEC == 0x08:
        return decode(octets, Alphabet.UCS2)
    if coding == 0 or (coding & 0xF4 == 0xF0):
        return decode(octets, Alphabet.GSM7)
    return octets.decode("ascii" if coding == 1 else "latin-1", "replace")
