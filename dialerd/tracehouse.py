"""Whether calls are traced, and where to: by the settings, where the extra for it is installed.

Not here: what a trace has (adapters/tracing.py).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from dialerd.domain.errors import SettingsError
from dialerd.settings import TracingSettings

if TYPE_CHECKING:
    from dialerd.adapters.tracing import CallTraces


def traces(given: TracingSettings) -> CallTraces | None:
    """None: they are not. Raises SettingsError where OpenTelemetry is missing."""
    if given.endpoint is None:
        return None
    try:
        from dialerd.adapters.tracing import CallTraces
    except ImportError as error:
        what = f"[tracing] needs OpenTelemetry, which is not installed ({error})"
        raise SettingsError(what, hint=f"{sys.prefix}/bin/pip install 'dialerd[otel]'") from error
    return CallTraces.to(given.endpoint, share=given.share)
