"""The FastAGI server: hooks with which an admin's dialplan asks dialerd and tells it things.

Not here: what a hook does (usecases), the dialplan that calls it (asterisk-conf).
"""

from dialerd.agi.server import AgiServer

__all__ = ["AgiServer"]
