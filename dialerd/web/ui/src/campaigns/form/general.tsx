// The tabs General and Contacts of a campaign's form: what it is, whom it calls.
// Not here: how they are called (outreach.tsx), when (when.tsx), what comes of it (endings.tsx).
import { useState } from "preact/hooks";

import { post } from "../../api/client";
import { MODES, type FilterTest, type Mode } from "../../api/documents";
import { useList } from "../../api/resource";
import { at } from "../../api/routes";
import { count } from "../../format";
import { Button } from "../../parts/button";
import { AreaField, ManyField, SelectField, TextField } from "../../parts/field";
import { Beside } from "../../router";
import { t } from "../../texts";
import { condition, CONDITIONS, inMode, joined, text, texts, type TabProps } from "./draft";
import type { Offers } from "./offers";

const w = t.form;

export function General({ draft, set, wrong, isNew, replace }: TabProps & { replace: (draft: TabProps["draft"]) => void }) {
  return (
    <div class="fields">
      <TextField label={t.name} value={draft.name} onInput={(name) => set({ name })} disabled={!isNew} hint={isNew ? t.acts.nameHint : undefined} wrong={wrong("name")} maxLength={64} required />
      <div class="span-2"><TextField label={w.description} value={text(draft, "description")} onInput={(description) => set({ description })} wrong={wrong("description")} /></div>
      <SelectField label={w.mode} value={text(draft, "mode")} options={MODES.map((value) => ({ value, label: t.modes[value] ?? value }))} onInput={(mode) => replace(inMode(draft, mode as Mode))} wrong={wrong("mode")} />
      <SelectField label={w.priority} value={text(draft, "priority")} options={["5", "4", "3", "2", "1"]} hint={w.priorityHint} onInput={(value) => set({ priority: Number(value) })} wrong={wrong("priority")} />
    </div>
  );
}

export function Contacts({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const [field, setField] = useState("");
  const [is, setIs] = useState<string>(CONDITIONS[0]);
  const [value, setValue] = useState("");
  const [test, setTest] = useState<FilterTest | null>(null);
  const filter = text(draft, "filter");
  const lists = texts(draft, "lists");
  const attributes = useAttributes(lists[0] ?? null);
  const add = () => {
    set({ filter: joined(filter, condition(field, is, value)) });
    setField("");
    setValue("");
  };
  const tryIt = async () => {
    setTest(null);
    const found = await Promise.all(lists.map((list) => post(at("/lists/{name}/test-filter", list), { filter })));
    setTest(summed(found));
  };
  return (
    <>
      <ManyField label={w.lists} values={lists} options={offers.lists} none={<Beside to="/lists">{w.noLists}</Beside>} onInput={(values) => set({ lists: values })} wrong={wrong("lists")} />
      <AreaField label={w.filter} value={filter} hint={w.filterHint} rows={3} onInput={(next) => (set({ filter: next }), setTest(null))} wrong={wrong("filter")} />
      <fieldset>
        <legend>{w.conditionLegend}</legend>
        <div class="row end">
          <TextField label={w.field} value={field} onInput={setField} options={[...attributes, ...FIELDS]} />
          <SelectField label={w.is} value={is} options={CONDITIONS} onInput={setIs} />
          <TextField label={w.value} value={value} onInput={setValue} disabled={is.endsWith("empty")} />
          <Button onClick={add} disabled={!field.trim()}>{w.addCondition}</Button>
          <Button onClick={tryIt} disabled={!filter.trim() || !lists.length}>{w.testFilter}</Button>
        </div>
      </fieldset>
      {test && (
        <div class="note" role="status">
          <b>{w.kept(count(test.kept), count(test.contacts))}</b>
          {test.conditions.map((each) => <span class="hint" key={each.condition}><code>{each.condition}</code> {w.removes} {count(each.removes)} {test.conditions.length > 1 && w.only(count(each.only_it_removes))}</span>)}
          {!!test.sample.length && <span class="hint">{w.sample}: {test.sample.slice(0, 5).map((each) => `${each.number} (${Object.values(each.attributes).slice(0, 3).join(", ")})`).join("; ")}</span>}
          {test.warnings.map((each) => <span class="hint warn" key={each}>{each}</span>)}
        </div>
      )}
      <div class="fields">
        <SelectField label={w.dnc} value={text(draft, "dnc")} none={w.onlyGlobal} options={offers.dnc} hint={w.dncHint} onInput={(dnc) => set({ dnc })} wrong={wrong("dnc")} />
      </div>
    </>
  );
}

/** What the contacts of a list are described by, as far as its first ones tell. */
export function useAttributes(list: string | null): string[] {
  const contacts = useList(list === null ? null : at("/lists/{name}/contacts", list), { limit: 50 }).value ?? [];
  return [...new Set(contacts.flatMap((each) => Object.keys(each.attributes)))];
}

const FIELDS = ["number", "zone", "priority", "list"] as const;

/** The tests of several lists as one. */
export function summed(found: readonly FilterTest[]): FilterTest | null {
  const [first, ...rest] = found;
  if (!first) return null;
  return rest.reduce((all, each) => ({
    ...all,
    contacts: all.contacts + each.contacts,
    kept: all.kept + each.kept,
    conditions: all.conditions.map((one, index) => ({
      ...one,
      removes: one.removes + (each.conditions[index]?.removes ?? 0),
      only_it_removes: one.only_it_removes + (each.conditions[index]?.only_it_removes ?? 0),
    })),
    warnings: [...new Set([...all.warnings, ...each.warnings])],
  }), first);
}
