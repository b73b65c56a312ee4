"""What goes wrong, as RFC 9457 has it: a status, a stable code, and the sentence that the command line would say.

Not here: the errors (domain/errors.py). What is a defect is told to the log and not to whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from dialerd.domain.errors import (
    AlreadyExistsError,
    BadInputError,
    ChangedError,
    DialerdError,
    ForbiddenError,
    IllegalActionError,
    NotFoundError,
    NotSignedInError,
    RefusedError,
    TryLaterError,
)

MEDIA_TYPE = "application/problem+json"

_CODES: Mapping[type[DialerdError], tuple[int, str]] = {
    NotFoundError: (404, "not_found"),
    AlreadyExistsError: (409, "already_exists"),
    IllegalActionError: (409, "illegal_action"),
    BadInputError: (422, "bad_input"),
    NotSignedInError: (401, "unauthenticated"),
    ForbiddenError: (403, "forbidden"),
    ChangedError: (412, "precondition_failed"),
    TryLaterError: (429, "too_many"),
    RefusedError: (409, "refused"),
    DialerdError: (503, "unavailable"),
}
_OF_HTTP = {
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    415: "unsupported_media",
    421: "wrong_host",
}


class Problem(Exception):
    """A request that cannot be understood or is not heard, before any use case is asked.

    `errors`: where in the request, and what is wrong there.
    """

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", errors: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.errors = tuple(errors)

    def answer(self, headers: Mapping[str, str] | None = None) -> web.Response:
        document: dict[str, object] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": f"{self.message} ({self.hint})" if self.hint else self.message,
            "message": self.message,
            "hint": self.hint,
        }
        if self.errors:
            document["errors"] = [{"at": at, "message": message} for at, message in self.errors]
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        return web.Response(status=self.status, body=body, content_type=MEDIA_TYPE, headers=headers)


def of_error(error: DialerdError) -> web.Response:
    """The answer to what a use case refuses."""
    status, code = next(_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)
    if status == 503:  # the sentence is the admin's: it names files and servers
        return Problem(status, code, "dialerd cannot do that now", "see the log of the daemon").answer()
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TryLaterError) else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="dialerd"'
    return Problem(status, code, error.message, error.hint).answer(headers)


def of_http(error: web.HTTPException) -> web.Response:
    """What aiohttp refuses by itself: an unknown path or method, a body that is too large."""
    code = _OF_HTTP.get(error.status, "bad_request")
    allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    return Problem(error.status, code, f"{HTTPStatus(error.status).phrase.lower()}").answer(allowed)


def of_validation(error: ValidationError, where: str) -> Problem:
    """A body or query that does not fit its model; what was given is not repeated."""
    found = tuple(_complaints(error, where))
    said = "; ".join(f"{at}: {message}" for at, message in found[:5])
    return Problem(422, "bad_input", said, "see /api/openapi.json", found)


def _complaints(error: ValidationError, where: str) -> Iterable[tuple[str, str]]:
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        text = {"extra_forbidden": "unknown key", "missing": "is missing"}.get(item["type"], item["msg"])
        yield ".".join([where, *(str(part) for part in item["loc"])]), text.removeprefix("Value error, ")
