"""A call centre before its day: daemon, queue, agent, outcomes and users, and what an admin makes by the pages.

Not here: any expectation (test_calls.py, test_modes.py).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.asterisk.dialer import ALL_DAY, Dialer
from tests.e2e.tabs import PASSWORD, Tab
from tests.lab import Lab
from tests.lab.lab import PASSWORD as PHONE_PASSWORD
from tests.web.site import Browser

AGENT, DESK = "ann", "agent1002"
PHONE = "2001"
OUTCOMES = """name = "sales"
[[disposition]]
code = "accepted"
positive = true
[[disposition]]
code = "call_me_later"
callback = true
"""


def set_up(lab: Lab, dialer: Dialer, queue: str = "wrap_up_s = 900") -> Browser:
    """A daemon, an agent in a queue (`queue`: more of its file), outcomes, a user of each role; the admin over HTTP."""
    dialer.start()
    dialer.cli("agent", "add", AGENT, "--endpoint", f"PJSIP/{PHONE}")
    for noun, text in (
        ("queue", f'name = "sales"\nagents = ["{AGENT}"]\n{queue}\n'),
        ("disposition", OUTCOMES),
    ):
        (dialer.home / f"{noun}.toml").write_text(text)
        dialer.cli(noun, "apply", str(dialer.home / f"{noun}.toml"))
    create = ["user", "create", "root", "--role", "admin"]
    command = [sys.executable, "-m", "dialerd", "--config", str(dialer.config), *create]
    subprocess.run(command, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True, cwd=dialer.home)
    root = Browser(lab.port("web"))
    assert root.sign_in("root", PASSWORD).status == 200
    for name, more in ((AGENT, {"role": "agent", "agent": AGENT}), ("sue", {"role": "supervisor"})):
        assert root.post("/api/users", {"name": name, "password": PASSWORD, **more}).status == 201
    return root


def make_list(admin: Tab, name: str, people: list[str], home: Path) -> None:
    """By the page: a list, and a CSV file uploaded into it."""
    (home / f"{name}.csv").write_text("".join(["phone,first_name\n", *(f"{each},Zoe\n" for each in people)]))
    admin.page.goto("/lists")
    admin.page.get_by_role("button", name="New list").first.click()
    admin.dialog.get_by_label("Name").fill(name)
    admin.press("Create", within=admin.dialog)
    admin.page.get_by_role("heading", name=name, level=1).wait_for()
    admin.page.get_by_role("button", name="Upload CSV").first.click()
    admin.dialog.get_by_label("CSV file").set_input_files(home / f"{name}.csv")
    admin.press("Upload CSV", within=admin.dialog)
    admin.dialog.get_by_text(f"{len(people)} contacts were added.").wait_for()
    admin.press("Close", within=admin.dialog)


def make_campaign(admin: Tab, name: str, mode: str) -> None:
    """By the form's tabs, the last of them its file; then run."""
    page = admin.page
    page.goto("/campaigns/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Dialing mode").select_option(mode)
    page.get_by_role("tab", name="Contacts").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("tab", name="Outreach").click()
    page.get_by_label("Trunk").select_option("carrier")
    page.get_by_label("Caller ID").select_option("+12125550100")
    page.get_by_label("Queue").select_option("sales")
    page.get_by_role("tab", name="Dispositions").click()
    page.get_by_label("Set of your own outcomes").select_option("sales")
    page.get_by_role("tab", name="TOML").click()
    file = page.get_by_role("textbox", name="TOML")
    file.fill(f"{file.input_value()}\n{ALL_DAY}")
    admin.press("Save")
    page.get_by_role("heading", name=name, level=1).wait_for()
    admin.press("Run")
    admin.press("Run", within=admin.dialog)
    page.get_by_text("Active").first.wait_for()


def connect_phone(agent: Tab) -> None:
    """The agent chooses the phone of this page, types its password once, and logs in with it."""
    agent.press("Log in")
    agent.dialog.get_by_label("Password of the phone").fill(PHONE_PASSWORD)
    agent.press("Connect", within=agent.dialog)
    agent.dialog.get_by_text("Ready", exact=True).wait_for()
    agent.press("Log in", within=agent.dialog)
