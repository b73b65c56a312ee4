"""What watches dialerd asks: /healthz (is it there), /readyz (can it place calls, and what is not well), /metrics.

Not here: what is well (engine/vitals.py), what is counted (domain/metrics.py). They are no part of the API: no document
tells of them, and what they say is for machines.

From this machine itself they need no sign-in; from elsewhere a token of somebody who may look at all campaigns, but for
whether dialerd is there and ready at all, which load balancers ask.
"""

from __future__ import annotations

import ipaddress

from aiohttp import web

from dialerd.domain.errors import RefusedError
from dialerd.domain.user import Denied, Right, may
from dialerd.httpsettings import is_own_name
from dialerd.ports import Unit
from dialerd.usecases import signin
from dialerd.web.credentials import address_of, credential_of
from dialerd.web.house import House
from dialerd.web.problems import Problem

_NOT_OWN = ("X-Forwarded-For", "Forwarded")


class Watching:
    """One per API."""

    def __init__(self, house: House) -> None:
        self._house = house

    def add_to(self, application: web.Application) -> None:
        for path, answer in (("/healthz", self.health), ("/readyz", self.ready), ("/metrics", self.metrics)):
            application.router.add_get(path, answer)

    async def health(self, _request: web.Request) -> web.Response:
        """It is there and its loop answers: this is answered by it."""
        return _told({"status": "ok"}, 200)

    async def ready(self, request: web.Request) -> web.Response:
        """200: calls can be placed; 503: they cannot, and why."""
        parts = self._house.vitals()
        asterisks = [each for each in parts if each.part.startswith("asterisk ")]
        others = [each for each in parts if each not in asterisks]
        is_ready = not any(each.trouble for each in others) and any(not each.trouble for each in asterisks)
        told: dict[str, object] = {"ready": is_ready}
        if await self._is_known(request):
            told["parts"] = [{"part": each.part, "well": not each.trouble, "trouble": each.trouble} for each in parts]
        return _told(told, 200 if is_ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        if not await self._is_known(request):
            raise Problem(401, "not_signed_in", "metrics are for this machine", "send a token: dialerd token create")
        media, text = await self._house.metrics()
        response = web.Response(body=text)
        response.headers["Content-Type"] = media
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _is_known(self, request: web.Request) -> bool:
        if self._is_from_here(request):
            return True
        credential, now = credential_of(request), self._house.clock.now()

        def judge(unit: Unit) -> bool:
            person = signin.identify(unit, credential, now).person
            return person.queues is None and not isinstance(may(person, Right.SEE), Denied)

        try:
            return await self._house.store.read(judge)
        except RefusedError:
            return False

    def _is_from_here(self, request: web.Request) -> bool:
        """Not by a proxy of this machine that nobody has named: whoever is behind it could be anybody. It tells itself
        by what it adds, or by the name that it was asked by."""
        trusted = self._house.http.trusted_proxies
        if any(name in request.headers for name in _NOT_OWN) or not is_own_name(request.host):
            return False
        try:
            return ipaddress.ip_address(address_of(request, trusted)).is_loopback
        except ValueError:
            return False


def _told(document: object, status: int) -> web.Response:
    return web.json_response(document, status=status, headers={"Cache-Control": "no-store"})
