"""A call as a trace: its phases in order and without gaps, under the attempt's id, with nobody's number."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from dialerd import tracehouse
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.call.states import STATES
from dialerd.domain.errors import SettingsError
from dialerd.domain.words import AttemptId, Disposition, RunId, TargetId
from dialerd.engine import calltrace
from dialerd.ports import AttemptRow
from dialerd.settings import TracingSettings
from tests.simulation.callcenter import attempts, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import start

try:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from dialerd.adapters.tracing import CallTraces
except ImportError:
    if os.environ.get("CI") == "true":
        raise
    pytest.skip("the extra dialerd[otel] is not installed here: run scripts/setup", allow_module_level=True)

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ID = AttemptId("d0192f3c4b5a67890123456789abcdef0")


def traced(endings: list[str], **keys: object) -> tuple[list[AttemptRow], list[ReadableSpan]]:
    """A campaign with one agent: its attempts and all spans."""
    kept, rows = InMemorySpanExporter(), list[AttemptRow]()

    async def story(office: Office) -> None:
        office.tracing = CallTraces(SimpleSpanProcessor(kept))
        await staff(office, queue(["ann"], wrap_up_s=5))
        await start(office, endings, **keys)  # type: ignore[arg-type]
        await office.until(START + timedelta(minutes=10))
        rows.extend(row.attempt for row in await attempts(office))

    in_office(story, start=START)
    return rows, list(kept.get_finished_spans())


def test_each_phase_of_a_call_with_an_agent_is_a_span_under_the_attempts_id() -> None:
    (attempt,), spans = traced(["00"])
    (root,) = [span for span in spans if span.parent is None]
    parts = sorted((span for span in spans if span is not root), key=lambda span: span.start_time or 0)
    assert [span.name for span in parts] == ["claim", "originate", "ring", "amd", "wait for agent", "talk", "wrap-up"]
    assert {span.context.trace_id for span in spans} == {int(attempt.id[1:], 16)}
    assert {span.parent and span.parent.span_id for span in parts} == {root.context.span_id}
    assert (root.name, dict(root.attributes or {})) == (
        "call",
        {
            "dialerd.attempt_id": attempt.id,
            "dialerd.run_id": attempt.run_id,
            "dialerd.campaign": "c",
            "dialerd.trunk": "carrier",
            "dialerd.asterisk": "simulated",
            "dialerd.disposition": "answered_human",
            "dialerd.amd": attempt.amd,
            "dialerd.cause": attempt.cause,
        },
    )
    assert (root.start_time, root.end_time) == tuple(map(ns, (attempt.claimed_at, attempt.ended_at)))
    moments = [parts[0].start_time, *(span.end_time for span in parts[:-1])]
    assert [span.start_time for span in parts[:-1]] == moments[:-1], "one ends as the next begins"
    connecting_ns = ns(attempt.connected_at) - (parts[-2].start_time or 0)
    assert 0 <= connecting_ns < 100_000_000, "the talk's span begins with joining the two"
    assert (parts[-1].end_time or 0) - (parts[-1].start_time or 0) == 5_000_000_000
    assert not any(attempt.number.lstrip("+") in span.to_json() for span in spans), "nobody's number is told"


def test_a_call_that_nobody_answers_ends_where_it_was() -> None:
    (attempt,), spans = traced(["02"])
    (root,) = [span for span in spans if span.parent is None]
    assert [span.name for span in spans] == ["claim", "originate", "ring", "call"]
    assert root.attributes is not None
    assert (root.attributes["dialerd.disposition"], root.attributes["dialerd.cause"]) == ("busy", attempt.cause)


def test_every_state_of_a_call_has_a_phase() -> None:
    assert set(calltrace._PHASES) == set(STATES)


@pytest.mark.parametrize(("share", "count"), [(1.0, 2), (0.08, 2), (0.07, 0), (0.0001, 0)])
def test_a_share_of_calls_is_chosen_by_their_ids(share: float, count: int) -> None:
    kept = InMemorySpanExporter()
    traces = CallTraces(SimpleSpanProcessor(kept), share=share)
    tell(traces)
    traces.wrapped_up(ID, START, START + timedelta(seconds=1))
    assert len(kept.get_finished_spans()) == (count and count + 2)


def test_an_adopted_call_goes_on_in_the_trace_that_an_earlier_daemon_began() -> None:
    kept = InMemorySpanExporter()
    tell(CallTraces(SimpleSpanProcessor(kept)))
    tell(CallTraces(SimpleSpanProcessor(kept)), adopted=True)
    first, second = (span for span in kept.get_finished_spans() if span.name == "call")
    assert first.context.trace_id == second.context.trace_id == int(ID[1:], 16)
    assert first.context.span_id != second.context.span_id
    assert (second.attributes or {})["dialerd.adopted"] is True


def test_a_collector_gets_them_over_http_before_the_daemon_ends() -> None:
    came: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        came.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response(body=b"", content_type="application/x-protobuf")

    async def main() -> None:
        collector = web.Application()
        collector.router.add_post("/v1/traces", collect)
        runner = web.AppRunner(collector)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        traces = tracehouse.traces(TracingSettings(endpoint=f"http://127.0.0.1:{port}/v1/traces"))
        assert traces is not None
        tell(traces)
        await traces.close()
        await runner.cleanup()

    asyncio.run(main())
    (told,) = (each for request in came for each in request.resource_spans)
    assert ("service.name", "dialerd") in {(each.key, each.value.string_value) for each in told.resource.attributes}
    spans = [span for scope in told.scope_spans for span in scope.spans]
    assert {span.trace_id.hex() for span in spans} == {ID[1:]}
    assert sorted(span.name for span in spans) == ["call", "claim", "originate"]


def test_what_the_sdk_complains_of_stands_in_our_log(told: list[MutableMapping[str, Any]]) -> None:
    traces = CallTraces.to("http://127.0.0.1:9/v1/traces", share=1.0)
    logging.getLogger("opentelemetry.exporter").error("no %s", "answer")
    asyncio.run(traces.close())
    (line,) = told
    assert (line["action"], line["event"]) == ("tracing_failed", "traces are not sent: no answer")


def test_tracing_is_off_unless_it_is_asked_for_and_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dialerd.adapters.tracing", None)
    assert tracehouse.traces(TracingSettings()) is None
    with pytest.raises(SettingsError, match="OpenTelemetry") as error:
        tracehouse.traces(TracingSettings(endpoint="http://127.0.0.1:4318/v1/traces"))
    assert "dialerd[otel]" in (error.value.hint or "")


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "http://me:secret@there/v1/traces", "http://127.0.0.1:4318"])
def test_an_endpoint_is_a_whole_address_without_a_password(endpoint: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        TracingSettings(endpoint=endpoint)


def tell(traces: CallTraces, *, adopted: bool = False) -> None:
    """Of one call."""
    attempt = AttemptRow(
        id=ID,
        target_id=TargetId(1),
        run_id=RunId(1),
        number="+12125550100",
        trunk="carrier",
        asterisk="pbx1",
        caller_id="+12125550101",
        claimed_at=START,
    )
    traces.began(attempt, "c", "originate", START, adopted=adopted)
    ended_at = START + timedelta(seconds=1)
    outcome = Outcome(disposition=Disposition.BUSY, facts=Facts(placed_at=START), ended_at=ended_at)
    traces.ended(ID, outcome, ended_at)


def ns(moment: datetime | None) -> int:
    assert moment is not None
    return int(moment.timestamp() * 1_000_000) * 1000


def test_the_readme_names_both_keys() -> None:
    assert {"endpoint", "share"} == set(TracingSettings.model_fields)
    assert "`[tracing]`" in (Path(__file__).parents[2] / "README.md").read_text()
