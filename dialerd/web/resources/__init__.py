"""Every route of the API, one file per noun of the command line."""

from dialerd.web.binding import Route, Streamed
from dialerd.web.resources import (
    agents,
    callbacks,
    campaigns,
    contacts,
    definitions,
    dnc,
    floor,
    leads,
    lists,
    lookups,
    me,
    reports,
    runs,
    session,
    uploads,
    users,
    views,
)

ROUTES: tuple[Route | Streamed, ...] = (
    *session.ROUTES,
    *users.ROUTES,
    *campaigns.ROUTES,
    *runs.ROUTES,
    *lists.ROUTES,
    *contacts.ROUTES,
    *uploads.ROUTES,
    *leads.ROUTES,
    *dnc.ROUTES,
    *agents.ROUTES,
    *me.ROUTES,
    *callbacks.ROUTES,
    *definitions.ROUTES,
    *lookups.ROUTES,
    *views.ROUTES,
    *floor.ROUTES,
    *reports.ROUTES,
)
