"""Flows and strategies before anybody is called: what is wrong with a file, its graph, a walk through a flow.

Not here: keeping them (definitions.py).
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import Field, model_validator

from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.trial import Trial, tried
from dialerd.domain.user import Right
from dialerd.usecases import drafts
from dialerd.usecases.drafts import Checked, Drawn
from dialerd.usecases.flowtrial import scene_of
from dialerd.web.binding import Ask, Model, Route

D = TypeVar("D")

_Text = Annotated[str, Field(max_length=500_000)]


class Text(Model):
    toml: _Text


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
    return drafts.check(drafts.FLOW, ask.body.toml)


def check_strategy(ask: Ask[None, Text]) -> Checked:
    """Everything that is wrong with the file of a strategy, each with its line; nothing is kept."""
    return drafts.check(drafts.STRATEGY, ask.body.toml)


def show_schema(ask: Ask[None, None]) -> dict[str, Any]:
    """The JSON Schema of a flow's file, for an editor that checks while one types."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **FlowSpec.model_json_schema()}


def try_flow(ask: Ask[None, Wish]) -> Trial:
    """Walk through a flow as whoever answers would, as far as what was typed goes; nothing is done or kept."""
    given = ask.body
    spec = _read(drafts.FLOW, given.toml or "") if given.flow is None else drafts.FLOW.kept(ask.unit, given.flow)
    scene = scene_of(number=given.number, zone=given.zone, attributes=given.attributes, now=ask.now)
    return tried(spec, scene, [line.strip() for line in given.typed])


def draw_flow(ask: Ask[None, Text]) -> Drawn:
    """The file of a flow as a graph; nothing is kept."""
    return drafts.draw(drafts.FLOW, _read(drafts.FLOW, ask.body.toml))


def draw_strategy(ask: Ask[None, Text]) -> Drawn:
    """The file of a strategy as a graph; nothing is kept."""
    return drafts.draw(drafts.STRATEGY, _read(drafts.STRATEGY, ask.body.toml))


def draw_kept_flow(ask: Ask[None, None]) -> Drawn:
    """A flow as a graph."""
    return drafts.draw(drafts.FLOW, drafts.FLOW.kept(ask.unit, ask.path["name"]))


def draw_kept_strategy(ask: Ask[None, None]) -> Drawn:
    """A strategy as a graph."""
    return drafts.draw(drafts.STRATEGY, drafts.STRATEGY.kept(ask.unit, ask.path["name"]))


def _read(kind: drafts.Kind[D], text: str) -> D:
    return drafts.read(kind, text, source="body.toml", hint="correct the file; .../check looks again")


_FLOWS, _STRATEGIES = "/api/flows", "/api/strategies"

ROUTES: tuple[Route, ...] = (
    Route(method="POST", path=_FLOWS + "/check", do=check_flow, right=Right.SEE, looks=True),
    Route(method="POST", path=_FLOWS + "/try", do=try_flow, right=Right.SEE, looks=True),
    Route(method="POST", path=_FLOWS + "/draw", do=draw_flow, right=Right.SEE, looks=True),
    Route(method="GET", path=_FLOWS + "/{name}/draw", do=draw_kept_flow, right=Right.SEE),
    Route(method="GET", path="/api/flow-schema", do=show_schema, right=Right.SEE),
    Route(method="POST", path=_STRATEGIES + "/check", do=check_strategy, right=Right.SEE, looks=True),
    Route(method="POST", path=_STRATEGIES + "/draw", do=draw_strategy, right=Right.SEE, looks=True),
    Route(method="GET", path=_STRATEGIES + "/{name}/draw", do=draw_kept_strategy, right=Right.SEE),
)
