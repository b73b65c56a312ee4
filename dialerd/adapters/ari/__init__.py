"""One Asterisk over ARI: aioari and aiohttp live here only."""

from dialerd.adapters.ari.confprobe import Configuration, probe_conf
from dialerd.adapters.ari.exchange import AriExchange
from dialerd.adapters.ari.phoneprobe import probe_phone
from dialerd.adapters.ari.readiness import Readiness, probe, too_old

__all__ = ["AriExchange", "Configuration", "Readiness", "probe", "probe_conf", "probe_phone", "too_old"]
