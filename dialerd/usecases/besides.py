"""A message to somebody who is in a call: judged and opened as an attempt beside the call's, in one transaction.

Not here: sending it (engine/messaging.py), messages of strategies, which take their targets (messaging.py).

The call has the target, and goes on to have it: how the message ends leads to nothing, and it counts neither as a try
at the contact nor as another open attempt at the number. It obeys what every message obeys all the same; in place of
the campaign's most attempts there are as many messages over a channel to one contact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow.moves import Undone, Write
from dialerd.domain.gates import first_closed
from dialerd.domain.optout import as_address
from dialerd.domain.regulation import Allowed, Rulebook
from dialerd.domain.words import AttemptId, Channel, TargetState
from dialerd.ports import AttemptRow, Message, Unit
from dialerd.usecases.messaging import Outgoing, facts_of_message

MISSING = "missing"
"""The word for a message that cannot be written: an attribute, or the address, is missing. Else it is a gate's name."""


def write_beside(
    unit: Unit,
    call_id: AttemptId,
    wanted: Write,
    *,
    route: str,
    rulebook: Rulebook,
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> Outgoing | Undone:
    """The message, its attempt opened, to be sent over `route`; Undone: nothing is kept, and why."""
    call = unit.dialing.attempt(call_id)
    assert call is not None, "its person is there"
    run = unit.runs.get(call.run_id)
    assert run is not None, "an open attempt's run cannot be deleted"
    contact = unit.contacts.get(unit.callbacks.contact_of(call.target_id))
    target = None if contact is None else unit.dialing.target(run.id, contact.id, dnc=run.spec.dnc, now=now)
    if contact is None or target is None:
        return Undone("the contact was deleted", MISSING)
    over = wanted.template.channel
    address = call.number if over is Channel.SMS else contact.contact.email
    if not address:
        return Undone("the contact has no e-mail address", MISSING)
    if over is Channel.EMAIL:
        address = as_address(address)
    try:
        written = wanted.template.write(wanted.known)
    except BadInputError as error:
        return Undone(error.message, MISSING)
    made = unit.dialing.made_beside(target.id, over)
    packs = rulebook.of(run.spec.regulations)
    facts = replace(
        facts_of_message(unit, run, target, over, address, packs, now),
        target_state=TargetState.PENDING,  # it is in progress: with the very call that the message is for
        number_in_call=False,
        attempts_spent=made,
        attempts_at_number=made,
        not_before=None,
        callback=None,
    )
    gate = first_closed(facts, now)
    if gate is not None:
        return Undone(gate.reason, gate.name)
    attempt = AttemptRow(
        id=new_id(),
        target_id=target.id,
        run_id=run.id,
        number=address,
        trunk=route,
        asterisk="",
        caller_id="",
        claimed_at=now,
        regulation=" ".join(facts.regulation.packs) if isinstance(facts.regulation, Allowed) else "",
        step=call.step,
        channel=over,
        beside=call.id,
    )
    unit.dialing.open_beside(attempt)
    message = Message(
        attempt_id=attempt.id,
        recipient=address,
        text=written.text,
        subject=written.subject,
        html=written.html,
    )
    return Outgoing(attempt=attempt, message=message)
