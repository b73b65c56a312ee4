"""One Asterisk over ARI: aioari and aiohttp live here only."""

from dialerd.adapters.ari.exchange import AriExchange

__all__ = ["AriExchange"]
