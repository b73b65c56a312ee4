"""One transaction with every feature's rows in reach.

Not here: beginning and ending it (writer.py, store.py).
"""

from __future__ import annotations

from dialerd.adapters.sql.agents import SqlAgents
from dialerd.adapters.sql.answers import SqlKeptAnswers
from dialerd.adapters.sql.audit import SqlAudit
from dialerd.adapters.sql.callbacks import SqlCallbacks
from dialerd.adapters.sql.campaigns import SqlCampaigns
from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.contacts import SqlContacts
from dialerd.adapters.sql.daemons import SqlDaemons
from dialerd.adapters.sql.detections import SqlDetections
from dialerd.adapters.sql.dialing import SqlDialing
from dialerd.adapters.sql.dispositions import SqlDispositions
from dialerd.adapters.sql.dnc import SqlDnc
from dialerd.adapters.sql.floor import SqlFloor
from dialerd.adapters.sql.flows import SqlFlows
from dialerd.adapters.sql.imports import SqlImports
from dialerd.adapters.sql.lists import SqlLists
from dialerd.adapters.sql.messagelog import SqlMessageLog
from dialerd.adapters.sql.occurrences import SqlOccurrences
from dialerd.adapters.sql.optouts import SqlOptOuts
from dialerd.adapters.sql.pasts import SqlPasts
from dialerd.adapters.sql.persons import SqlPersons
from dialerd.adapters.sql.previews import SqlPreviews
from dialerd.adapters.sql.queues import SqlQueues
from dialerd.adapters.sql.recordings import SqlRecordings
from dialerd.adapters.sql.regulation import SqlRegulation
from dialerd.adapters.sql.reports import SqlReports
from dialerd.adapters.sql.runs import SqlRuns
from dialerd.adapters.sql.servers import SqlServers
from dialerd.adapters.sql.signin import SqlApiTokens, SqlSessions
from dialerd.adapters.sql.strategies import SqlStrategies
from dialerd.adapters.sql.users import SqlUsers
from dialerd.adapters.sql.views import SqlViews


class SqlUnit:
    """Implements ports.Unit. Lives as long as its connection; each transaction on it is one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self.campaigns = SqlCampaigns(connection)
        self.runs = SqlRuns(connection)
        self.occurrences = SqlOccurrences(connection)
        self.lists = SqlLists(connection)
        self.imports = SqlImports(connection)
        self.contacts = SqlContacts(connection)
        self.dnc = SqlDnc(connection)
        self.pasts = SqlPasts(connection)
        self.persons = SqlPersons(connection)
        self.dialing = SqlDialing(connection)
        self.regulation = SqlRegulation(connection)
        self.dispositions = SqlDispositions(connection)
        self.agents = SqlAgents(connection)
        self.queues = SqlQueues(connection)
        self.flows = SqlFlows(connection)
        self.previews = SqlPreviews(connection)
        self.callbacks = SqlCallbacks(connection)
        self.optouts = SqlOptOuts(connection)
        self.recordings = SqlRecordings(connection)
        self.strategies = SqlStrategies(connection)
        self.messages = SqlMessageLog(connection)
        self.views = SqlViews(connection)
        self.detections = SqlDetections(connection)
        self.reports = SqlReports(connection)
        self.floor = SqlFloor(connection)
        self.servers = SqlServers(connection)
        self.daemons = SqlDaemons(connection)
        self.audit = SqlAudit(connection)
        self.users = SqlUsers(connection)
        self.sessions = SqlSessions(connection)
        self.tokens = SqlApiTokens(connection)
        self.answers = SqlKeptAnswers(connection)
