// Every key of a campaign file has a field in the form, in the tab that is said to have it, and what is wrong with it is said there.
// Read from the API's document, which is made of the model: a key that is new there is missed here until it has a field.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { render, type ComponentChild } from "preact";
import { act } from "preact/test-utils";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { changed, inMode, NEW, type Draft, type TabProps } from "../src/campaigns/form/draft";
import { Endings } from "../src/campaigns/form/endings";
import { Contacts, General } from "../src/campaigns/form/general";
import type { Offers } from "../src/campaigns/form/offers";
import { Outreach } from "../src/campaigns/form/outreach";
import { KEYS_OF } from "../src/campaigns/form/page";
import { When } from "../src/campaigns/form/when";
import { MODES } from "../src/api/documents";
import { t } from "../src/texts";

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
}

const { schemas } = JSON.parse(readFileSync(join(__dirname, "../node_modules/.openapi.json"), "utf8")).components as { schemas: Record<string, Schema> }; // scripts/ui writes it

/** Keys that have no field, and why. None: keep it so. */
const NO_FIELD: Record<string, string> = {};

/** The keys of a table, those of tables within it as `preview.timer_s`, of lists of tables as `retry.0.max`. */
function keysOf(table: Schema): string[] {
  return Object.entries(table.properties ?? {}).flatMap(([key, schema]) => {
    const kinds = [schema, ...(schema.anyOf ?? [])];
    const [one] = kinds.map((each) => each.$ref && schemas[each.$ref.split("/").at(-1)!]).filter((each): each is Schema => !!each && typeof each === "object" && !!each.properties);
    const many = schema.items?.$ref && schemas[schema.items.$ref.split("/").at(-1)!];
    if (one) return keysOf(one).map((each) => `${key}.${each}`);
    if (many && many.properties) return keysOf(many).map((each) => `${key}.0.${each}`);
    return [key];
  });
}

const offers: Offers = {
  lists: ["people"], trunks: [], dnc: [], queues: [], flows: ["ask"], sets: [{ set: "sales", description: "", codes: ["sold"] }], strategies: ["remind"], campaigns: ["other"], packs: [],
};

const full: Draft = {
  ...NEW, lists: ["people"], amd: true, record: true, voicemail: {}, screened: {}, finish: { disposition: { busy: 50 } }, retry: [{ disposition: "busy", after_min: 1, max: 1 }], schedule: { start: "2026-12-01T09:00", every: "1 week" },
};
const DRAFTS: Draft[] = [
  ...MODES.map((mode) => inMode(full, mode)), changed(full, { on_human: { context: "theirs" } }), changed(full, { flow: "ask" }), changed(full, { on_human: { play: "hello" } }),
];

const TABS: Record<string, (props: TabProps) => ComponentChild> = {
  general: (props) => <General {...props} replace={() => {}} />,
  contacts: (props) => <Contacts {...props} offers={offers} />,
  outreach: (props) => <Outreach {...props} offers={offers} />,
  schedule: (props) => <When {...props} offers={offers} />,
  dispositions: (props) => <Endings {...props} offers={offers} />,
};

beforeAll(() => void vi.stubGlobal("fetch", async () => new Response('{"items": [], "next": null}')));
afterAll(() => void vi.unstubAllGlobals());

/** The keys for which a field of the tab tells what is wrong, and the fields' labels, over every kind of campaign. */
function seenIn(tab: string): { keys: Set<string>; labels: Set<string> } {
  const root = document.createElement("div");
  const keys = new Set<string>();
  const labels = new Set<string>();
  for (const draft of DRAFTS) {
    act(() => render(TABS[tab]!({ draft, isNew: true, set: () => {}, wrong: (key) => `<${key}>` }), root));
    for (const each of root.querySelectorAll(".field > .wrong")) keys.add(each.textContent!.slice(1, -1));
    for (const each of root.querySelectorAll(".field > label, .field > .label, .check > span")) labels.add(each.textContent!);
    render(null, root);
  }
  return { keys, labels };
}

const isOf = (key: string, seen: ReadonlySet<string>): boolean => seen.has(key) || [...seen].some((each) => each.startsWith(`${key}.`));

test("every key of a campaign has a field that says what is wrong with it", () => {
  const seen = new Set(Object.keys(TABS).flatMap((tab) => [...seenIn(tab).keys]));
  const wanted = keysOf(schemas["CampaignSpec"]!);
  expect(wanted.length).toBeGreaterThan(60);
  expect(wanted.filter((key) => !isOf(key, seen) && !(key in NO_FIELD))).toEqual([]);
});

test.each(Object.keys(TABS))("the tab %s is marked for just the keys that it has fields for", (tab) => {
  const { keys } = seenIn(tab);
  expect([...new Set([...keys].map((key) => key.split(".")[0]))].sort()).toEqual([...KEYS_OF[tab]!].sort());
});

test("no field stands there without a name", () => {
  for (const tab of Object.keys(TABS)) for (const label of seenIn(tab).labels) expect(label.trim()).not.toBe("");
  expect(t.form.tabs).toHaveProperty("toml");
});
