"""Ways out for SMS: an SMPP 3.4 link, and a gateway with Kannel's interface."""

from dialerd.adapters.sms.gateway import GatewayRoute
from dialerd.adapters.sms.smpp import SmppRoute
from dialerd.ports import Clock, MessageRoute, Pieces
from dialerd.routesettings import GatewaySettings, SmppSettings

__all__ = ["sms_route"]


def sms_route(settings: SmppSettings | GatewaySettings, clock: Clock, pieces: Pieces) -> MessageRoute:
    """The route that a section of the settings describes; nothing is connected yet."""
    if isinstance(settings, SmppSettings):
        return SmppRoute(settings, clock, pieces)
    return GatewayRoute(settings, clock)
