"""Kannel as an admin sets it up for dialerd: its bearerbox and smsbox, and its fakesmsc in the place of a network.

Not here: any expectation.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from urllib.parse import unquote_to_bytes

from tests.freeport import free_port
from tests.servers.housed import House

_CONF = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = fake
port = {network}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 100
http-queue-delay = 1

group = sendsms-user
username = dialerd
password = {password}
max-messages = 6
concatenation = true

group = sms-service
keyword = default
get-url = "{texts}?secret={secret}&id=%I&from=%p&to=%P&charset=%C&text=%b"
max-messages = 0
"""

_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) (.*)>$", re.M)


class Kannel:
    """`sendsms` is the port that messages are given to."""

    def __init__(self, house: House, *, texts: str, secret: str, password: str) -> None:
        """`texts`: where incoming texts are brought, with that secret."""
        self._house = house
        ports = {name: free_port() for name in ("admin", "boxes", "network", "sendsms")}
        self.sendsms = ports["sendsms"]
        self._network = ports["network"]
        given = {**ports, "home": house.inside(), "texts": texts, "secret": secret, "password": password}
        (house.folder / "kannel.conf").write_text(_CONF.format_map(given))
        house.start("/usr/sbin/bearerbox", "-v", "2", house.inside("kannel.conf"), log="bearerbox.log")
        house.until(lambda: house.listens(ports["boxes"]), "bearerbox listens")
        house.start("/usr/sbin/smsbox", "-v", "2", house.inside("kannel.conf"), log="smsbox.log")
        house.until(lambda: house.listens(self.sendsms), "smsbox listens")
        self._phones: subprocess.Popen[bytes] | None = None

    def connect_phones(self, *written: tuple[str, str, str]) -> None:
        """Have a network there, in place of an earlier one, and who writes on it: sender, recipient, text of each."""
        if self._phones is not None:
            self._house.stop(self._phones)
        self._house.until(lambda: self._house.listens(self._network), "bearerbox waits for the network")
        texts = [f"{sender} {recipient} text {text}" for sender, recipient, text in written]
        command = ["/usr/lib/kannel/test/fakesmsc", "-r", str(self._network), "-i", "0.01", "-m", str(len(texts))]
        self._phones = self._house.start(*command, *(texts or ["0 0 text nothing"]), log="phones.log")

    def taken(self) -> Counter[tuple[str, str]]:
        """What has come to the phones: recipient and text of each, or of each part, and how many times."""
        said = (self._house.folder / "phones.log").read_text("utf-8", "replace")
        return Counter((recipient, _text(kind, text)) for _, recipient, kind, text in _GOT.findall(said))


def _text(kind: str, text: str) -> str:
    """fakesmsc writes what is no plain text in percents."""
    if kind == "text":
        return text
    octets = unquote_to_bytes(text.rpartition(" data ")[2].replace("+", " "))
    return octets.decode("utf-16-be" if kind == "ucs-2" else "ascii", "replace")
