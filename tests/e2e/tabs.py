"""People before the pages: a tab each, what they do in it, what they hear with its phone, and when they have seen what.

Not here: any expectation (test_calls.py).
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"
AGENT_HZ = 1100  # what an agent's microphone hears; nobody in the lab has it
_LIMIT_MS = 60_000  # a machine at work takes its time
_RATE = 48_000

# Whoever is called in this tab can be listened to: the page's own connections, kept beside it.
_KEPT = """
window.kept = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.kept.push(this); }
};
"""
# For each frequency how loud it was for half of a second and a half, in dB above all the rest of the sound.
_HEARD = """async (hz) => {
  const track = window.kept.at(-1)?.getReceivers()[0]?.track;
  if (!track) return hz.map(() => 0);
  const context = new AudioContext(), analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount), width = context.sampleRate / analyser.fftSize;
  const found = hz.map(() => []);
  for (const until = performance.now() + 1500; performance.now() < until;) {
    await new Promise((done) => setTimeout(done, 50));
    analyser.getFloatFrequencyData(bins);
    const low = [...bins.slice(0, Math.round(4000 / width))].sort((a, b) => a - b);
    const rest = Math.max(low[low.length >> 1], -100);
    hz.forEach((each, index) => {
      const at = Math.round(each / width);
      found[index].push(Math.max(...bins.slice(at - 1, at + 2)) - rest);
    });
  }
  await context.close();
  return found.map((each) => each.sort((a, b) => a - b)[each.length >> 1] ?? 0);
}"""
# When a row of the floor has first said something, by this machine's clock.
_NOTICE = """(text) => {
  window.noticed = window.noticed || {}
  const look = () => { if (document.body.innerText.includes(text)) window.noticed[text] = true }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  look()
}"""
_WATCH = """(name) => {
  window.seen = {};
  const look = () => {
    const row = [...document.querySelectorAll("tr")].find((each) => each.querySelector("b")?.textContent === name);
    for (const cell of row?.querySelectorAll("td") ?? []) {
      for (const text of cell.innerText.split("\\n")) window.seen[text.trim()] ??= Date.now();
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}"""


def tone_file(path: Path, hz: int) -> Path:
    """What a microphone hears: bursts of that tone, since a steady one would be taken for noise and filtered out."""
    samples = [
        int(12_000 * math.sin(2 * math.pi * hz * n / _RATE)) if n % 28_800 < 19_200 else 0 for n in range(_RATE * 3)
    ]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


class Tab:
    """One person's browser: cookies, microphone and storage of its own."""

    def __init__(self, chromium: Any, url: str) -> None:
        self.context = chromium.new_context(
            base_url=url, viewport={"width": 1280, "height": 720}, permissions=["microphone"]
        )
        self.context.set_default_timeout(_LIMIT_MS)
        self.context.add_init_script(_KEPT)
        self.page = self.context.new_page()
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))

    def sign_in(self, name: str, path: str = "/") -> None:
        self.page.goto(path)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")
        self.page.get_by_role("heading", level=1).filter(has_not_text="Sign in").wait_for()

    def press(self, name: str, *, within: Any = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def choose(self, menu: str, item: str) -> None:
        self.press(menu)
        self.page.get_by_role("menuitem", name=item, exact=True).click()

    @property
    def dialog(self) -> Any:
        return self.page.get_by_role("dialog")

    def see(self, text: str) -> None:
        """Wait until that stands on the page."""
        self.page.get_by_text(text, exact=True).first.wait_for()

    def reads(self) -> str:
        return str(self.page.locator("body").inner_text())

    def hears(self, *hz: float) -> list[bool]:
        """Which of those tones the phone in this tab plays now, over everything else."""
        return [db > 25 for db in self.page.evaluate(_HEARD, list(hz))]

    def watch(self, agent: str) -> None:
        """From now on keep when the floor says what of that agent."""
        self.page.evaluate(_WATCH, agent)

    def seen_at(self, text: str) -> float:
        """When the watched row first said that, in seconds of Unix time; waits for it."""
        found = self.page.wait_for_function("(text) => window.seen[text]", arg=text)
        return float(found.json_value()) / 1000

    def listen_for(self, text: str) -> None:
        """From now on notice that text, however briefly it is shown."""
        self.page.evaluate(_NOTICE, text)

    def noticed(self, text: str) -> None:
        """Wait until the text that was listened for has been shown."""
        self.page.wait_for_function("(text) => window.noticed[text]", arg=text)

    def close(self) -> None:
        self.context.close()
        assert self.broken == []
