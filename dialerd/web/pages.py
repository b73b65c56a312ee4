"""Serves the built pages: index for every address of theirs, hashed files that browsers keep for good, a strict policy.

Everything is read once, so that a request touches no file and no path can lead out of the folder.
Not here: the API (resources/), how the pages are built (scripts/ui) and what they are (ui/).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

BUILT = Path(__file__).parent / "ui" / "dist"
NOT_BUILT = "pages are not built: the README, Install, says how (scripts/ui build, systemd/install)"

_PACKED = frozenset({".js", ".css", ".html", ".svg", ".json"})
_KEPT_S = 365 * 86400


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None  # with gzip, where that makes it smaller
    type: str
    etag: str


def policy(connect: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of the pages: nothing inline, nobody else's. `connect`: the browser phone's WSS."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "media-src 'self'",
            " ".join(("connect-src 'self'", *connect)),
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def headers_of(connect: Sequence[str] = ()) -> dict[str, str]:
    """No script, style or connection but ours and the phone's; nothing of it in a frame; nothing guessed."""
    return {
        "Content-Security-Policy": policy(connect),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    }


class Pages:
    """The files of one build. `folder` without index.html: every page says 503 and what to do."""

    def __init__(self, folder: Path = BUILT, *, connect: Sequence[str] = ()) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        self._files = {path.relative_to(folder).as_posix(): _read(path) for path in paths}
        self._headers = headers_of(connect)

    @property
    def is_built(self) -> bool:
        return "index.html" in self._files

    def add_to(self, application: web.Application) -> None:
        """Answer every GET that is not the API's, nor another route's that was added before."""
        application.router.add_get("/assets/{path:.+}", self.asset)
        application.router.add_get(r"/{path:(?!(?:api|assets|metrics)(?:/|$)).*}", self.page)

    async def asset(self, request: web.Request) -> web.Response:
        """A file whose name has its contents' hash in it: what is kept of it never grows old."""
        found = self._files.get(f"assets/{request.match_info['path']}")
        if found is None:
            return web.Response(status=404, text="there is no such file\n", headers=self._headers)
        return self._answer(request, found, cache=f"public, max-age={_KEPT_S}, immutable")

    async def page(self, request: web.Request) -> web.Response:
        """The index, whatever the address: the pages find their own way by it."""
        index = self._files.get("index.html")
        if index is None:
            return web.Response(status=503, text=NOT_BUILT + "\n", headers=self._headers)
        return self._answer(request, index, cache="no-cache")

    def _answer(self, request: web.Request, file: _File, *, cache: str) -> web.Response:
        headers = {**self._headers, "Cache-Control": cache, "ETag": file.etag, "Vary": "Accept-Encoding"}
        if file.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        body = file.body
        if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = file.packed
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers={**headers, "Content-Type": file.type})


def _read(path: Path) -> _File:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if path.suffix in _PACKED else None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(
        body=body,
        packed=packed if packed is not None and len(packed) < len(body) else None,
        type=f"{kind}; charset=utf-8" if path.suffix in _PACKED else kind,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    )
