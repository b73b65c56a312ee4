"""A message as an e-mail: what its headers say, and that nothing can be put into them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialerd.adapters.mail.letter import attempt_in, letter, tag_of
from dialerd.domain.words import AttemptId
from dialerd.ports import Message
from dialerd.routesettings import MailSettings

ID = AttemptId("d" + "1" * 32)
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def settings(**more: object) -> MailSettings:
    given = {"name": "news", "host": "mail.example.org", "sender": "Ex & Söhne <news@example.org>"}
    return MailSettings.model_validate(given | more)


def message(**more: str) -> Message:
    given = {"recipient": "ann@example.com", "text": "Dear Änn\nbye", "subject": "Grüße", "html": "<p>Änn</p>"}
    return Message(attempt_id=ID, **(given | more))


def test_its_headers_let_what_comes_back_be_known_again() -> None:
    made = letter(message(), settings(), now=NOW)
    assert made["To"] == "ann@example.com" and made["Subject"] == "Grüße"
    assert made["Message-ID"] == f"<{ID}@example.org>"
    assert made["Reply-To"].addresses[0].addr_spec == f"news+r{ID}@example.org"
    assert made["List-Unsubscribe"] == f"<mailto:news+u{ID}@example.org?subject=unsubscribe>"
    assert made["List-Unsubscribe-Post"] is None
    assert attempt_in(made["Message-ID"]) == ID
    assert tag_of(f"News <NEWS+R{ID.upper()}@example.org>") == ("r", ID)
    assert tag_of("news@example.org") is None


def test_it_is_plain_and_html_and_seven_bits_wherever_it_goes() -> None:
    made = letter(message(), settings(), now=NOW)
    plain, marked = (part.get_content() for part in made.iter_parts())
    assert (plain, marked) == ("Dear Änn\nbye\n", "<p>Änn</p>\n")
    assert letter(message(html=""), settings(), now=NOW).get_content_type() == "text/plain"
    octets = made.as_bytes()
    assert b"\r\n" in octets and octets.replace(b"\r\n", b"").count(b"\n") == 0


def test_one_click_is_offered_where_there_is_an_address_for_it() -> None:
    more = {"unsubscribe_url": "https://example.org/u/{token}", "unsubscribe_listen": "127.0.0.1:1"}
    made = letter(message(), settings(**more), now=NOW)
    assert str(made["List-Unsubscribe"]).startswith(f"<https://example.org/u/{ID}>, <mailto:")
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_addresses_and_ids_that_are_longer_than_a_line_are_folded_between_words_and_never_encoded() -> None:
    more = {
        "unsubscribe_url": "https://example.org/unsubscribe-from-everything/{token}",
        "unsubscribe_listen": "[::1]:1",
    }
    asked = f"<{'a' * 90}@mail.example.com>"
    octets = letter(message(answers=asked), settings(**more), now=NOW).as_bytes()
    headers = octets.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ").split("\r\n")
    told = dict(each.split(": ", 1) for each in headers)
    https, by_mail = (
        f"<https://example.org/unsubscribe-from-everything/{ID}>",
        f"<mailto:news+u{ID}@example.org?subject=unsubscribe>",
    )
    assert told["List-Unsubscribe"] == f"{https}, {by_mail}"
    assert told["In-Reply-To"] == told["References"] == asked
    assert max(map(len, octets.splitlines())) < 998


@pytest.mark.parametrize(
    "sender", ["n" * 30 + "@mail.marketing.department.example.org", "A Department With A Long Name <news@example.org>"]
)
def test_a_long_address_is_never_encoded(sender: str) -> None:
    octets = letter(message(subject="plain"), settings(sender=sender), now=NOW).as_bytes()
    head = octets.partition(b"\r\n\r\n")[0]
    assert b"=?" not in head
    assert f"+r{ID}@".encode() in head


def test_an_answer_stands_below_what_it_answers_and_replies_go_to_their_own_mailbox() -> None:
    made = letter(message(answers="<q@example.com>"), settings(replies_to="re@example.net"), now=NOW)
    assert made["In-Reply-To"] == made["References"] == "<q@example.com>"
    assert made["Reply-To"].addresses[0].addr_spec == f"re+r{ID}@example.net"
    assert made["From"].addresses[0].addr_spec == "news@example.org"


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "hello\r\nBcc: all@example.org"},
        {"recipient": "ann@example.com\r\nBcc: all@example.org"},
        {"recipient": "ann@example.com, bob@example.com"},
        {"recipient": "ann"},
        {"recipient": ""},
        {"answers": "<a@b>\nBcc: all@example.org"},
    ],
)
def test_nothing_can_be_put_into_its_headers(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        letter(message(**more), settings(), now=NOW)
