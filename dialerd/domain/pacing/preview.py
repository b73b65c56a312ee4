"""Preview pace: one record per ready agent is shown; `decide` counts records to show, not calls to start.

Not here: the timer, skips and locks of what is shown; an agent who looks at a record is not ready meanwhile.
"""

from __future__ import annotations

from dialerd.domain.pacing.progressive import ProgressivePacer


class PreviewPacer(ProgressivePacer):
    """As progressive: an agent whose record is being dialed is ready again in the view, with the call for it."""
