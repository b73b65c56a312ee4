"""The text that Prometheus reads, made when it is asked for. prometheus_client lives in this file only.

Not here: what is counted (meters.py, engine/reading.py, usecases/figures.py), what it means (domain/metrics.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric as Family

from dialerd.domain.metrics import METRICS, Metric
from dialerd.meters import BOUNDS_S, Meters, Timing

MEDIA = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[str, tuple[str, ...], float]


def text(meters: Meters, samples: Iterable[Sample]) -> bytes:
    """Everything, in the text format of Prometheus 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(_Told([*_of(meters), *samples], _timings(meters)))
    return generate_latest(registry)


def _of(meters: Meters) -> Iterator[Sample]:
    yield from (("dialerd_calls_started_total", (trunk,), n) for trunk, n in list(meters.started.items()))
    yield from (("dialerd_calls_ended_total", labels, n) for labels, n in list(meters.ended.items()))
    yield from (("dialerd_detections_checked_total", labels, n) for labels, n in list(meters.detections.items()))
    yield "dialerd_slow_commits_total", (), meters.slow_commits
    yield "dialerd_slow_turns_total", (), meters.slow_turns


def _timings(meters: Meters) -> Mapping[str, Timing]:
    return {
        "dialerd_originate_seconds": meters.originate,
        "dialerd_dial_delay_seconds": meters.dial_delay,
        "dialerd_to_agent_seconds": meters.to_agent,
        "dialerd_writer_wait_seconds": meters.writer_wait,
        "dialerd_commit_seconds": meters.commit,
        "dialerd_loop_lag_seconds": meters.loop_lag,
    }


class _Told:
    """One collection's worth of families, in the order of the catalogue."""

    def __init__(self, samples: Sequence[Sample], timings: Mapping[str, Timing]) -> None:
        self._timings = timings
        self._samples: dict[str, dict[tuple[str, ...], float]] = {}
        for name, labels, value in samples:
            self._samples.setdefault(name, {})[labels] = value

    def collect(self) -> Iterator[Family]:
        unknown = (self._samples.keys() | self._timings.keys()) - METRICS.keys()
        assert not unknown, f"not in domain/metrics.py: {unknown}"
        for metric in METRICS.values():
            if metric.name in self._timings:
                yield _histogram(metric, self._timings[metric.name])
                continue
            kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = kind(metric.name, metric.help, labels=metric.labels)
            for labels, value in self._samples.get(metric.name, {}).items():
                family.add_metric(labels, value)
            yield family


def _histogram(metric: Metric, timing: Timing) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric.name, metric.help)
    counts = list(timing.counts)  # as they are at one moment
    so_far, buckets = 0, []
    for bound, count in zip([*map(str, BOUNDS_S), "+Inf"], counts, strict=True):
        so_far += count
        buckets.append((bound, float(so_far)))
    family.add_metric((), buckets, timing.sum_s)
    return family
