"""The imperative middle: drives the decisions of domain/ through ports; no SQL, HTTP or ARI JSON."""

from dialerd.engine.amdwatch import AmdWatch
from dialerd.engine.dropkeeper import DropKeeper
from dialerd.engine.engine import Engine
from dialerd.engine.forgetter import Forgetter

__all__ = ["AmdWatch", "DropKeeper", "Engine", "Forgetter"]
