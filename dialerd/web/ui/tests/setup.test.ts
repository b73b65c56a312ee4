// Queues and sets of outcomes: what their forms send, and what they make of what is there.
import { describe, expect, test } from "vitest";

import { codeOf, outcomeOf, rowOf } from "../src/outcomes/form";
import { partsOf } from "../src/parts/field";
import { asSent } from "../src/queues/form";

describe("a queue", () => {
  test("is sent without what only the other kind has, which the API would refuse", () => {
    const table = { name: "sales", agents: ["ann"], legs: "kept", ring_s: 12, context: "theirs", extension: "" } as const;
    expect(asSent({ ...table, agents: [...table.agents], kind: "stasis" })).toEqual({ name: "sales", kind: "stasis", agents: ["ann"], legs: "kept", ring_s: 12 });
    expect(asSent({ ...table, agents: [...table.agents], kind: "app_queue" })).toEqual({ name: "sales", kind: "app_queue", context: "theirs" });
  });

  test("has the reasons that stand between commas", () => {
    expect(partsOf(" lunch, , training ")).toEqual(["lunch", "training"]);
  });
});

describe("an outcome", () => {
  test.each([["Call me later!", "call_me_later"], ["3. Déjà vu", "deja_vu"], ["!", ""]])("%s has the code %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test.each([
    { code: "sold", text: "Sold", positive: true },
    { code: "later", callback: true, callback_after_min: 30 },
    { code: "asks_time", callback: true },
    { code: "again", retry_after_min: 0 },
    { code: "voicemail", machine: true },
    { code: "never" },
  ])("comes out of its fields as it went in: %j", (outcome) => {
    expect(outcomeOf(rowOf(outcome))).toEqual(outcome);
  });

  test("another way of going on forgets the minutes of the one before", () => {
    expect(outcomeOf({ ...rowOf({ code: "again", retry_after_min: 5 }), then: "nothing" })).toEqual({ code: "again" });
  });
});
