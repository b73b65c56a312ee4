"""The agents' phones: endpoints on the pbx as any admin has them; who picks up, at the carrier, has a tone of its own.

Not here: how they behave (conf/carrier/extensions.conf, context agent) and what is heard of them (tones.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhone:
    """An endpoint `PJSIP/agent1001`. `text` says what it does when it is rung; `hz` is what the other side hears.

    Never picked up: `answers_s` is None, and `cause` and `sip` tell why; both None: it rings for ever. `has_contact`
    False: Asterisk knows no address for it, as of a phone that has not registered.
    """

    name: str
    text: str
    answers_s: float | None = 0.0
    cause: int | None = None
    sip: int | None = None
    has_contact: bool = True

    @property
    def dial_string(self) -> str:
        return f"PJSIP/{self.name}"

    @property
    def hz(self) -> int:
        return 400 + 40 * int(self.name[-2:])


_ROWS = (
    *(AgentPhone(name=f"agent{1000 + n}", text="picks up at once") for n in range(1, 21)),
    AgentPhone(name="agent1021", text="picks up after 2 s", answers_s=2.0),
    AgentPhone(name="agent1022", text="busy", answers_s=None, cause=17, sip=486),
    AgentPhone(name="agent1023", text="never picks up", answers_s=None),
    AgentPhone(name="agent1024", text="not registered", answers_s=None, has_contact=False),
    AgentPhone(name="agent1025", text="picks up at once, hangs up 3 s after it first hears somebody"),
    AgentPhone(name="agent1026", text="picks up after 3 s", answers_s=3.0),
)

AGENTS: dict[str, AgentPhone] = {row.name: row for row in _ROWS}


BROWSERS = ("2001", "2002", "2003")
"""Phones that are pages: endpoints `PJSIP/2001`, which exist once a browser has registered (tests/e2e)."""


def browsers(password: str) -> str:
    """Their sections of the pbx's pjsip.conf, by the templates of asterisk-conf/pjsip_agents_example.conf."""
    return "\n".join(
        f"[{name}](browser-phone)\nauth = {name}\naors = {name}\n"
        f"[{name}](agent-phone-login)\nusername = {name}\npassword = {password}\n"
        f"[{name}](agent-phone-aor)"
        for name in BROWSERS
    )


def endpoints(sip_carrier: int) -> str:
    """Their sections of the pbx's pjsip.conf; the templates [agent] and [agent-aor] stand there already."""
    sections = []
    for agent in AGENTS.values():
        contact = f"\ncontact = sip:{agent.name}@127.0.0.1:{sip_carrier}" if agent.has_contact else ""
        sections.append(f"[{agent.name}](agent)\naors = {agent.name}\n[{agent.name}](agent-aor){contact}")
    return "\n".join(sections)
