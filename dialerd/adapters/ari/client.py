"""An aioari client on our own HTTP: it reads the API of the very server it will talk to.

Not here: what is asked through it (readiness.py, session.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aioari

from dialerd.adapters.ari.http import AriHttp, AriStatus, AriUnreachable


@asynccontextmanager
async def connected(http: AriHttp) -> AsyncIterator[Any]:
    """The client while the context lasts; `http` is closed with it. Raises AriStatus and AriUnreachable.

    aioari raises whatever parsing raises where the server is no Asterisk (SwaggerError, KeyError, ValueError, ...):
    all of it means that this URL cannot be used.
    """
    try:
        client = aioari.Client(http.url.removesuffix("ari"), http)
        try:
            await client.init()
        except (AriStatus, AriUnreachable):
            raise
        except Exception as error:  # see above
            raise AriUnreachable("its description of ARI cannot be read: is this an Asterisk?") from error
        yield client
    finally:
        await http.close()
