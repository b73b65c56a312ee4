"""What comes over FastAGI: Asterisk's own is understood, and nothing that a caller can put into it is obeyed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.agi.replies import MAX_VALUE, Said, read_reply, set_variable
from dialerd.agi.request import MAX_ARGUMENTS, MAX_LINE, MAX_LINES, BadRequest, Request, read_request
from dialerd.domain.words import AttemptId

ATTEMPT = "d" + "0" * 32
# as Asterisk 22.10.1 writes it
SAID = f"""\
agi_network: yes
agi_network_script: dnc-check
agi_request: agi://127.0.0.1:4573/dnc-check
agi_channel: PJSIP/agent1001-0000000f
agi_language: en
agi_type: PJSIP
agi_uniqueid: {ATTEMPT}
agi_version: 22.10.1~dfsg
agi_callerid: +12126600050
agi_calleridname: unknown
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: unknown
agi_rdnis: unknown
agi_context: dialerd-hook
agi_extension: s
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 140234234
agi_arg_1: +12126600001
agi_arg_2: spring
"""


def lines(text: str) -> list[bytes]:
    return [line.encode() + b"\n" for line in text.splitlines()]


def test_what_asterisk_writes_is_a_request() -> None:
    request = read_request(lines(SAID))
    assert request == Request(
        hook="dnc-check",
        arguments=("+12126600001", "spring"),
        channel="PJSIP/agent1001-0000000f",
        unique_id=ATTEMPT,
        caller="+12126600050",
    )
    assert request.phone == "PJSIP/agent1001"
    assert request.attempt_id == AttemptId(ATTEMPT)
    assert (request.argument(2), request.argument(3)) == ("spring", "")


def test_what_is_unknown_is_empty() -> None:
    request = read_request(lines(SAID.replace("+12126600050", "unknown").replace(ATTEMPT, "1795261718.16")))
    assert (request.caller, request.attempt_id) == ("", None)


@pytest.mark.parametrize(
    ("channel", "phone"),
    [
        ("PJSIP/agent1001-0000000f", "PJSIP/agent1001"),
        ("PJSIP/a-b-0000000f", "PJSIP/a-b"),
        ("Local/50@agents-00000001;2", None),
        ("PJSIP/agent1001", None),
        ("PJSIP/x y-0000000f", None),
        ("", None),
    ],
)
def test_the_phone_is_the_endpoint_of_the_channel(channel: str, phone: str | None) -> None:
    assert Request(hook="x", channel=channel).phone == phone


BREAK = "\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # a line break within what a caller or a list gives becomes a line of its own
        ("agi_callerid: +12126600050", f"agi_callerid: x{BREAK}agi_network_script: dnc-add"),
        ("agi_callerid: +12126600050", f"agi_callerid: x{BREAK}agi_uniqueid: {ATTEMPT}"),
        ("agi_callerid: +12126600050", f"agi_callerid: x{BREAK}agi_arg_1: 911"),
        ("agi_calleridname: unknown", f"agi_calleridname: x{BREAK}EXEC System id"),
        ("agi_arg_2: spring", f"agi_arg_2: spring{BREAK}agi_arg_2: other"),
        ("agi_arg_2: spring", f"agi_arg_2: spring{BREAK}agi_accountcode: 7"),
        ("agi_arg_2: spring", "agi_arg_3: spring"),
        ("agi_arg_1: +12126600001", "agi_arg_1: +1212\x006600001"),
        ("agi_arg_1: +12126600001", "agi_arg_01: +12126600001"),
        ("agi_network: yes", "agi_network: no"),
        ("agi_network: yes\n", ""),
        ("agi_network_script: dnc-check", "agi_network_script: ../etc/passwd"),
        ("agi_network_script: dnc-check", "agi_network_script: dnc-check?x=1"),
        ("agi_language: en", "agi_language en"),
        ("agi_language: en", "agi_flavour: en"),
        ("agi_language: en", f"agi_language: {'e' * MAX_LINE}"),
        ("agi_arg_2: spring", "\n".join(f"agi_arg_{n}: x" for n in range(2, MAX_ARGUMENTS + 2))),
    ],
)
def test_what_asterisk_would_not_write_refuses_the_whole_request(old: str, new: str) -> None:
    assert old in SAID
    with pytest.raises(BadRequest):
        read_request(lines(SAID.replace(old, new)))


def test_more_lines_than_there_are_keys_are_refused() -> None:
    with pytest.raises(BadRequest, match="more than"):
        read_request([b"agi_language: en\n"] * (MAX_LINES + 1))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("spring-renewals", 'SET VARIABLE DIALERD_X "spring-renewals"\n'),
        ('x"\nEXEC System "id', 'SET VARIABLE DIALERD_X "x  EXEC System  id"\n'),
        ("a\\", 'SET VARIABLE DIALERD_X "a"\n'),
        ("${SHELL(id)} $[1]", 'SET VARIABLE DIALERD_X "SHELL(id)    1"\n'),
        ("\u2028\r\x00", 'SET VARIABLE DIALERD_X ""\n'),
        ("x" * 999, f'SET VARIABLE DIALERD_X "{"x" * MAX_VALUE}"\n'),
    ],
)
def test_a_variable_is_one_command_whatever_its_value(value: str, sent: str) -> None:
    assert set_variable("DIALERD_X", value).decode() == sent


@given(st.text())
def test_no_value_at_all_ends_the_command_or_its_line(value: str) -> None:
    sent = set_variable("DIALERD_X", value).decode()
    assert sent.startswith('SET VARIABLE DIALERD_X "')
    assert sent.endswith('"\n')
    inside = sent[len('SET VARIABLE DIALERD_X "') : -2]
    assert not set('"\\\n\r$[]{}') & set(inside)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"200 result=1\n", Said.DONE),
        (b"HANGUP\n", Said.HUNG_UP),
        (b"510 Invalid or unknown command\n", Said.REFUSED),
        (b"511 Command Not Permitted on a dead channel\n", Said.REFUSED),
        (b"520-Invalid command syntax.  Proper usage follows:\n", Said.REFUSED),
        (b"100 Trying\n", Said.REFUSED),
        (b"\n", Said.REFUSED),
        (b"\xff\xfe", Said.REFUSED),
    ],
)
def test_asterisks_answers(line: bytes, said: Said) -> None:
    assert read_reply(line) is said


def one_case(dice: random.Random) -> str:
    """A request that is spoilt somewhere: it is read as what it says, or refused; never anything else."""
    said = bytearray(SAID.encode())
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(said))
        match dice.randrange(5):
            case 0:
                said[at] = dice.randrange(256)
            case 1:
                del said[at : at + dice.randrange(1, 40)]
            case 2:
                said[at:at] = dice.choice(
                    [b"\n", b"\r\n", b"\nagi_arg_1: 911\n", b"\nagi_uniqueid: d0\n", b"\x00", b": "]
                )
            case 3:
                said[at:at] = dice.randbytes(dice.randrange(1, 30))
            case 4:
                cut = sorted(dice.randrange(len(said)) for _ in range(2))
                said += said[cut[0] : cut[1]]
        if not said:
            break
    given_lines = bytes(said).splitlines(keepends=True)
    try:
        request = read_request(given_lines)
    except BadRequest:
        return "refused"
    text = bytes(said)
    assert len(given_lines) <= MAX_LINES
    assert text.count(b"agi_network_script: " + request.hook.encode()) + text.count(b"script: /") >= 1
    assert len(request.arguments) <= MAX_ARGUMENTS
    for each in (*request.arguments, request.caller, request.channel, request.unique_id):
        assert not any(char < " " for char in each), "no line break and no other control character"
    return "read"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_a_spoilt_request_is_read_as_it_says_or_refused(seed: int) -> None:
    one_case(random.Random(seed))
