"""What the API is given of settings and adapters, as bootstrap.py gives the engine what it needs.

Not here: the daemon around it (bootstrap.py), the API (dialerd/web).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dialerd.adapters import files
from dialerd.adapters.passwords import Argon2Passwords, draw_secret
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.errors import SettingsError
from dialerd.domain.regulation import Rulebook
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Channel
from dialerd.httpsettings import HttpSettings
from dialerd.ports import Clock, ContactSource, Store
from dialerd.serversettings import AsteriskSettings
from dialerd.settings import Settings
from dialerd.tls import trusting
from dialerd.web import House
from dialerd.web.house import Metrics, PhoneLine, Vital

API_READERS = 4


def house(
    given: Settings,
    trunks: Mapping[str, Trunk],
    store: Store,
    clock: Clock,
    poke: Callable[[], None],
    rulebook: Rulebook,
    tls: ssl.SSLContext | None,
    vitals: Callable[[], Sequence[Vital]],
    metrics: Metrics,
) -> House:
    """What the API works with; its readers are its own, so that whoever looks at much keeps no call waiting.
    `trunks`: of the settings, as a reload changes them."""
    return House(
        store=store,
        clock=clock,
        passwords=Argon2Passwords(),
        draw_secret=draw_secret,
        http=given.http,
        trunks=trunks,
        servers=[each.name for each in given.asterisk],
        region=given.phone.default_region,
        phones=given.agents.endpoints,
        poke=poke,
        csv_chunks=files.csv_chunks,
        open_file=_open_file,
        open_numbers=lambda path, region: files.FileReader(path, only_numbers=True, region=region),
        uploads=given.database.path.with_name(given.database.path.name + ".uploads"),
        rulebook=rulebook,
        hosts=given.web.hosts,
        speaks=bool(given.tts.command),
        routes={Channel.SMS: [each.name for each in given.sms], Channel.EMAIL: [each.name for each in given.mail]},
        passing=given.transfer.rules,
        phone_line=_phone_line(given.phone_server),
        tls=tls,
        vitals=vitals,
        metrics=metrics,
    )


def _phone_line(server: AsteriskSettings | None) -> PhoneLine | None:
    if server is None:
        return None
    url = server.url.replace("http", "ws", 1) + "/ws"
    return PhoneLine(url, trusting(server.ca_file) if server.is_over_tls else None)


def tls_of(given: HttpSettings) -> ssl.SSLContext | None:
    """Raises SettingsError where the certificate cannot be used."""
    if given.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(given.tls_certificate, given.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"[http] tls_certificate and tls_key cannot be used: {error}",
            hint="give the files of one certificate and its key, in PEM",
        ) from error
    return context


def _open_file(path: Path, region: str, columns: ColumnMap | None) -> ContactSource:
    if columns is None:
        return files.FileReader(path, region=region, mapping=None, delimiter=None)
    return files.FileReader(path, region=region, mapping=columns.columns, delimiter=columns.delimiter)
