"""What Asterisk 22.10.1 said over AMI, shortened: a member joins, one person is taken, another waits, a talk ends.

Not here: any expectation.
"""

from __future__ import annotations

ANN = "d" + "0" * 31 + "1"
BOB = "d" + "0" * 31 + "2"

GREETING = "Asterisk Call Manager/11.0.0\r\n"


def crlf(text: str) -> str:
    return text.strip("\n").replace("\n", "\r\n") + "\r\n\r\n"


LOGIN = "Response: Success\nActionID: {id}\nMessage: Authentication accepted"
REFUSED = "Response: Error\nActionID: {id}\nMessage: Authentication failed"
REDIRECTED = "Response: Success\nActionID: {id}\nMessage: Redirect successful"
NO_CHANNEL = f"Response: Error\nActionID: {{id}}\nMessage: Channel does not exist: {BOB}"

STATUS = f"""
Response: Success
ActionID: {{id}}
EventList: start
Message: Queue status will follow

Event: QueueParams
Queue: desk
Max: 0
Strategy: leastrecent
Calls: 1
Holdtime: 0
ActionID: {{id}}

Event: QueueMember
Queue: desk
Name: agent1001
Location: PJSIP/agent1001
StateInterface: PJSIP/agent1001
Membership: dynamic
Penalty: 0
CallsTaken: 2
LastCall: 1795261327
LastPause: 0
LoginTime: 1795261304
InCall: 0
Status: 1
Paused: 0
PausedReason:
Wrapuptime: 0
ActionID: {{id}}

Event: QueueCallerJoin
Privilege: agent,all
Channel: PJSIP/carrier-00000012
Uniqueid: {ANN}
Queue: desk
Position: 2
Count: 2

Event: QueueMember
Queue: desk
Name: Ann
Location: PJSIP/agent1025
StateInterface: PJSIP/agent1025
Membership: dynamic
LastCall: 0
InCall: 1
Status: 3
Paused: 0
PausedReason:
Wrapuptime: 7
ActionID: {{id}}

Event: QueueEntry
Queue: desk
Position: 1
Channel: PJSIP/carrier-00000011
Uniqueid: {BOB}
CallerIDNum: unknown
Wait: 1
Priority: 0
ActionID: {{id}}

Event: QueueStatusComplete
ActionID: {{id}}
EventList: Complete
ListItems: 4
"""

ADDED = """
Event: QueueMemberAdded
Privilege: agent,all
Queue: desk
MemberName: Ann
Interface: PJSIP/agent1025
StateInterface: PJSIP/agent1025
Membership: dynamic
CallsTaken: 0
LastCall: 0
InCall: 0
Status: 1
Paused: 0
PausedReason:
Ringinuse: 0
Wrapuptime: 0
"""

PAUSED = ADDED.replace("QueueMemberAdded", "QueueMemberPause").replace("Paused: 0", "Paused: 1")
RINGS = ADDED.replace("QueueMemberAdded", "QueueMemberStatus").replace("Status: 1", "Status: 6")
REMOVED = "Event: QueueMemberRemoved\nQueue: desk\nMemberName: Ann\nInterface: PJSIP/agent1025"
JOINED = f"Event: QueueCallerJoin\nChannel: PJSIP/carrier-0000000f\nUniqueid: {ANN}\nQueue: desk\nPosition: 1\nCount: 1"
LEFT = f"Event: QueueCallerLeave\nChannel: PJSIP/carrier-0000000f\nUniqueid: {ANN}\nQueue: desk\nPosition: 1\nCount: 0"
CALLED = f"Event: AgentCalled\nUniqueid: {ANN}\nQueue: desk\nInterface: PJSIP/agent1025\nMemberName: Ann"
TAKEN = f"""
Event: AgentConnect
Privilege: agent,all
ChanVariable(PJSIP/carrier-0000000f): QUEUENAME=desk
Channel: PJSIP/carrier-0000000f
Uniqueid: {ANN}
Queue: desk
Interface: PJSIP/agent1025
MemberName: Ann
HoldTime: 0
RingTime: 0
"""
COMPLETE = f"""
Event: AgentComplete
Channel: PJSIP/carrier-0000000f
Uniqueid: {ANN}
Queue: desk
Interface: PJSIP/agent1025
MemberName: Ann
HoldTime: 0
TalkTime: 4
Reason: agent
"""
REDIRECTED_AWAY = """
Event: AgentComplete
Queue: desk
Interface: PJSIP/agent1002
MemberName: agent1002
HoldTime: 0
TalkTime: 0
Reason: caller
"""
