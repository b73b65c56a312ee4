"""TLS to servers: whom we trust, and in plain words why a server is not let talk to us.

Not here: the connections themselves (adapters), the settings (routesettings.py, serversettings.py).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from dialerd.domain.errors import SettingsError


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates and names are always checked: by the authorities in the file, or by those of this machine.

    Raises SettingsError where the file cannot be read, or has none.
    """
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:  # ssl.SSLError, too
        reason = "there is no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise SettingsError(
            f"ca_file {ca_file} cannot be used: {reason}", hint="a PEM file, readable for the user dialerd runs as"
        ) from error


def trouble(error: BaseException) -> str | None:
    """What of TLS went wrong, whatever a library has wrapped it in; None: nothing of TLS."""
    for each in _behind(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            said = each.verify_message.rstrip(".")
            return (
                f"its certificate is not trusted: {said} (ca_file names the authority that signed it; the server's name"
                " in the settings is one that the certificate has)"
            )
        if isinstance(each, ssl.SSLError):
            reason = (each.reason or str(each)).replace("_", " ").lower()
            return f"there is no TLS with it: {reason} (check the port, and whether TLS is spoken there)"
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        # aiohttp's errors are of ssl's kinds as well, and say nothing of it themselves.
        inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
        yield inner if isinstance(inner, BaseException) else error
        error = error.__cause__ or error.__context__
