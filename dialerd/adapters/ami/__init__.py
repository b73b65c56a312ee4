"""The manager interface of Asterisk (AMI), for what ARI has no way to: Asterisk's own queues.

Not here: calls (adapters/ari).
"""

from dialerd.adapters.ami.session import AmiQueues

__all__ = ["AmiQueues"]
