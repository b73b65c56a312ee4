"""The API over TLS of its own: pages, live events and the phone's line by one certificate, and nothing without it.

Not here: the files of the settings that cannot be used (tests/test_settings.py), TLS towards Asterisk in every case
(tests/adapters/test_asterisk_tls.py).
"""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, WSMsgType

from dialerd.httpsettings import HttpSettings
from dialerd.web.house import PhoneLine
from dialerd.webhouse import tls_of
from tests.adapters.authority import Authority
from tests.web.site import OWN, PASSWORD, Site, running
from tests.web.test_phoneline import REGISTER, asterisk


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Site, ssl.SSLContext]]:
    """A site with a certificate for localhost, Asterisk with one, too, and what a browser trusts."""
    authority = Authority(tmp_path)
    certificate, key = authority.files(tmp_path, "localhost")
    trusted = ssl.create_default_context(cafile=str(authority.file))
    given = HttpSettings(tls_certificate=certificate, tls_key=key)
    with (
        asterisk(tls=authority.server("127.0.0.1")) as line,
        running(tmp_path, http_settings=given, tls=tls_of(given), phone_line=PhoneLine(line, trusted)) as site,
    ):
        yield site, trusted


def test_pages_events_and_phone_speak_tls_by_one_certificate(secure: tuple[Site, ssl.SSLContext]) -> None:
    site, trusted = secure
    here = f"https://localhost:{site.port}"

    async def play() -> None:
        async with ClientSession(headers=OWN) as browser, asyncio.timeout(30):
            signing = {"name": "ann", "password": PASSWORD}
            async with browser.post(f"{here}/api/session", json=signing, ssl=trusted) as signed_in:
                assert signed_in.status == 200
                cookie = signed_in.headers["Set-Cookie"]
                assert {"Secure", "HttpOnly", "SameSite=Strict"} <= {each.strip() for each in cookie.split(";")}
                assert signed_in.headers["Strict-Transport-Security"] == "max-age=31536000"
            headers = {"Cookie": cookie.partition(";")[0], "Origin": here}
            async with browser.ws_connect(f"{here}/api/live", headers=headers, ssl=trusted) as live:
                assert (await live.receive_json())["agent"]["agent"] == "ann"
            async with browser.ws_connect(
                f"{here}/api/phone", protocols=("sip",), headers=headers, ssl=trusted
            ) as phone:
                await phone.send_str(REGISTER)
                answer = await phone.receive()
                assert (answer.type, answer.data) == (WSMsgType.TEXT, REGISTER)

    asyncio.run(play())


def test_whoever_does_not_trust_the_certificate_or_speaks_plainly_gets_nothing(
    secure: tuple[Site, ssl.SSLContext],
) -> None:
    site, _ = secure

    async def mistrust() -> None:
        async with ClientSession() as browser, browser.get(f"https://localhost:{site.port}/api/health"):
            pass

    with pytest.raises(ClientConnectorCertificateError):
        asyncio.run(mistrust())
    plain = http.client.HTTPConnection("localhost", site.port, timeout=20)
    plain.request("POST", "/api/session", body=json.dumps({"name": "ann", "password": PASSWORD}), headers=OWN)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        plain.getresponse()
    plain.close()
