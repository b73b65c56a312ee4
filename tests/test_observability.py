"""The dashboard, the alert rules, the README and the code name the same metrics."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from dialerd.domain.metrics import METRICS, PROCESS

REPO = Path(__file__).parents[1]
DATA = REPO / "dialerd" / "data" / "observability"
README = (REPO / "README.md").read_text()
_NAME = re.compile(r"\b(?:dialerd|process)_[a-z_]+")


def unknown(expression: str) -> set[str]:
    """The names in it that are no metrics, nor what Prometheus makes of a histogram."""
    made = {f"{name}{end}" for name, each in METRICS.items() if each.kind == "histogram" for end in ("_bucket", "_sum")}
    return set(_NAME.findall(expression)) - METRICS.keys() - made - set(PROCESS)


def labels_of(expression: str) -> set[str]:
    """The labels that it asks of dialerd's metrics."""
    asked = {each for found in re.findall(r"\{([^}]*)\}", expression) for each in re.findall(r"(\w+)\s*[!=]", found)}
    return asked - {"job", "instance", "le"}


KNOWN_LABELS = {label for each in METRICS.values() for label in each.labels}


def test_the_dashboard_asks_for_what_there_is_and_leaves_nothing_out() -> None:
    table: dict[str, Any] = json.loads((DATA / "dashboard.json").read_text())
    panels = [each for each in table["panels"] if each["type"] != "row"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len({each["id"] for each in table["panels"]}) == len(table["panels"])
    for each in [*expressions, *(variable["query"] for variable in table["templating"]["list"])]:
        assert not unknown(each), each
        assert labels_of(each) <= KNOWN_LABELS, each
    shown = {name for each in expressions for name in _NAME.findall(each)}
    shown |= {name.removesuffix("_bucket") for name in shown}
    assert METRICS.keys() - shown == set(), "and each is on it"
    places = [(each["gridPos"]["y"], each["gridPos"]["x"], each["gridPos"]["w"]) for each in table["panels"]]
    assert all(x + w <= 24 for _, x, w in places)


def test_the_alert_rules_ask_for_what_there_is_and_say_what_to_do() -> None:
    path = DATA / "alerts.yml"
    (group,) = yaml.safe_load(path.read_text())["groups"]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"]) >= 10
    for rule in group["rules"]:
        assert not unknown(rule["expr"]), rule
        assert labels_of(rule["expr"]) - {"disposition"} <= KNOWN_LABELS, rule
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}
        used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        assert used <= KNOWN_LABELS, rule
    if shutil.which("promtool"):
        subprocess.run(["promtool", "check", "rules", str(path)], check=True, capture_output=True)


def test_every_metric_stands_in_the_readme_and_none_that_is_not_there() -> None:
    told = README[README.index("## Metrics") :]
    told = told[: told.index("\n## ")]
    assert [name for name in METRICS if f"`{name}`" not in told] == []
    assert unknown(told) == set()
