"""dialerd and Kannel: nothing is lost between them, what may be double is written down, what comes back is heard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.asterisk.cable import Cable
from tests.asterisk.dialer import Dialer, until
from tests.freeport import free_port
from tests.numbers import number
from tests.servers.housed import House
from tests.servers.kannel import Kannel
from tests.servers.texting import texts, writer

pytestmark = pytest.mark.asterisk
COUNT, WINDOW, KEPT = 1000, 50, 20
OURS = "+12125550100"
_ROUTE = """
[[sms]]
name = "{name}"
kind = "gateway"
url = "http://127.0.0.1:{sendsms}/cgi-bin/sendsms"
method = "{method}"
username = "dialerd"
password = "hush"
sender = "+12125550100"
messages_per_second = 10000.0
window = {window}
listen = "127.0.0.1:{listen}"
report_url = "http://127.0.0.1:{reports}"
report_secret = "our secret"
"""
_TEXT = """
[[step]]
name = "text"
channel = "sms"
template = "hello"
route = "{route}"

[template.hello]
channel = "sms"
text = "{text}"
"""


def test_a_thousand_texts_go_through_kannel_over_links_that_are_cut_twice_and_a_stop_comes_back(
    house: House, tmp_path: Path
) -> None:
    listen = free_port()
    to_us = Cable(listen)
    kannel = Kannel(house, texts=f"http://127.0.0.1:{to_us.port}/text", secret="our%20secret", password="hush")
    kannel.connect_phones()
    to_kannel = Cable(kannel.sendsms)
    ports = {"sendsms": to_kannel.port, "listen": listen, "reports": to_us.port, "window": WINDOW}
    posted = {**ports, "sendsms": kannel.sendsms, "listen": (other := free_port()), "reports": other}
    routes = _ROUTE.format(**ports, name="asked", method="get") + _ROUTE.format(**posted, name="posted", method="post")
    dialer = writer(tmp_path, routes)
    numbers = [number(n // 4, f"{n % 4:02d}") for n in range(COUNT)]
    rows = ["phone,n", *(f"{each},{n}" for n, each in enumerate(numbers))]
    texts(dialer, "spring", rows, _TEXT.format(route="asked", text="No. {{ n }}"))
    others = {number(900, "00"): "Grüße & 100 % +", number(901, "00"): "жук €😀", number(902, "00"): "long" * 50}
    rows = ["phone,said", *(f'{where},"{said}"' for where, said in others.items())]
    texts(dialer, "summer", rows, _TEXT.format(route="posted", text="{{ said }}"))
    try:
        dialer.start()
        dialer.cli("campaign", "run", "spring")
        for already in (COUNT // 3, 2 * COUNT // 3):
            # Counted at the cable, not at the phones: they may be far behind.
            until(lambda: to_kannel.answered >= already, limit_s=120, what=f"{already} answers", every_s=0.01)  # noqa: B023
            to_kannel.deafen()
            until(lambda: to_kannel.kept >= KEPT, limit_s=60, what="taken by Kannel, unknown to dialerd", every_s=0.01)
            to_kannel.cut()
            to_us.cut()
        until(lambda: dialer.status("spring")["state"] == "completed", limit_s=120, what="all are sent", every_s=1)
        every = {"delivered": COUNT}
        until(lambda: dialer.status("spring")["dispositions"] == every, limit_s=120, what="reports", every_s=1)
        most = COUNT + 2 * KEPT
        until(lambda: kannel.taken().total() >= most, limit_s=60, what="what was sent again at the phones", every_s=0.5)
        taken = kannel.taken()
        assert dict(taken.keys()) == {each: f"No. {n}" for n, each in enumerate(numbers)}
        twice = {where for (where, _), times in taken.items() if times > 1}
        assert 2 * KEPT <= len(twice) <= 2 * WINDOW, "whose answer was kept back, and at most the window, at each cut"
        until(lambda: twice <= _told(dialer), limit_s=60, what="that they came twice is written down", every_s=1)
        assert len(_told(dialer)) <= 2 * WINDOW, "nothing else can have come twice"

        dialer.cli("campaign", "run", "summer")
        until(
            lambda: dialer.status("summer")["dispositions"] == {"delivered": 3}, limit_s=120, what="posted", every_s=1
        )
        came: dict[str, str] = {}
        for where, text in (kannel.taken() - taken).elements():
            came[where] = came.get(where, "") + text
        assert came == others, "in every alphabet, and in parts"

        kannel.connect_phones((numbers[7], OURS, "Stop"))
        until(lambda: "opted out" in dialer.cli("contact", "replies", "8"), limit_s=120, what="STOP was heard")
        assert json.loads(dialer.cli("dnc", "check", numbers[7], "--json"))
    finally:
        dialer.kill()
        to_us.close()
        to_kannel.close()


def _told(dialer: Dialer) -> set[str]:
    """Who was perhaps sent to twice, by the attempts: known with the answer, which a report may overtake."""
    return {row["number"] for row in dialer.export("spring") if row["reason"].startswith("sent again")}
