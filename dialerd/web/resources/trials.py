"""Flows and strategies before anybody is called: what is wrong with a file, its graph, a walk through a flow.

Not here: keeping them (definitions.py).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from pydantic import Field, model_validator

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import Complaint, FlowSpec
from dialerd.domain.flow import examine as examine_flow
from dialerd.domain.flow.draw import draw as draw_flow
from dialerd.domain.flow.trial import Trial, tried
from dialerd.domain.graph import Graph
from dialerd.domain.strategy import drawing as draw_strategy
from dialerd.domain.strategy import examine as examine_strategy
from dialerd.domain.user import Right
from dialerd.usecases import flows, strategies
from dialerd.usecases.flowtrial import scene_of
from dialerd.web.binding import Ask, Model, Route

_Text = Annotated[str, Field(max_length=500_000)]


class Text(Model):
    toml: _Text


class ComplaintShown(Model):
    line: int
    complaint: str


class Checked(Model):
    """`name` null: it is none at all."""

    name: str | None
    complaints: list[ComplaintShown]


class GraphShown(Model):
    mermaid: str
    dot: str


class Wish(Model):
    """The flow of that name, or of that file; whom it is tried on; and what was typed so far: keys, `fail` where
    something is not done, else nothing."""

    flow: Annotated[str, Field(max_length=64)] | None = None
    toml: _Text | None = None
    attributes: Annotated[dict[str, str], Field(max_length=200)] = Field(default_factory=dict)
    number: Annotated[str, Field(max_length=40)] = "+12125550199"
    zone: Annotated[str, Field(max_length=60)] = "UTC"
    typed: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one(self) -> Wish:
        if (self.flow is None) == (self.toml is None):
            raise ValueError("give either flow or toml")
        return self


def check_flow(ask: Ask[None, Text]) -> Checked:
    """Everything that is wrong with the file of a flow, each with its line; nothing is kept."""
    found, wrong = examine_flow(ask.body.toml)
    return _checked(found.name if found else None, wrong)


def check_strategy(ask: Ask[None, Text]) -> Checked:
    """Everything that is wrong with the file of a strategy, each with its line; nothing is kept."""
    found, wrong = examine_strategy(ask.body.toml)
    return _checked(found.name if found else None, wrong)


def show_schema(ask: Ask[None, None]) -> dict[str, Any]:
    """The JSON Schema of a flow's file, for an editor that checks while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **FlowSpec.model_json_schema()}


def try_flow(ask: Ask[None, Wish]) -> Trial:
    """Walk through a flow as whoever answers would, as far as what was typed goes; nothing is done or kept."""
    given = ask.body
    if given.flow is not None:
        spec = flows.get_flow(ask.unit, given.flow).spec
    else:
        found, wrong = examine_flow(given.toml or "")
        if found is None or wrong:
            raise BadInputError(f"body.toml: line {wrong[0].line}: {wrong[0].text}", hint="see .../flows/check")
        spec = found
    scene = scene_of(number=given.number, zone=given.zone, attributes=given.attributes, now=ask.now)
    return tried(spec, scene, [line.strip() for line in given.typed])


def draw_of_flow(ask: Ask[None, None]) -> GraphShown:
    """A flow as a graph."""
    return _drawn(draw_flow(flows.get_flow(ask.unit, ask.path["name"]).spec))


def draw_of_strategy(ask: Ask[None, None]) -> GraphShown:
    """A strategy as a graph."""
    return _drawn(draw_strategy(strategies.get_strategy(ask.unit, ask.path["name"])))


def _drawn(made: Graph) -> GraphShown:
    return GraphShown(mermaid=made.as_mermaid(), dot=made.as_dot())


def _checked(name: str | None, wrong: Collection[Complaint]) -> Checked:
    return Checked(name=name, complaints=[ComplaintShown(line=each.line, complaint=each.text) for each in wrong])


_FLOWS, _STRATEGIES = "/api/flows", "/api/strategies"

ROUTES: tuple[Route, ...] = (
    Route(method="POST", path=_FLOWS + "/check", do=check_flow, right=Right.SEE, looks=True),
    Route(method="POST", path=_FLOWS + "/try", do=try_flow, right=Right.SEE, looks=True),
    Route(method="GET", path=_FLOWS + "/{name}/graph", do=draw_of_flow, right=Right.SEE),
    Route(method="GET", path="/api/flow-schema", do=show_schema, right=Right.SEE),
    Route(method="POST", path=_STRATEGIES + "/check", do=check_strategy, right=Right.SEE, looks=True),
    Route(method="GET", path=_STRATEGIES + "/{name}/graph", do=draw_of_strategy, right=Right.SEE),
)
