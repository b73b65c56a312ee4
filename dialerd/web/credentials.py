"""What a request comes with that says who asks, and whether a page of ours has sent it.

Not here: whose it is (usecases/signin.py).

A cookie is sent by the browser whoever makes it ask, so that a change asked for with one needs a header that a foreign
page cannot set, and an Origin that is ours where the browser tells it; a token is sent by whoever has it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from dialerd.usecases.signin import Credential, digest_of
from dialerd.web.problems import Problem

COOKIE = "dialerd_session"
OWN_HEADER = "X-Dialerd-Request"
_LONGEST = 200


def credential_of(request: web.Request) -> Credential | None:
    """The token where there is one, else the session."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and 0 < len(secret) <= _LONGEST:
        return Credential(digest_of(secret.strip()), is_token=True)
    secret = request.cookies.get(COOKIE, "")
    return Credential(digest_of(secret)) if 0 < len(secret) <= _LONGEST else None


def check_own(request: web.Request) -> None:
    """Raises Problem where a page of another origin may have sent it."""
    check_origin(request)
    if request.headers.get(OWN_HEADER) != "1":
        raise Problem(403, "csrf", f"the header {OWN_HEADER} is missing", f"send {OWN_HEADER}: 1, or use a token")


def check_origin(request: web.Request) -> None:
    """Raises Problem where the browser tells of another origin."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
    is_foreign = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    if is_foreign or site not in ("same-origin", "none"):
        raise Problem(403, "csrf", "the page that asks is of another origin", "ask from dialerd's own pages")


def set_cookie(response: web.StreamResponse, secret: str, *, is_secure: bool) -> None:
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=is_secure, path="/")


def clear_cookie(response: web.StreamResponse, *, is_secure: bool) -> None:
    response.del_cookie(COOKIE, httponly=True, samesite="Strict", secure=is_secure, path="/")


def address_of(request: web.Request, trusted: Sequence[str]) -> str:
    """Who asks, by address: the nearest that no trusted proxy has named itself."""
    chain = [request.remote or "unknown"]
    if _is_in(chain[0], trusted):
        named = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        chain += [each.strip() for each in reversed(named) if each.strip()]
    found = chain[0]
    for each in chain:
        if not _is_address(each):
            break
        found = each
        if not _is_in(each, trusted):
            break
    return found


def is_secure(request: web.Request, trusted: Sequence[str]) -> bool:
    """Whether the browser speaks TLS, to us or to a trusted proxy."""
    if request.transport is not None and request.transport.get_extra_info("sslcontext"):
        return True
    return _is_in(request.remote or "", trusted) and request.headers.get("X-Forwarded-Proto", "") == "https"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(text: str, networks: Sequence[str]) -> bool:
    return _is_address(text) and any(ipaddress.ip_address(text) in ipaddress.ip_network(each) for each in networks)
