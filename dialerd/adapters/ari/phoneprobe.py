"""Whether SIP is spoken over WebSocket where phones in browsers look for it (for doctor).

Not here: the phone itself (web/ui).
"""

from __future__ import annotations

import ssl

import aiohttp

from dialerd import tls

_LIMIT_S = 5.0


async def probe_phone(url: str, context: ssl.SSLContext | None = None) -> str:
    """Empty: it is. Else why nobody could register. `context`: whom wss trusts; None: as this machine does."""
    timeout = aiohttp.ClientWSTimeout(ws_close=_LIMIT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_LIMIT_S)) as session,
            session.ws_connect(url, ssl=context or True, protocols=("sip",), timeout=timeout) as socket,
        ):
            return "" if socket.protocol == "sip" else "it speaks WebSocket, but not SIP over it"
    except aiohttp.WSServerHandshakeError as error:
        return f"SIP is not spoken over WebSocket there (HTTP {error.status})"
    except TimeoutError:
        return f"no answer within {_LIMIT_S:g} s"
    except (aiohttp.ClientError, OSError) as error:
        return tls.trouble(error) or str(error) or type(error).__name__
