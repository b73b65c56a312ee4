"""What of the daemons that share campaigns is wrong: a lease that is over, nobody who leads.

Not here: reading who there is (cli/doctor.py), what a lease is (domain/seat.py). No finding where nobody shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dialerd.doctor.checks import Finding
from dialerd.ports.daemons import DaemonRow


def diagnose_daemons(daemons: Sequence[DaemonRow]) -> Iterator[Finding]:
    for each in daemons:
        role, calls = "leads" if each.leads else "helps", f"{each.calls} calls"
        if each.left_s > 0:
            yield Finding(check=f"daemon {each.name}", is_well=True, seen=f"{role} at {each.host}, {calls} up")
        else:
            yield Finding(
                check=f"daemon {each.name}",
                is_well=False,
                seen=f"its lease is over for {-each.left_s:.0f} s; it was at {each.host} and had {calls}",
                remedy="start it there, or wait: the daemon that leads settles its calls",
            )
    if daemons and not any(each.leads and each.left_s > 0 for each in daemons):
        yield Finding(
            check="leader",
            is_well=False,
            seen="no daemon leads: no schedule begins, no agent is served, helpers claim nothing",
            remedy="systemctl status dialerd on each machine; one that helps leads within seconds of the other's end",
        )
