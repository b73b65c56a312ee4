"""Certificates of the tests' own: an authority, and servers that it, or another, has signed.

Not here: any server.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


class Authority:
    """`file` has its certificate: what `ca_file` names in the settings."""

    def __init__(self, folder: Path) -> None:
        self._made = trustme.CA()
        self.file = folder / "ca.pem"
        self._made.cert_pem.write_to_path(str(self.file))

    def server(self, *names: str) -> ssl.SSLContext:
        """For a server that is called so."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._made.issue_cert(*names).configure_cert(context)
        return context

    def files(self, folder: Path, *names: str) -> tuple[Path, Path]:
        """The certificate and the key of a server that reads them from files."""
        made = self._made.issue_cert(*names)
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        made.private_key_pem.write_to_path(str(key))
        return certificate, key
