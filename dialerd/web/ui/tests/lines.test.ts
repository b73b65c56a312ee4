// The campaigns' table as data.
import { expect, test } from "vitest";

import type { CampaignRow, CampaignStatus } from "../src/api/documents";
import { actionsOf, brought, NO_FILTER, shown } from "../src/campaigns/lines";
import { freeName } from "../src/campaigns/views";

const row = (campaign: string, more: Partial<CampaignRow> = {}): CampaignRow => ({
  campaign, mode: "power", priority: 5, state: "ready", run: null, targets: 0, done: 0, lists: ["people"], trunk: "carrier", queue: "sales",
  flow: null, description: "", last_run_at: null, updated_at: null, next_start_at: null, ...more,
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

test("a view keeps what meets all of its filters", () => {
  expect(names(shown(rows, { ...NO_FILTER, states: ["active", "ready"], priorities: [5], modes: ["power"] }))).toEqual(["never"]);
  expect(names(shown(rows, NO_FILTER, "OLD"))).toEqual(["old"]);
});

test("what is live is put over what was listed, with what may be done now", () => {
  const live = new Map([["never", { campaign: "never", state: "active", run: 1, targets: 10, done: 4, started_at: null, next_start_at: null } as CampaignStatus]]);
  const [now] = brought([row("never", { actions: ["run"] })], live);
  expect(now).toMatchObject({ state: "active", done: 4 });
  expect(actionsOf(now!)).toEqual(["pause", "stop", "clone"]);
});

test("a duplicated view has a free name of 20 characters at most", () => {
  expect(freeName("a view of twenty cha", [{ view: "a view of twenty c 2" }])).toBe("a view of twenty c 3");
});
