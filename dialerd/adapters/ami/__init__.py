"""The manager interface of Asterisk (AMI), for what ARI has no way to: Asterisk's own queues.

Not here: calls (adapters/ari).
"""

from dialerd.adapters.ami.probe import AmiFound, probe
from dialerd.adapters.ami.session import AmiQueues

__all__ = ["AmiFound", "AmiQueues", "probe"]
