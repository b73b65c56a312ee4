"""dialerd and a mail server of Postfix and Dovecot: sent, bounced, replied to, unsubscribed from, all over TLS."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.request import urlopen

import pytest

from dialerd.adapters.mail.imap import ImapPost, MailboxLostError
from dialerd.routesettings import ImapSettings
from tests.adapters.authority import Authority
from tests.asterisk.dialer import Dialer, until
from tests.freeport import free_port
from tests.numbers import number
from tests.servers.housed import House
from tests.servers.mailserver import Mailserver
from tests.servers.texting import texts, writer

pytestmark = pytest.mark.asterisk
PASSWORD = "hush"
OURS = ("news", "letters")
THEIRS = ("ann", "bea", "cid", "dora", "eve", "fay")
_ROUTE = """
[[mail]]
name = "{name}"
host = "localhost"
port = {smtp}
security = "{security}"
ca_file = "ca.pem"
username = "{name}"
password = "hush"
sender = "Example News <{name}@example.test>"
messages_per_second = 100.0
{more}

[mail.imap]
host = "localhost"
port = {imap}
security = "{imap_security}"
ca_file = "ca.pem"
username = "{name}"
password = "hush"
poll_s = 5
"""
_LETTER = """
[[step]]
name = "letter"
channel = "email"
template = "hello"
route = "{route}"

[[step.reply]]
words = ["yes*"]
disposition = "replied"
set = {{ answer = "{{text}}" }}

[template.hello]
channel = "email"
subject = "Your renewal"
text = "Dear {{{{ name }}}}, shall we renew? Grüße"
html = true
"""


GONE = {"gil": "gil@away.test", "hal": "nobody@example.test"}


@pytest.fixture
def server(house: House, tmp_path: Path) -> Mailserver:
    certificate, key = Authority(tmp_path).files(tmp_path, "localhost")
    return Mailserver(house, [*OURS, *THEIRS], password=PASSWORD, certificate=certificate, key=key)


def test_letters_are_sent_bounce_are_answered_and_unsubscribed_from_and_imap_tells_at_once(
    server: Mailserver, tmp_path: Path
) -> None:
    click, ports = free_port(), server.ports
    more = f'unsubscribe_url = "https://example.test/u/{{token}}"\nunsubscribe_listen = "127.0.0.1:{click}"'
    starttls = {"smtp": ports["submission"], "security": "starttls", "imap": ports["imap"], "imap_security": "starttls"}
    whole = {"smtp": ports["submissions"], "security": "tls", "imap": ports["imaps"], "imap_security": "tls"}
    routes = _ROUTE.format(name="news", more=more, **starttls) + _ROUTE.format(name="letters", more="", **whole)
    dialer = writer(tmp_path, routes)
    people = {name: f"{name}@example.test" for name in THEIRS} | GONE
    last = people.pop("fay")
    _campaign(dialer, "spring", people, route="news", first=0)
    _campaign(dialer, "summer", {"fay": last}, route="letters", first=50)
    try:
        dialer.start()
        for name in ("spring", "summer"):
            dialer.cli("campaign", "run", name)
        until(lambda: all(server.mails(name) for name in THEIRS), limit_s=120, what="letters", every_s=0.05)
        letters = {name: server.mails(name)[0] for name in THEIRS}
        ann, bea, cid, dora, fay = (letters[name] for name in ("ann", "bea", "cid", "dora", "fay"))
        assert (ann["From"], ann["To"]) == ("Example News <news@example.test>", "ann@example.test")
        parts = {part.get_content_type(): part for part in ann.walk() if not part.is_multipart()}
        assert parts.keys() == {"text/plain", "text/html"}
        assert "Dear ann, shall we renew? Grüße" in parts["text/plain"].get_content()

        # From addresses of theirs that we do not know: the letter that is answered says who it is.
        server.write(_mail("a@home.example", "news@example.test", "Yes", **{"In-Reply-To": ann["Message-ID"]}))
        for each in (bea, fay):
            server.write(_mail("b@home.example", each["Reply-To"], "YES\n\nOn Monday Example News wrote:\n> shall we?"))
        server.write(_mail(cid["To"], _ways_out(cid)["mailto"].partition("?")[0], ""))
        token = _ways_out(dora)["https"].rpartition("/")[2]
        urlopen(f"http://127.0.0.1:{click}/u/{token}", data=b"List-Unsubscribe=One-Click", timeout=30).close()

        wanted = {"replied": 2, "sent": 3, "bounced": 2}
        until(lambda: dialer.status("spring")["dispositions"] == wanted, limit_s=120, what=f"{wanted}", every_s=0.5)
        until(lambda: dialer.status("summer")["dispositions"] == {"replied": 1}, limit_s=120, what="fay", every_s=0.5)
        until(lambda: _is_barred(dialer, people["cid"]), limit_s=120, what="cid is barred", every_s=0.5)
        until(lambda: _is_barred(dialer, people["dora"]), limit_s=120, what="dora is barred", every_s=0.5)
        assert not _is_barred(dialer, people["eve"])
        shown = {n: json.loads(dialer.cli("contact", "show", str(n), "--json"))["attributes"] for n in (1, 2, 8)}
        assert {attributes["answer"] for attributes in shown.values()} == {"Yes", "YES"}
        assert [len(server.mails(name)) for name in THEIRS] == [1] * len(THEIRS), "nobody was written to twice"
    finally:
        dialer.kill()


def test_a_mailbox_is_told_of_at_once_from_when_we_came_and_who_is_no_friend_hears_no_password(
    server: Mailserver, tmp_path: Path
) -> None:
    given = {"host": "localhost", "username": "news", "password": PASSWORD, "poll_s": 600.0}
    tls = {"port": server.ports["imaps"], "security": "tls", "ca_file": tmp_path / "ca.pem"}
    post = ImapPost(ImapSettings.model_validate(given | tls))
    server.write(_mail("ann@example.test", "news@example.test", "before we came"))
    until(lambda: len(server.mails("news")) == 1, limit_s=120, what="it is there", every_s=0.05)
    later, earlier = datetime(2100, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)
    start = post.look(None, later)
    assert (start.last, post.look(None, earlier).last) == (1, 0)
    told: Future[bool] = Future()
    threading.Thread(target=lambda: told.set_result(post.wait()), daemon=True).start()
    for nth in range(2, 60):  # one that comes between the look and the wait is no news
        server.write(_mail("ann@example.test", "news@example.test", f"number {nth}"))
        with suppress(TimeoutError):
            assert told.result(1.0), "the server tells"
            break
    found = post.look((start.uidvalidity, start.last), later)
    assert found.mails and b"number 2" in found.mails[0][1]
    post.close()
    for port, security in ((server.ports["imaps"], "tls"), (server.ports["imap"], "starttls")):
        stranger = given | {"port": port, "security": security}
        with pytest.raises(MailboxLostError, match="its certificate is not trusted: unable to get local issuer"):
            ImapPost(ImapSettings.model_validate(stranger)).look(None, later)
    with pytest.raises(MailboxLostError, match="uthentication failed"):
        ImapPost(ImapSettings.model_validate(given | tls | {"password": "wrong"})).look(None, later)


def _campaign(dialer: Dialer, name: str, people: dict[str, str], *, route: str, first: int) -> None:
    rows = [f"{number(first + n, '00')},{who},{email}" for n, (who, email) in enumerate(people.items())]
    texts(dialer, name, ["phone,name,email", *rows], _LETTER.format(route=route))


def _mail(sender: str, to: str, text: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = str(sender), str(to), "Re: Your renewal"
    for key, value in headers.items():
        made[key] = str(value)
    made.set_content(text)
    return made


def _ways_out(letter: EmailMessage) -> dict[str, str]:
    """The addresses in List-Unsubscribe by their scheme."""
    said = str(letter["List-Unsubscribe"]).replace("\n", "").split(",")
    addresses = [each.strip(" <>") for each in said]
    return {each.partition(":")[0]: each.removeprefix("mailto:") for each in addresses}


def _is_barred(dialer: Dialer, address: str) -> bool:
    return bool(json.loads(dialer.cli("dnc", "check", address, "--json")))
