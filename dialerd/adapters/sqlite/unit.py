"""One transaction with every feature's rows in reach.

Not here: beginning and ending it (writer.py, store.py).
"""

from __future__ import annotations

import sqlite3

from dialerd.adapters.sqlite.agents import SqliteAgents
from dialerd.adapters.sqlite.answers import SqliteKeptAnswers
from dialerd.adapters.sqlite.audit import SqliteAudit
from dialerd.adapters.sqlite.callbacks import SqliteCallbacks
from dialerd.adapters.sqlite.campaigns import SqliteCampaigns
from dialerd.adapters.sqlite.contacts import SqliteContacts
from dialerd.adapters.sqlite.dialing import SqliteDialing
from dialerd.adapters.sqlite.dispositions import SqliteDispositions
from dialerd.adapters.sqlite.dnc import SqliteDnc
from dialerd.adapters.sqlite.floor import SqliteFloor
from dialerd.adapters.sqlite.flows import SqliteFlows
from dialerd.adapters.sqlite.imports import SqliteImports
from dialerd.adapters.sqlite.lists import SqliteLists
from dialerd.adapters.sqlite.messagelog import SqliteMessageLog
from dialerd.adapters.sqlite.occurrences import SqliteOccurrences
from dialerd.adapters.sqlite.optouts import SqliteOptOuts
from dialerd.adapters.sqlite.pasts import SqlitePasts
from dialerd.adapters.sqlite.persons import SqlitePersons
from dialerd.adapters.sqlite.previews import SqlitePreviews
from dialerd.adapters.sqlite.queues import SqliteQueues
from dialerd.adapters.sqlite.recordings import SqliteRecordings
from dialerd.adapters.sqlite.regulation import SqliteRegulation
from dialerd.adapters.sqlite.reports import SqliteReports
from dialerd.adapters.sqlite.runs import SqliteRuns
from dialerd.adapters.sqlite.signin import SqliteApiTokens, SqliteSessions
from dialerd.adapters.sqlite.strategies import SqliteStrategies
from dialerd.adapters.sqlite.users import SqliteUsers
from dialerd.adapters.sqlite.views import SqliteViews


class SqliteUnit:
    """Implements ports.Unit. Lives as long as its connection; each transaction on it is one unit of work."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.campaigns = SqliteCampaigns(connection)
        self.runs = SqliteRuns(connection)
        self.occurrences = SqliteOccurrences(connection)
        self.lists = SqliteLists(connection)
        self.imports = SqliteImports(connection)
        self.contacts = SqliteContacts(connection)
        self.dnc = SqliteDnc(connection)
        self.pasts = SqlitePasts(connection)
        self.persons = SqlitePersons(connection)
        self.dialing = SqliteDialing(connection)
        self.regulation = SqliteRegulation(connection)
        self.dispositions = SqliteDispositions(connection)
        self.agents = SqliteAgents(connection)
        self.queues = SqliteQueues(connection)
        self.flows = SqliteFlows(connection)
        self.previews = SqlitePreviews(connection)
        self.callbacks = SqliteCallbacks(connection)
        self.optouts = SqliteOptOuts(connection)
        self.recordings = SqliteRecordings(connection)
        self.strategies = SqliteStrategies(connection)
        self.messages = SqliteMessageLog(connection)
        self.views = SqliteViews(connection)
        self.reports = SqliteReports(connection)
        self.floor = SqliteFloor(connection)
        self.audit = SqliteAudit(connection)
        self.users = SqliteUsers(connection)
        self.sessions = SqliteSessions(connection)
        self.tokens = SqliteApiTokens(connection)
        self.answers = SqliteKeptAnswers(connection)
