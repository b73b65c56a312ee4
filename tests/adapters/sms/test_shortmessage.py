"""What an SMSC's messages say: receipts in the forms there are, texts in their alphabets, parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.sms.pdu import Address, ShortMessage
from dialerd.adapters.sms.shortmessage import Part, Receipt, State, Text, address, read, written
from dialerd.domain.sms import cut


def message(
    octets: bytes, *, esm_class: int = 0, coding: int = 0, tlvs: tuple[tuple[int, bytes], ...] = ()
) -> ShortMessage:
    return ShortMessage(
        source=Address(ton=1, npi=1, text="4915112345678"),
        destination=Address(ton=3, npi=0, text="12345"),
        octets=octets,
        esm_class=esm_class,
        data_coding=coding,
        tlvs=tlvs,
    )


FULL = b"id:0123456789 sub:001 dlvrd:001 submit date:2601011200 done date:2601011201 stat:%s err:%s text:hello"


@pytest.mark.parametrize(
    ("octets", "tlvs", "receipt"),
    [
        (FULL % (b"DELIVRD", b"000"), (), Receipt(message_id="0123456789", state=State.DELIVRD)),
        (FULL % (b"UNDELIV", b"034"), (), Receipt(message_id="0123456789", state=State.UNDELIV, error="34")),
        (b"ID:abc-DEF Stat:expired Err:1", (), Receipt(message_id="abc-DEF", state=State.EXPIRED, error="1")),
        (b"", ((0x1E, b"77\0"), (0x427, b"\2")), Receipt(message_id="77", state=State.DELIVRD)),
        (b"id:1 stat:REJECTD", ((0x1E, b"77"), (0x427, b"\5")), Receipt(message_id="77", state=State.UNDELIV)),
        (b"id:1 stat:ACCEPTD", ((0x427, b"\x63"),), Receipt(message_id="1", state=State.ACCEPTD)),
        (b"x", ((0x424, FULL % (b"DELETED", b"0")),), Receipt(message_id="0123456789", state=State.DELETED)),
    ],
)
def test_a_receipt_is_read_in_each_form(octets: bytes, tlvs: tuple[tuple[int, bytes], ...], receipt: Receipt) -> None:
    assert read(message(octets, esm_class=0x04, tlvs=tlvs)) == receipt


def test_what_is_no_receipt_is_a_text_and_a_text_that_looks_like_one_is_none() -> None:
    garbled = read(message(b"hello", esm_class=0x04))
    assert isinstance(garbled, Text) and garbled.text == "hello"
    written_by_somebody = read(message(FULL % (b"DELIVRD", b"000")))
    assert isinstance(written_by_somebody, Text)


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"\x00 \x1b\x65", 0, "@ €"),
        (b"caf\xe9", 3, "café"),
        (b"caf\xe9", 1, "caf\ufffd"),
        ("жук 😀".encode("utf-16-be"), 8, "жук 😀"),
        (b"\x00", 0xF0, "@"),
        (b"\xe9", 0xF4, "é"),
    ],
)
def test_a_text_is_read_in_its_alphabet(octets: bytes, coding: int, text: str) -> None:
    assert read(message(octets, coding=coding)) == Text(sender="+4915112345678", recipient="12345", text=text)


@pytest.mark.parametrize(
    ("octets", "esm_class", "tlvs", "part", "text"),
    [
        (b"\5\0\3\x10\2\1hi", 0x40, (), Part(reference=16, total=2, number=1), "hi"),
        (b"\6\x08\4\1\x10\2\2hi", 0x40, (), Part(reference=272, total=2, number=2), "hi"),
        (b"\x0a\x24\3abc\0\3\1\3\3hi", 0x40, (), Part(reference=1, total=3, number=3), "hi"),
        (b"hi", 0, ((0x20C, b"\0\7"), (0x20E, b"\2"), (0x20F, b"\1")), Part(reference=7, total=2, number=1), "hi"),
        (b"\5\0\3\x10\2\3hi", 0x40, (), None, "hi"),  # number 3 of 2 is none
        (b"\5\0\3\x10\1\1hi", 0x40, (), None, "hi"),
        (b"\x30hi", 0x40, (), None, "0hi"),  # a header longer than all there is
        (b"", 0x40, (), None, ""),
    ],
)
def test_a_part_is_known_as_one(
    octets: bytes, esm_class: int, tlvs: tuple[tuple[int, bytes], ...], part: Part | None, text: str
) -> None:
    found = read(message(octets, esm_class=esm_class, tlvs=tlvs))
    assert isinstance(found, Text)
    assert (found.part, found.text) == (part, text)


@given(
    st.binary(max_size=254), st.integers(0, 255), st.integers(0, 255),
    st.lists(st.tuples(st.sampled_from([0x1E, 0x20C, 0x20E, 0x20F, 0x424, 0x427]), st.binary(max_size=20)), max_size=4),
)  # fmt: skip
def test_no_short_message_is_too_strange(
    octets: bytes, esm_class: int, coding: int, tlvs: list[tuple[int, bytes]]
) -> None:
    found = read(message(octets, esm_class=esm_class, coding=coding, tlvs=tuple(tlvs)))
    assert isinstance(found, Receipt | Text)


@given(st.text(min_size=1, max_size=400), st.integers(0, 1000))
def test_what_is_written_in_parts_is_read_as_the_same_text(text: str, reference: int) -> None:
    bodies = list(written(cut(text), sender="+12125550100", recipient="+4915112345678", reference=reference))
    found = [read(body) for body in bodies]
    assert all(isinstance(each, Text) and each.sender == "+12125550100" for each in found)
    # Half of an emoji is not readable by itself, but no part has one.
    assert "".join(each.text for each in found if isinstance(each, Text)) == text.encode(
        "utf-16", "surrogatepass"
    ).decode("utf-16", "replace")


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("+12125550100", Address(ton=1, npi=1, text="12125550100")),
        ("12345", Address(ton=3, npi=0, text="12345")),
        ("Example", Address(ton=5, npi=0, text="Example")),
    ],
)
def test_a_sender_is_a_number_a_short_code_or_a_name(sender: str, found: Address) -> None:
    assert address(sender) == found
