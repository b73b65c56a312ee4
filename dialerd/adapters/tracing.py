"""Traces of calls, sent over OTLP/HTTP: an extra, dialerd[otel]. opentelemetry lives in this file only.

Not here: when a call is in which phase (engine/calltrace.py). A trace has the attempt's id as its own (32 hex digits),
so that whoever has the one finds the other; names of people and numbers are in none.

Spans are queued and sent on a thread of the SDK's: a collector that is slow or away costs no call anything, and what
does not fit into its queue is dropped there.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags, Tracer

from dialerd.domain.call import Outcome
from dialerd.domain.words import AttemptId
from dialerd.log import logger
from dialerd.ports import AttemptRow

_log = logger(__name__)

_SEND_S = 5.0  # for one request to the collector
_SHARES = 2**64


class CallTraces:
    """Implements ports.Tracing. `share`: of all calls, which are chosen by their ids."""

    def __init__(self, processor: SpanProcessor, *, share: float = 1.0) -> None:
        self._ids = _Ids()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create({"service.name": "dialerd", "service.version": version("dialerd")}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer: Tracer = self._provider.get_tracer("dialerd")
        self._below = int(share * _SHARES)
        self._calls: dict[AttemptId, _Traced] = {}

    @classmethod
    def to(cls, endpoint: str, *, share: float) -> CallTraces:
        """Send them to a collector, like http://127.0.0.1:4318/v1/traces."""
        library = logging.getLogger("opentelemetry")
        library.handlers[:] = [_Told()]
        library.propagate = False
        return cls(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=_SEND_S)), share=share)

    def began(self, attempt: AttemptRow, campaign: str, phase: str, at: datetime, *, adopted: bool) -> None:
        if int(attempt.id[17:], 16) >= self._below:
            return
        told: dict[str, str | int | bool] = {
            "dialerd.attempt_id": attempt.id,
            "dialerd.run_id": attempt.run_id,
            "dialerd.campaign": campaign,
            "dialerd.trunk": attempt.trunk,
            "dialerd.asterisk": attempt.asterisk,
        }
        if adopted:
            told["dialerd.adopted"] = True
        self._ids.trace_id = int(attempt.id[1:], 16)
        self._ids.span_id = None if adopted else _root_of(attempt.id)
        root = self._tracer.start_span(
            "call",
            trace.set_span_in_context(NonRecordingSpan(_NOBODY)),
            start_time=_ns(at if adopted else attempt.claimed_at),
            attributes=told,
        )
        traced = _Traced(root, "", None)
        self._calls[attempt.id] = traced
        if not adopted:
            self._turn(traced, "claim", attempt.claimed_at)
        self._turn(traced, phase, at)

    def turned(self, attempt_id: AttemptId, phase: str, at: datetime) -> None:
        traced = self._calls.get(attempt_id)
        if traced is not None and phase != traced.phase:
            self._turn(traced, phase, at)

    def _turn(self, traced: _Traced, phase: str, at: datetime) -> None:
        if traced.span is not None:
            traced.span.end(_ns(at))
        within = trace.set_span_in_context(traced.root)
        traced.phase, traced.span = phase, self._tracer.start_span(phase, within, start_time=_ns(at))

    def ended(self, attempt_id: AttemptId, outcome: Outcome, at: datetime) -> None:
        traced = self._calls.pop(attempt_id, None)
        if traced is None:
            return
        facts = outcome.facts
        traced.root.set_attribute("dialerd.disposition", outcome.disposition.value)
        for name, value in (("amd", facts.amd), ("cause", facts.cause), ("sip_code", facts.sip_code)):
            if value is not None:
                traced.root.set_attribute(f"dialerd.{name}", value)
        if traced.span is not None:
            traced.span.end(_ns(at))
        traced.root.end(_ns(at))

    def wrapped_up(self, attempt_id: AttemptId, began_at: datetime, ended_at: datetime) -> None:
        if int(attempt_id[17:], 16) >= self._below:
            return
        root = SpanContext(int(attempt_id[1:], 16), _root_of(attempt_id), False, TraceFlags(TraceFlags.SAMPLED))
        within = trace.set_span_in_context(NonRecordingSpan(root))
        self._tracer.start_span("wrap-up", within, start_time=_ns(began_at)).end(_ns(ended_at))

    async def close(self) -> None:
        """Send what is queued, as far as the collector takes it."""
        await asyncio.get_running_loop().run_in_executor(None, self._provider.shutdown)


@dataclass(slots=True)
class _Traced:
    """A call that is up: its own span, and that of its phase."""

    root: Span
    phase: str
    span: Span | None


class _Ids(RandomIdGenerator):  # type: ignore[misc]  # an extra has no types here
    """The ids of the next root are given; all others are drawn."""

    def __init__(self) -> None:
        self.trace_id = 0
        self.span_id: int | None = None

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        given, self.span_id = self.span_id, None
        return given if given is not None else int(super().generate_span_id())


class _Told(logging.Handler):
    """What the SDK complains of, in our log: it retries, and drops what it cannot send."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.warning(f"traces are not sent: {record.getMessage()[:300]}", action="tracing_failed")


_NOBODY = SpanContext(0, 0, False)  # no parent, whatever else in this process may trace


def _root_of(attempt_id: AttemptId) -> int:
    """The id of a call's own span: known to whoever knows the attempt."""
    return int(attempt_id[17:], 16) or 1


def _ns(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
