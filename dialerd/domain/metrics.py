"""Every metric of dialerd: its name, kind and labels, and what it means in a sentence.

Not here: counting (meters.py, the engine), the text for Prometheus (adapters/metrics.py). The dashboard, the alert
rules and the README name only what stands here: a test holds them together. No label is ever a number or a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]

MOST_RUNS = 200
"""Runs that have metrics of their own: the unfinished ones, the latest first. What a thousand more would say of
themselves would cost Prometheus more than it tells anybody; `dialerd_runs` counts them."""


@dataclass(frozen=True, slots=True)
class Metric:
    """As Prometheus has it; a counter's name ends in _total, a unit is seconds or bytes."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


_ALL = (
    Metric("dialerd_build", "gauge", "1, with the version that runs", ("version",)),
    Metric("dialerd_well", "gauge", "Whether that part answered when last asked: 1 or 0", ("part",)),
    Metric("dialerd_daemon_calls", "gauge", "Calls of a daemon that shares campaigns", ("daemon", "role")),
    Metric(
        "dialerd_daemon_lease_seconds",
        "gauge",
        "How long its lease goes on unless it is renewed: below 0 it is over",
        ("daemon", "role"),
    ),
    Metric("dialerd_calls_started_total", "counter", "Calls that an Asterisk took, since the start", ("trunk",)),
    Metric(
        "dialerd_calls_ended_total",
        "counter",
        "Calls that were settled, since the start, by how they ended",
        ("trunk", "disposition"),
    ),
    Metric("dialerd_calls", "gauge", "Calls that are up, by campaign and phase", ("campaign", "phase")),
    Metric("dialerd_agents", "gauge", "Agents by the state they are in", ("state",)),
    Metric("dialerd_agents_at_work", "gauge", "Agents who work for a campaign now", ("campaign",)),
    Metric("dialerd_queue_callers", "gauge", "People who called and wait for an agent, by queue", ("queue",)),
    Metric("dialerd_trunk_channels", "gauge", "Channels of the trunk in use", ("trunk",)),
    Metric("dialerd_trunk_max_channels", "gauge", "Channels that the trunk may use", ("trunk",)),
    Metric(
        "dialerd_trunk_calls_per_second",
        "gauge",
        "Calls per second that the trunk is given now: less than set while it is congested",
        ("trunk",),
    ),
    Metric("dialerd_trunk_resting", "gauge", "1 while the trunk rests after it refused calls", ("trunk",)),
    Metric("dialerd_runs", "gauge", "Unfinished runs by state", ("state",)),
    Metric("dialerd_run_held", "gauge", "1 while a running campaign places no calls", ("campaign",)),
    Metric("dialerd_run_targets", "gauge", "Targets of the campaign's unfinished run by state", ("campaign", "state")),
    Metric("dialerd_run_attempts", "gauge", "Attempts of the campaign's unfinished run", ("campaign",)),
    Metric(
        "dialerd_run_dispositions",
        "gauge",
        "Ended attempts of the campaign's unfinished run by disposition, as reports have them",
        ("campaign", "disposition"),
    ),
    Metric(
        "dialerd_abandoned_share",
        "gauge",
        "Share of the people who answered that found no agent, by the meter that counts them",
        ("campaign", "meter"),
    ),
    Metric("dialerd_abandoned_limit", "gauge", "The most that this share may be", ("campaign", "meter")),
    Metric("dialerd_pacing_answer_rate", "gauge", "Share of calls that are answered, as is believed", ("campaign",)),
    Metric("dialerd_pacing_human_rate", "gauge", "Share of answers that are people, as is believed", ("campaign",)),
    Metric("dialerd_pacing_talk_seconds", "gauge", "Mean talk, as the pacer believes it", ("campaign",)),
    Metric("dialerd_pacing_wrap_up_seconds", "gauge", "Mean wrap-up, as the pacer believes", ("campaign",)),
    Metric("dialerd_pacing_risk", "gauge", "Chance of finding no agent that a call may be started with", ("campaign",)),
    Metric(
        "dialerd_detections_checked_total",
        "counter",
        "Verdicts of machine detection compared with the replay: agrees, differs, starved",
        ("asterisk", "agreement"),
    ),
    Metric("dialerd_originate_seconds", "histogram", "From asking an Asterisk for a call to its reply"),
    Metric(
        "dialerd_dial_delay_seconds",
        "histogram",
        "From a reason to dial (a slot that frees, a target that falls due) to the call being placed",
    ),
    Metric("dialerd_to_agent_seconds", "histogram", "From knowing that a person is there until an agent has them"),
    Metric("dialerd_writer_wait_seconds", "histogram", "How long a write waits for its transaction"),
    Metric("dialerd_commit_seconds", "histogram", "How long a transaction takes, with its commit"),
    Metric("dialerd_loop_lag_seconds", "histogram", "How late the event loop comes to what is due"),
    Metric("dialerd_slow_commits_total", "counter", "Transactions that took more than 50 ms"),
    Metric("dialerd_slow_turns_total", "counter", "Times when the event loop was late by more than 100 ms"),
    Metric("dialerd_database_bytes", "gauge", "Size of the database's files", ("file",)),
)

METRICS: Mapping[str, Metric] = {each.name: each for each in _ALL}

PROCESS = (
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
)
"""Of the daemon's process, as prometheus-client tells them; those that its sandbox lets it see."""
