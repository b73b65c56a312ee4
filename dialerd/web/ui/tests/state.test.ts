// What is known live, whatever the order in which messages come.
import { describe, expect, test } from "vitest";

import type { Agent, CampaignStatus } from "../src/api/documents";
import { NOTHING, step } from "../src/live/state";

const campaign = (name: string, done: number) => ({ campaign: name, done, state: "active" }) as CampaignStatus;
const agent = (name: string, state: string) => ({ agent: name, state }) as Agent;

describe("the live state", () => {
  const first = step(NOTHING, { type: "snapshot", seq: 7, campaigns: [campaign("a", 1), campaign("b", 2)], agents: [agent("ann", "ready")] });

  test("a change alters what it names and leaves the rest as it is", () => {
    const next = step(first, { type: "change", seq: 8, campaigns: [campaign("a", 5)], agents: [], gone: { agents: ["ann"] } });
    expect(next.campaigns.get("a")?.done).toBe(5);
    expect(next.campaigns.get("b")).toBe(first.campaigns.get("b"));
    expect([...next.agents]).toEqual([]);
    expect(next.seq).toBe(8);
  });

  test("a change that is known already alters nothing", () => {
    expect(step(first, { type: "change", seq: 7, campaigns: [campaign("a", 0)] })).toBe(first);
  });

  test("a snapshot takes the place of everything", () => {
    const next = step(first, { type: "snapshot", seq: 3, campaigns: [campaign("c", 1)], agents: [] });
    expect([...next.campaigns.keys()]).toEqual(["c"]);
    expect(next.seq).toBe(3);
  });

  test("numbers may be left out: what concerns others has some too", () => {
    expect(step(first, { type: "change", seq: 19, campaigns: [campaign("a", 9)] }).campaigns.get("a")?.done).toBe(9);
  });
});
