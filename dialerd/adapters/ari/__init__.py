"""One Asterisk over ARI: aioari and aiohttp live here only."""

from dialerd.adapters.ari.exchange import AriExchange
from dialerd.adapters.ari.readiness import Readiness, probe, too_old

__all__ = ["AriExchange", "Readiness", "probe", "too_old"]
