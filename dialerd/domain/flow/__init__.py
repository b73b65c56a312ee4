"""What a person hears when no agent takes the call: a flow is a file of nodes, and one call's way through it."""

from dialerd.domain.flow.check import Complaint
from dialerd.domain.flow.moves import Move, Position, Scene
from dialerd.domain.flow.reading import examine, read_flow
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.step import begin, step

__all__ = ["Complaint", "FlowSpec", "Move", "Position", "Scene", "begin", "examine", "read_flow", "step"]
