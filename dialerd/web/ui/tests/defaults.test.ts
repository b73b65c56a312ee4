// The defaults that forms show are those that the API fills in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { DEFAULTS } from "../src/defaults";

const document = JSON.parse(readFileSync(join(__dirname, "../node_modules/.openapi.json"), "utf8")); // scripts/ui writes it
const SCHEMAS = { campaign: "CampaignSpec", preview: "Preview", voicemail: "Voicemail", screened: "Screened", callbacks: "CallbackRules", queue: "QueueSpec" } as const;

test.each(Object.keys(SCHEMAS).map((what) => [what, DEFAULTS[what as keyof typeof SCHEMAS]] as const))("what is shown in empty fields of a %s is what holds there", (what, shown) => {
  const { properties } = document.components.schemas[SCHEMAS[what as keyof typeof SCHEMAS]];
  const told = Object.fromEntries(Object.keys(shown).map((key) => [key, properties[key].default]));
  expect(shown).toEqual(told);
});
