"""What Prometheus reads: every metric of the catalogue and no other, timings as histograms."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dialerd.adapters.metrics import text
from dialerd.domain.metrics import METRICS
from dialerd.meters import BOUNDS_S, Meters


def test_every_metric_is_told_with_its_kind_and_help_and_no_other() -> None:
    told = {each.name: each for each in text_string_to_metric_families(text(Meters(), []).decode())}
    own = {name: each for name, each in told.items() if name.startswith("dialerd_")}
    assert own.keys() == {name.removesuffix("_total") if METRICS[name].kind == "counter" else name for name in METRICS}
    for metric in METRICS.values():
        family = own[metric.name.removesuffix("_total") if metric.kind == "counter" else metric.name]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
    with pytest.raises(AssertionError, match="dialerd_new"):
        text(Meters(), [("dialerd_new", (), 1.0)])


def test_timings_and_counts_are_what_was_observed() -> None:
    meters = Meters()
    for seconds in (0.0005, 0.003, 0.003, 0.05, 60.0):
        meters.commit.observe(seconds)
    meters.ended["carrier", "busy"] += 3
    told = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(
            text(meters, [("dialerd_calls", ("spring", "ringing"), 7.0)]).decode()
        )
        for sample in family.samples
    }
    assert told["dialerd_commit_seconds_count",] == 5
    assert abs(told["dialerd_commit_seconds_sum",] - 60.0565) < 1e-9
    at_most = {bound: told["dialerd_commit_seconds_bucket", ("le", str(bound))] for bound in BOUNDS_S}
    assert (at_most[0.001], at_most[0.0025], at_most[0.005], at_most[0.05], at_most[10.0]) == (1, 1, 3, 4, 4)
    assert told["dialerd_commit_seconds_bucket", ("le", "+Inf")] == 5
    assert told["dialerd_calls_ended_total", ("disposition", "busy"), ("trunk", "carrier")] == 3
    assert told["dialerd_calls", ("campaign", "spring"), ("phase", "ringing")] == 7
