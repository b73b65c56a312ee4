"""What an e-mail says that came to us: bounces, unsubscriptions, replies, machines, and octets that say nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.mail.incoming import read
from dialerd.domain.words import AttemptId
from dialerd.ports import About, Accepted, Delivered, MessageEvent, OptOutCame, ReplyCame, Undelivered

ID = AttemptId("d" + "1" * 32)
AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)

# As postfix 3.7 writes it.
BOUNCE = f"""\
Return-Path: <>
X-Original-To: news+r{ID}@example.org
Delivered-To: news+r{ID}@example.org
From: MAILER-DAEMON (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: news+r{ID}@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/mail"
Message-Id: <1@mail>

--B/mail
Content-Type: text/plain; charset=us-ascii

<ann@example.com>: host mail.example.com said: 550 5.1.1 unknown user

--B/mail
Content-Type: message/delivery-status

Reporting-MTA: dns; mail
X-Postfix-Queue-ID: B

Final-Recipient: rfc822; ann@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; 550 5.1.1 unknown
    user

--B/mail
Content-Type: message/rfc822

Message-ID: <{ID}@example.org>
From: news@example.org

hello

--B/mail--
"""

REPLY = f"""\
From: "Ann O." <Ann@Example.com>
To: News <news+r{ID}@example.org>
Subject: =?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=
Message-ID: <r1@example.com>
In-Reply-To: <{ID}@example.org>
References: <a@b> <{ID}@example.org>
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Yes, call me=
 now =E2=98=BA

On Tue, Dec 1, 2026 at 3 PM News <news@example.org> wrote:
> stop
--x
Content-Type: text/html

<p>other</p>
--x--
"""


def said(text: str) -> MessageEvent | None:
    return read(text.replace("\n", "\r\n").encode(), fallback_id="7.1", at=AT)


def test_a_bounce_is_about_its_message_and_says_why_and_whether_for_good() -> None:
    reason = "smtp; 550 5.1.1 unknown user"
    expected = Undelivered(about=About(attempt_id=ID), at=AT, reason=reason, is_lasting=True)
    assert said(BOUNCE) == expected
    by_its_id = BOUNCE.replace(f"news+r{ID}@example.org", "news@example.org")
    assert said(by_its_id) == expected
    by_its_headers = by_its_id.replace("message/rfc822", "text/rfc822-headers")
    assert said(by_its_headers) == expected
    soft = said(BOUNCE.replace("5.1.1", "4.2.2"))
    assert isinstance(soft, Undelivered) and not soft.is_lasting


@pytest.mark.parametrize(
    ("action", "event"), [("delivered", Delivered), ("delayed", Accepted), ("relayed", Accepted), ("eaten", type(None))]
)
def test_a_report_of_another_kind_is_told_as_what_it_is(action: str, event: type) -> None:
    assert isinstance(said(BOUNCE.replace("Action: failed", f"Action: {action}")), event)


def test_a_bounce_of_somebody_elses_message_is_nothing() -> None:
    assert said(BOUNCE.replace(ID, "x")) is None


def test_a_reply_is_its_new_text_and_names_what_it_answers() -> None:
    assert said(REPLY) == ReplyCame(
        id="<r1@example.com>",
        sender="ann@example.com",
        recipient=f"news+r{ID}@example.org",
        subject="Re: Grüße",
        text="Yes, call me now ☺",
        at=AT,
        about=About(attempt_id=ID, message_ids=(f"<{ID}@example.org>", "<a@b>")),
    )


def test_without_the_tag_it_is_known_by_what_it_answers() -> None:
    found = said(REPLY.replace(f"news+r{ID}", "news"))
    assert isinstance(found, ReplyCame) and found.about.attempt_id == ID


def test_a_letter_out_of_the_blue_is_a_reply_to_nothing() -> None:
    found = said("From: bob@example.com\n\nHello\n-- \nBob")
    assert isinstance(found, ReplyCame)
    assert (found.id, found.text, found.about) == ("7.1", "Hello", About())


@pytest.mark.parametrize(
    "below",
    [
        f"On Tue, Dec 1, 2026 at 3:04 PM Example News <news+r{ID}@example.org>\nwrote:\n\n> STOP ends this.",
        f"On Tue, Dec 1, 2026 at 3:04 PM Example News\n<news+r{ID}@example.org>\nwrote:\n> STOP ends this.",
        "Am Di., 1. Dez. 2026 um 15:04 Uhr schrieb Example News <\nnews@example.org>:\n\n> STOP",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Example News",
        "________________________________\nFrom: Example News <news@example.org>\nSent: Tuesday\n\nSTOP ends this.",
        "From: Example News <news@example.org>\nSent: Tuesday\nTo: Ann\n\nDear Ann,",
        "-----Original Message-----\nFrom: Example News",
    ],
)
def test_what_programs_put_below_a_reply_is_none_of_it(below: str) -> None:
    found = said(f"From: a@b\n\nYes\n\n{below}\n")
    assert isinstance(found, ReplyCame) and found.text == "Yes"


def test_what_a_person_writes_about_others_words_stays() -> None:
    text = "On Monday I am away.\nFrom 5 pm on I can talk.\nMy boss wrote: yes"
    found = said(f"From: a@b\n\n{text}\n")
    assert isinstance(found, ReplyCame) and found.text == text


def test_html_alone_has_its_lines() -> None:
    found = said("From: a@b\nContent-Type: text/html\n\n<div>STOP</div><br><div>Ann, Example &amp; Co</div>")
    assert isinstance(found, ReplyCame) and found.text.split() == ["STOP", "Ann,", "Example", "&", "Co"]
    assert found.text.startswith("STOP\n")


def test_html_alone_is_read_as_text() -> None:
    found = said("From: a@b\nContent-Type: text/html\n\n<style>p{}</style><p>Stop&nbsp;it</p>")
    assert isinstance(found, ReplyCame) and found.text == "Stop\xa0it"


@pytest.mark.parametrize(
    "first",
    [
        "Content-Type: text/plain\n\n \n",  # a program that fills in the other form alone
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nBuy milk\n",
        "Content-Type: text/plain; name=notes.txt\nContent-Disposition: attachment\n\nBuy milk\n",
    ],
)
def test_what_stands_in_the_html_is_heard_where_the_plain_text_says_nothing(first: str) -> None:
    head = "From: a@b\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
    found = said(f"{head}{first}--B\nContent-Type: text/html\n\n<p>STOP</p>\n--B--\n")
    assert isinstance(found, ReplyCame) and found.text == "STOP"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>", "X-Autoreply: yes", "List-Id: <x>"],
)
def test_what_a_machine_writes_is_told_as_such(header: str) -> None:
    found = said(f"{header}\n{REPLY}")
    assert isinstance(found, ReplyCame) and found.is_automatic
    found = said(f"Auto-Submitted: no\n{REPLY}")
    assert isinstance(found, ReplyCame) and not found.is_automatic


def test_a_letter_to_the_address_of_list_unsubscribe_opts_out() -> None:
    found = said(REPLY.replace(f"news+r{ID}", f"news+u{ID}"))
    assert isinstance(found, OptOutCame)
    assert (found.id, found.about, found.sender) == ("<r1@example.com>", About(attempt_id=ID), "ann@example.com")


@given(st.binary(max_size=400))
def test_no_octets_are_too_strange(octets: bytes) -> None:
    found = read(octets, fallback_id="7.1", at=AT)
    assert found is None or found.at == AT


@given(st.sampled_from([BOUNCE, REPLY]), st.data())
def test_no_damage_is_too_strange(text: str, data: st.DataObject) -> None:
    octets = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    found = read(bytes(octets), fallback_id="7.1", at=AT)
    assert found is None or found.at == AT


@pytest.mark.parametrize(("charset", "half"), [("utf-7", "+2AA-"), ("unicode_escape", "\\ud800")])
def test_half_a_character_that_no_database_takes_is_none(charset: str, half: str) -> None:
    word = f"=?{charset}?Q?{half.replace(chr(92), '=5C')}?="
    octets = (
        f"From: ann@example.com\nTo: {word}@b\nMessage-ID: <{word}@b>\nSubject: {word}\n"
        f"Content-Type: text/plain; charset={charset}\n\nyes {half}"
    ).encode()
    event = read(octets, fallback_id="f", at=AT)
    assert isinstance(event, ReplyCame)
    assert (event.text, event.subject) == ("yes ?", "?")
    for text in (event.id, event.sender, event.recipient):
        text.encode("utf-8")


@pytest.mark.parametrize("depth", [150, 3000])
def test_parts_within_parts_without_end_are_given_up(depth: int) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    found = said(f"From: a@b\n{nested}")
    assert found is None or (depth == 150 and isinstance(found, ReplyCame))


def one_case(dice: random.Random) -> str:
    """Spoil an e-mail: it still says something, or nothing. For the fuzz bench."""
    octets = bytearray(dice.choice((BOUNCE, REPLY)).replace("\n", "\r\n").encode())
    for _ in range(dice.randint(1, 12)):
        at, piece = dice.randrange(len(octets)), dice.randrange(len(octets))
        inserted = dice.choice(
            (b"", dice.randbytes(4), b"\r\n", bytes(octets[piece : piece + 60]), b"=?utf-8?b?/w==?=")
        )
        octets[at : at + dice.choice((0, 1, 4, 40))] = inserted
    found = read(bytes(octets), fallback_id="7.1", at=AT)
    if isinstance(found, ReplyCame):
        assert found.id and "@" in found.sender and "\n" not in found.subject
    return type(found).__name__.lower()


def test_spoilt_emails_say_something_or_nothing() -> None:
    seen = {one_case(random.Random(seed)) for seed in range(150)}
    assert {"undelivered", "replycame", "nonetype"} <= seen
