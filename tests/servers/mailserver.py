"""Postfix and Dovecot as one mail server: submission and IMAP with TLS and passwords, mailboxes, and a place far away.

Not here: any expectation. `example.test` is ours, with `name+tag@` for each name; who is written to at `away.test` is
refused by the server there, so that a bounce comes back.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.freeport import free_port
from tests.servers.housed import House

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
biff = no
alias_maps =
alias_database =
local_recipient_maps =
maillog_file_prefixes = /srv
maillog_file = {home}/postfix.log
recipient_delimiter = +
virtual_mailbox_domains = example.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:5000
virtual_gid_maps = static:5000
virtual_minimum_uid = 1000
transport_maps = inline:{{ away.test=smtp:[127.0.0.1]:{away} }}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {home}/run/sasl
smtpd_tls_cert_file = {home}/certificate.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
"""

_MASTER = """
{arriving} inet n - n - - smtpd
{away} inet n - n - - smtpd -o myhostname=mail.away.test -o smtpd_recipient_restrictions=reject
{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
{submissions} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_DOVECOT = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {home}/run
protocols = imap
listen = 127.0.0.1
log_path = {home}/dovecot.log
mail_driver = maildir
mail_path = {home}/mail/%{{user}}
ssl = required
ssl_server_cert_file = {home}/certificate.pem
ssl_server_key_file = {home}/key.pem
auth_mechanisms = plain login
passdb passwd-file {{
  passwd_file_path = {home}/passwords
}}
userdb static {{
  fields {{
    uid = 5000
    gid = 5000
    home = {home}/mail/%{{user}}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener sasl {{
    mode = 0666
  }}
}}
"""

_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop")
_SOCKETS = ("private", "public", "saved", "trace")


class Mailserver:
    """`ports`: arriving, submission (STARTTLS), submissions (TLS), imap (STARTTLS), imaps (TLS)."""

    def __init__(self, house: House, names: Sequence[str], *, password: str, certificate: Path, key: Path) -> None:
        self._house = house
        wanted = ("arriving", "away", "submission", "submissions", "imap", "imaps")
        self.ports = {name: free_port() for name in wanted}
        boxes = ", ".join(f"{{{name}@example.test={name}/}}" for name in names)
        given = {**self.ports, "home": house.inside(), "boxes": boxes}
        for folder in ("postfix", "run", "queue", "queue/pid"):
            (house.folder / folder).mkdir()
        for name, text in (("postfix/main.cf", _MAIN), ("postfix/master.cf", _MASTER), ("dovecot.conf", _DOVECOT)):
            (house.folder / name).write_text(text.format_map(given))
        (house.folder / "certificate.pem").write_bytes(certificate.read_bytes())
        (house.folder / "key.pem").write_bytes(key.read_bytes())
        (house.folder / "passwords").write_text("".join(f"{name}:{{PLAIN}}{password}\n" for name in names))
        house.run("install", "-d", "-o", "5000", "-g", "5000", house.inside("mail"))
        # What `postfix check` makes, which takes a second.
        own = [house.inside(f"queue/{each}") for each in (*_QUEUES, *_SOCKETS)]
        house.run("install", "-d", "-o", "postfix", "-m", "700", house.inside("data"), *own)
        house.start("/usr/sbin/dovecot", "-F", "-c", house.inside("dovecot.conf"), log="dovecot-said.log")
        house.start("/usr/lib/postfix/sbin/master", "-c", house.inside("postfix"), "-d", log="postfix-said.log")
        house.until(lambda: all(house.listens(port) for port in self.ports.values()), "every port is listened on")

    def mails(self, name: str) -> list[EmailMessage]:
        """What has come to somebody, read beside the server."""
        found = sorted((self._house.folder / "mail" / name).glob("new/*"))
        return [_parsed(path.read_bytes()) for path in found]

    def write(self, mail: EmailMessage) -> None:
        """Somebody from outside writes."""
        with smtplib.SMTP("127.0.0.1", self.ports["arriving"], timeout=30) as server:
            server.send_message(mail)


def _parsed(octets: bytes) -> EmailMessage:
    made = message_from_bytes(octets, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made
