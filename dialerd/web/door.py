"""What every request passes and every answer carries: the host name, the headers that browsers obey, and errors told.

Not here: who asks and what for (counter.py).
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from dialerd import log
from dialerd.domain.errors import DialerdError, StoreError
from dialerd.httpsettings import HttpSettings, asked_name
from dialerd.log import logger
from dialerd.web.credentials import is_secure
from dialerd.web.pages import headers_of
from dialerd.web.problems import Problem, of_error, of_http

_log = logger(__name__)


class Door:
    """The outermost middleware."""

    def __init__(self, http: HttpSettings) -> None:
        self._http = http
        self._headers = {**headers_of(http.phone_origin), "Server": "dialerd"}

    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            self._check_host(request)
            response = await handler(request)
        except Problem as problem:
            response = problem.answer()
        except DialerdError as error:
            if isinstance(error, StoreError):
                _log.error(f"a request failed: {error}", action="api_failed")
            response = of_error(error)
        except web.HTTPException as error:
            response = of_http(error)
        except (ConnectionError, TimeoutError):
            raise  # whoever asked has gone
        except Exception as error:  # noqa: BLE001  # the edge: what is broken is told of, and ends no daemon
            _log.error("a request met a defect", action="api_defect", path=request.path, exc_info=error)
            response = Problem(500, "defect", "this is a defect of dialerd", "report it with the daemon's log").answer()
        if log.is_detailed and (attempt_id := log.attempt_in(request.path)):
            told = {"action": "api_asked", "attempt_id": attempt_id, "status": response.status}
            _log.debug(f"API: {request.method} {request.match_info.route.name or request.path}", **told)
        if not response.prepared:
            self.equip(request, response)
        return response

    def equip(self, request: web.Request, response: web.StreamResponse) -> None:
        """The headers of every answer; whoever begins an answer piece by piece asks for them first."""
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if is_secure(request, self._http.trusted_proxies):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    def _check_host(self, request: web.Request) -> None:
        if self._http.asked_as and asked_name(request.host) not in self._http.asked_as:
            raise Problem(421, "wrong_host", "that host name is not answered here", "see [http] hosts in the settings")
