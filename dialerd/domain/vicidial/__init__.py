"""What a ViciDial database says, in dialerd's words. Its columns and statuses stand in this package alone."""

from dialerd.domain.vicidial.campaigns import Draft, draft
from dialerd.domain.vicidial.leads import CallbackRow, Lead, LeadTrouble, read_callback, read_lead
from dialerd.domain.vicidial.statuses import Statuses
from dialerd.domain.vicidial.survey import SURVEYED, Survey

__all__ = [
    "SURVEYED",
    "CallbackRow",
    "Draft",
    "Lead",
    "LeadTrouble",
    "Statuses",
    "Survey",
    "draft",
    "read_callback",
    "read_lead",
]
