"""What a ViciDial database says, in dialerd's words. Its columns and statuses stand in this package alone."""

from dialerd.domain.vicidial.campaigns import Draft, draft
from dialerd.domain.vicidial.leads import CallbackRow, Lead, LeadTrouble, read_callback, read_lead
from dialerd.domain.vicidial.statuses import Statuses
from dialerd.domain.vicidial.survey import BARRING, SURVEYED, Survey, barring_campaign

__all__ = [
    "BARRING",
    "SURVEYED",
    "CallbackRow",
    "Draft",
    "Lead",
    "LeadTrouble",
    "Statuses",
    "Survey",
    "barring_campaign",
    "draft",
    "read_callback",
    "read_lead",
]
