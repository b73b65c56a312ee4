// The campaigns' table as data.
import { expect, test } from "vitest";

import type { CampaignRow, CampaignStatus } from "../src/api/documents";
import { brought, NO_FILTER, shown } from "../src/campaigns/lines";
import { freeName } from "../src/campaigns/views";

const row = (campaign: string, more: Partial<CampaignRow> = {}): CampaignRow => ({
  campaign, mode: "power", priority: 5, state: "ready", actions: ["run"], run: null, targets: 0, done: 0, left: 0, in_progress: 0, progress: 0, attempts: 0,
  abandoned_rate: 0, positive: 0, agents: 0, lists: ["people"], connection: { kind: "queue", name: "sales" }, trunk: "carrier", queue: "sales",
  flow: null, strategy: null, description: "", last_run_at: null, finished_at: null, updated_at: "2026-01-01T00:00:00+00:00", next_start_at: null, reason: "", ...more,
});

const rows = [
  row("old", { last_run_at: "2026-01-01T00:00:00+00:00", priority: 1 }),
  row("new", { last_run_at: "2026-02-01T00:00:00+00:00", state: "active", mode: "agentless" }),
  row("never"),
  row("also-never", { priority: 3 }),
];
const names = (found: CampaignRow[]) => found.map((each) => each.campaign);

test("the latest run comes first, and who never ran comes last, by name", () => {
  expect(names(shown(rows, NO_FILTER))).toEqual(["new", "old", "also-never", "never"]);
});

test("priority sorts both ways", () => {
  expect(names(shown(rows, { ...NO_FILTER, sort: "priority" }))[0]).toBe("old");
  expect(names(shown(rows, { ...NO_FILTER, sort: "-priority" }))[0]).toBe("never");
});

test("who has no value to sort by comes last, whichever way it is sorted", () => {
  expect(names(shown(rows, { ...NO_FILTER, sort: "last_run_at" }))).toEqual(["old", "new", "also-never", "never"]);
});

test("a view keeps what meets all of its filters", () => {
  expect(names(shown(rows, { ...NO_FILTER, states: ["active", "ready"], priorities: [5], modes: ["power"] }))).toEqual(["never"]);
  expect(names(shown(rows, NO_FILTER, "OLD"))).toEqual(["old"]);
});

test("what is live is put over what was listed, with what may be done now", () => {
  const live = new Map([["never", { campaign: "never", state: "active", actions: ["pause", "stop"], held: "no hours", pending: 6, run: 1, targets: 10, done: 4, started_at: null, next_start_at: null } as CampaignStatus]]);
  const [now] = brought([row("never", { actions: ["run"] })], live);
  expect(now).toMatchObject({ state: "active", done: 4, left: 6, progress: 0.4, actions: ["pause", "stop"], reason: "no hours" });
});

test("a duplicated view has a free name of 20 characters at most", () => {
  expect(freeName("a view of twenty cha", [{ view: "a view of twenty c 2" }])).toBe("a view of twenty c 3");
});
