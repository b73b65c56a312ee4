"""SMPP's octets: there and back, the same as another's codec, and never anything but a PDU or a refusal."""

from __future__ import annotations

import random
from typing import Any

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.sms.pdu import Address, Bind, Command, Named, Pdu, PduError, ShortMessage, decode, encode
from dialerd.adapters.sms.shortmessage import read

octet = st.integers(0, 255)


def text(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=most)


addresses = st.builds(Address, ton=octet, npi=octet, text=text(20))
messages = st.builds(
    ShortMessage,
    source=addresses,
    destination=addresses,
    octets=st.binary(max_size=254),
    service_type=text(5),
    esm_class=octet,
    protocol_id=octet,
    priority=octet,
    schedule=text(16),
    validity=text(16),
    registered_delivery=octet,
    replace=octet,
    data_coding=octet,
    default_id=octet,
    tlvs=st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=300)), max_size=4).map(tuple),
)
binds = st.builds(
    Bind,
    system_id=text(15),
    password=text(8),
    system_type=text(12),
    version=octet,
    range=st.builds(Address, ton=octet, npi=octet, text=text(40)),
)
numbers = st.integers(0, 0xFFFF_FFFF)


def pdus() -> st.SearchStrategy[Pdu]:
    def of(commands: list[Command], body: st.SearchStrategy[Any]) -> st.SearchStrategy[Pdu]:
        return st.builds(Pdu, command=st.sampled_from(commands), sequence=numbers, status=numbers, body=body)

    named = [Command.SUBMIT_SM_RESP, Command.DELIVER_SM_RESP, Command.BIND_TRANSCEIVER_RESP]
    bare = [each for each in Command if each not in (*named, 4, 5, 9)]
    return st.one_of(
        of([Command.SUBMIT_SM, Command.DELIVER_SM], messages),
        of([Command.BIND_TRANSCEIVER], binds),
        of(named, st.none() | st.builds(Named, name=text(64))),
        of(bare, st.none()),
    )


@given(pdus())
def test_what_is_written_is_read_again(pdu: Pdu) -> None:
    assert decode(encode(pdu)) == pdu


@given(messages, st.integers(1, 0x7FFF_FFFF))
def test_a_submission_has_the_octets_that_another_codec_reads(message: ShortMessage, sequence: int) -> None:
    octets = encode(Pdu(command=Command.SUBMIT_SM, sequence=sequence, body=message))
    try:
        theirs = smpp34.decode(octets)
    except smpp34.SmppError:
        return  # stricter than the specification about some field; not the other way round below
    assert isinstance(theirs, smpp34.SubmitSm)
    assert (theirs.short_message, theirs.data_coding, theirs.esm_class) == (
        message.octets,
        message.data_coding,
        message.esm_class,
    )
    assert [(each.tag, each.value) for each in theirs.tlvs] == list(message.tlvs)


@pytest.mark.parametrize("coding", [0, 8])
def test_a_usual_submission_is_octet_by_octet_that_of_another_codec(coding: int) -> None:
    ours = Pdu(
        command=Command.SUBMIT_SM,
        sequence=7,
        body=ShortMessage(
            source=Address(ton=5, npi=0, text="Example"),
            destination=Address(ton=1, npi=1, text="12125550199"),
            octets=b"hello",
            registered_delivery=1,
            data_coding=coding,
            tlvs=((0x0424, b"payload"),),
        ),
    )
    theirs = smpp34.SubmitSm(
        "Example",
        "12125550199",
        b"hello",
        source_addr_ton=5,
        source_addr_npi=0,
        dest_addr_ton=1,
        dest_addr_npi=1,
        registered_delivery=1,
        data_coding=coding,
        tlvs=[smpp34.Tlv(0x0424, b"payload")],
        sequence_number=7,
    )
    assert encode(ours) == theirs.encode()
    assert decode(theirs.encode()) == ours


@given(pdus(), st.data())
def test_octets_that_were_damaged_are_a_pdu_or_refused(pdu: Pdu, data: st.DataObject) -> None:
    octets = bytearray(encode(pdu))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(octet)
    try:
        read = decode(bytes(octets))
    except PduError as error:
        assert error.status in (2, 3, 0xC4)
        return
    assert decode(encode(read)) == read


@given(st.binary(max_size=80))
def test_no_octets_are_too_strange(octets: bytes) -> None:
    with pytest.raises(PduError):
        decode(octets)
    with pytest.raises(PduError):  # a true header before them
        decode((16 + len(octets)).to_bytes(4, "big") + bytes.fromhex("000000ff 00000000 00000001") + octets)


@pytest.mark.parametrize(
    "body",
    [
        ShortMessage(source=Address(text="1" * 21), destination=Address()),
        ShortMessage(source=Address(), destination=Address(), octets=b"x" * 255),
        Bind(system_id="a\0b", password=""),
        Bind(system_id="a", password="123456789"),
    ],
)
def test_what_has_no_room_is_not_cut_but_an_error(body: ShortMessage | Bind) -> None:
    command = Command.BIND_TRANSCEIVER if isinstance(body, Bind) else Command.SUBMIT_SM
    with pytest.raises(ValueError, match=r"has no room|at most 254"):
        encode(Pdu(command=command, sequence=1, body=body))


# Whole ones, which `one_case` spoils: a receipt, a part of a text, an answer, a bind.
WHOLE = [
    Pdu(
        command=Command.DELIVER_SM,
        sequence=9,
        body=ShortMessage(
            source=Address(ton=1, npi=1, text="12125550199"),
            destination=Address(ton=3, npi=0, text="12345"),
            octets=octets,
            esm_class=esm_class,
            tlvs=((0x1E, b"77\0"), (0x427, b"\2"), (0x20C, b"\0\1")),
        ),
    )
    for octets, esm_class in ((b"id:77 sub:001 dlvrd:001 stat:DELIVRD err:000", 4), (b"\5\0\3\1\2\1hello", 0x40))
] + [
    Pdu(command=Command.SUBMIT_SM_RESP, sequence=9, body=Named(name="77")),
    Pdu(command=Command.BIND_TRANSCEIVER, sequence=9, body=Bind(system_id="dialerd", password="hush")),
]


def one_case(dice: random.Random) -> str:
    """Spoil a PDU: it is refused, or means what its octets say, and what it says can be read. For the fuzz bench."""
    octets = bytearray(encode(dice.choice(WHOLE)))
    for _ in range(dice.randint(1, 6)):
        octets[dice.randrange(len(octets))] = dice.choice((0, 1, 5, 255, dice.randrange(256)))
    if dice.random() < 0.5:
        octets = octets[: dice.randint(0, len(octets))] + dice.randbytes(dice.randint(0, 8))
        octets[:4] = len(octets).to_bytes(4, "big")
    try:
        found = decode(bytes(octets))
    except PduError:
        return "refused"
    assert decode(encode(found)) == found
    if isinstance(found.body, ShortMessage):
        return type(read(found.body)).__name__.lower()
    return "read"


def test_spoilt_pdus_are_refused_or_mean_what_they_say() -> None:
    seen = {one_case(random.Random(seed)) for seed in range(300)}
    assert seen == {"refused", "receipt", "text", "read"}
