// A campaign while it is edited: its table, its file, its hours, its filter.
import { given } from "../src/campaigns/pace";
import { describe, expect, test } from "vitest";

import { Problem } from "../src/api/client";
import { changed, condition, everyOf, hoursRows, inMode, joined, localMinute, NEW, within, withOffset, withRows } from "../src/campaigns/form/draft";
import { summed } from "../src/campaigns/form/general";
import { isAnyWrong, isOver, wrongOf } from "../src/campaigns/form/complaints";
import { chosen, differences } from "../src/campaigns/form/merge";
import { toToml } from "../src/campaigns/form/toml";
import { clockTime, dayTime, fullTime } from "../src/format";

test("a table is written as the file that it is", () => {
  expect(toToml({
    name: 'a "b"', lists: ["x", "y"], amd: true, max_calls: 5, empty: undefined,
    hours: { timezone: "contact", "mon-fri": ["09:00-12:00", "13:00-17:00"] },
    retry: [{ disposition: "busy", max: 2 }, { disposition: "fax" }],
    finish: { goal: { positive: 50 } },
  })).toBe(`name = "a \\"b\\""
lists = ["x", "y"]
amd = true
max_calls = 5

[hours]
timezone = "contact"
mon-fri = ["09:00-12:00", "13:00-17:00"]

[[retry]]
disposition = "busy"
max = 2

[[retry]]
disposition = "fax"

[finish]
goal = { positive = 50 }
`);
});

test("what is emptied is left out", () => {
  expect(changed({ ...NEW, name: "a", filter: "x = 1" }, { filter: "" })).toEqual({ ...NEW, name: "a" });
});

test("another mode takes no key along that it has no use for", () => {
  const power = { ...NEW, mode: "power", ratio: 3, queue: "sales", max_calls: 4 };
  expect(inMode(power, "agentless")).toEqual({ ...NEW, mode: "agentless", max_calls: 4 });
  expect(inMode(power, "predictive")).toMatchObject({ queue: "sales" });
  expect(inMode(power, "predictive")).not.toHaveProperty("ratio");
  expect(inMode({ ...NEW, flow: "ask" }, "preview")).not.toHaveProperty("flow");
});

test("hours as rows and back are what they were", () => {
  const hours = { timezone: "contact", "mon-fri": ["09:00-12:00", "13:00-17:00"], sat: "10:00-18:00", holidays: ["US"] };
  expect(withRows(hours, hoursRows(hours))).toEqual(hours);
});

describe("a condition of the filter language", () => {
  test.each([
    ["state", "=", "CA", "state = 'CA'"],
    ["balance", ">", "99.5", "balance > 99.5"],
    ["last name", "=", "O'Neil", `"last name" = 'O''Neil'`],
    ["vip", "=", "true", "vip = true"],
    ["renews", "<=", "today() + 7 days", "renews <= today() + 7 days"],
    ["email", "is empty", "ignored", "email is empty"],
    ['x" or 1=1', "=", "1", '"x or 1=1" = 1'],
  ])("%s %s %s", (field, is, value, text) => expect(condition(field, is, value)).toBe(text));

  test("joins what is there without changing what that means", () => {
    expect(joined("", "a = 1")).toBe("a = 1");
    expect(joined("b = 2", "a = 1")).toBe("b = 2 and a = 1");
    expect(joined("b = 2 or c = 3", "a = 1")).toBe("(b = 2 or c = 3) and a = 1");
  });
});

test("the tests of a filter on several lists are one", () => {
  const one = (contacts: number, kept: number, removes: number) => ({ filter: "f", contacts, kept, conditions: [{ condition: "f", removes, only_it_removes: 0 }], sample: [], warnings: ["w"] });
  expect(summed([one(10, 4, 6), one(5, 5, 0)])).toMatchObject({ contacts: 15, kept: 9, conditions: [{ removes: 6 }], warnings: ["w"] });
});

test("a complaint stands at its field, whether it came as a field's or within the sentence", () => {
  const sentence = new Problem(422, "bad_input", "campaign a: max_ring_s: is too much; hours: no such day");
  expect(wrongOf(sentence, "max_ring_s")).toBe("is too much");
  expect(wrongOf(sentence, "hours")).toBe("no such day");
  expect(wrongOf(sentence, "ring_s")).toBeUndefined();
  expect(wrongOf(new Problem(422, "bad_input", "no", "", [{ at: "body.lists", message: "is missing" }]), "lists")).toBe("is missing");
  const both = new Problem(422, "bad_input", "campaign a: file: voicemail, screened: only amd = true tells a machine from a person; retry.1.after_min: too long");
  expect(wrongOf(both, "screened")).toBe("only amd = true tells a machine from a person");
  expect(wrongOf(both, "retry.1.after_min")).toBe("too long");
  expect([["voicemail"], ["retry"], ["amd", "hours"]].map((keys) => isAnyWrong(both, keys))).toEqual([true, true, false]);
});

test("what was told is over once every key that it is of has been changed", () => {
  const both = new Problem(422, "bad_input", "campaign a: max_ring_s: is too much; retry.1.after_min: too long");
  expect([["max_ring_s"], ["max_ring_s", "retry"], ["retry"], []].map((keys) => isOver(both, keys))).toEqual([false, true, false, false]);
  expect([isOver(null, ["name"]), isOver(new Problem(500, "failed", "it did not work"), ["name"])]).toEqual([false, false]);
});

test("a recurrence is a count and a unit", () => {
  expect(everyOf("2 weeks")).toEqual({ n: "2", unit: "weeks" });
  expect(everyOf("1 month")).toEqual({ n: "1", unit: "months" });
  expect(everyOf(undefined)).toEqual({ n: "1", unit: "" });
});

test("a table within loses what is emptied, and goes with its last key unless it is there for itself", () => {
  const draft = { ...NEW, callbacks: { max: 5, tries: 2 }, voicemail: { play: "a" } };
  expect(within(draft, "callbacks", { max: undefined })).toEqual({ callbacks: { tries: 2 } });
  expect(within(draft, "callbacks", { max: undefined, tries: undefined })).toEqual({ callbacks: undefined });
  expect(within(draft, "voicemail", { play: "" }, { isKept: true })).toEqual({ voicemail: {} });
});

test("a moment is shown by this browser's clock, and written with its offset", () => {
  const moment = withOffset("2026-12-24T18:00");
  expect(moment).toMatch(/^2026-12-24T18:00:00[+-]\d\d:\d\d$/);
  expect(localMinute(moment)).toBe("2026-12-24T18:00");
  expect(Date.parse(moment)).toBe(new Date(2026, 11, 24, 18, 0).getTime());
});

describe("a campaign that two people change", () => {
  const first = { ...NEW, name: "a", max_calls: 5, ratio: 2, hours: { timezone: "contact", mon: "09:00-17:00" }, filter: "x = 1" };
  const mine = { ...first, max_calls: 9, ratio: 3, filter: undefined };
  const theirs = { ...first, max_calls: 7, priority: 1, hours: { mon: "09:00-17:00", timezone: "contact" } };
  const all = differences(first, mine, theirs);
  test("differs where it differs, whatever the order of keys", () => {
    expect(Object.fromEntries(all.map((each) => [each.key, each.proposed]))).toEqual({ max_calls: "mine", ratio: "mine", filter: "mine", priority: "theirs" });
  });
  test("is what each has touched, unless somebody says otherwise", () => {
    expect(chosen(theirs, all, {})).toEqual({ ...NEW, name: "a", max_calls: 9, ratio: 3, priority: 1, hours: first.hours });
    expect(chosen(theirs, all, { max_calls: "theirs", filter: "theirs" })).toMatchObject({ max_calls: 7, filter: "x = 1", ratio: 3 });
  });
});

test.each([
  ["max_calls", 20, "20"],
  ["max_calls", 10_000, ""],
  ["calls_per_second", 0.5, "0.5"],
  ["calls_per_second", 1000, ""],
  ["ratio", 3, "3"],
] as const)("the pace of a run that is to be changed begins with its own: %s of %d is %j", (key, now, shown) => {
  expect(given(key, { max_calls: 1, calls_per_second: 1, ratio: 1, [key]: now })).toBe(shown);
});

test("a moment that cannot be read is shown as it stands", () => {
  for (const shown of [clockTime, dayTime, fullTime]) {
    expect([shown(null), shown("tomorrow")]).toEqual(["–", "tomorrow"]);
    expect(shown("2026-11-22T10:00:00Z")).toMatch(/\d/);
  }
});
