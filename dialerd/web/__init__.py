"""The HTTP edge: REST API, sign-in, live events, and the built pages. It calls use cases only, and sees no adapter."""

from dialerd.web.house import House
from dialerd.web.server import ApiServer

__all__ = ["ApiServer", "House"]
