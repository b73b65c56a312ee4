// The tabs General, Contacts and Outreach of a campaign's form.
// Not here: hours, schedule and retries (when.tsx).
import { useState } from "preact/hooks";

import { post } from "../../api/client";
import { MODES, type FilterTest, type Key, type Mode } from "../../api/documents";
import { useList } from "../../api/resource";
import { at } from "../../api/routes";
import { DEFAULTS } from "../../defaults";
import { count } from "../../format";
import { Button } from "../../parts/button";
import { AreaField, Check, ManyField, SelectField, TextField } from "../../parts/field";
import { Beside } from "../../router";
import { t } from "../../texts";
import { condition, CONDITIONS, inMode, joined, number, table, text, texts, type TabProps } from "./draft";
import type { Offers } from "./offers";

const w = t.form;

export function General({ draft, set, wrong, isNew, replace }: TabProps & { replace: (draft: TabProps["draft"]) => void }) {
  return (
    <div class="fields">
      <TextField label={t.name} value={draft.name} onInput={(name) => set({ name })} disabled={!isNew} hint={isNew ? t.acts.nameHint : undefined} wrong={wrong("name")} maxLength={64} required />
      <div class="span-2"><TextField label={w.description} value={text(draft, "description")} onInput={(description) => set({ description })} wrong={wrong("description")} /></div>
      <SelectField label={w.mode} value={text(draft, "mode")} options={MODES.map((value) => ({ value, label: t.modes[value] ?? value }))} onInput={(mode) => replace(inMode(draft, mode as Mode))} wrong={wrong("mode")} />
      <SelectField label={w.priority} value={text(draft, "priority")} options={["5", "4", "3", "2", "1"]} hint={w.priorityHint} onInput={(value) => set({ priority: Number(value) })} wrong={wrong("priority")} />
      <div class="field span-2"><Check label={w.finite} value={draft.finite !== false} onInput={(value) => set({ finite: value ? undefined : false })} /></div>
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
function useAttributes(list: string | null): string[] {
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

/** What holds where the field is left empty: with agents the pace has no limit of its own. */
function defaultOf(key: keyof typeof DEFAULTS.campaign, mode: string): string {
  const isPace = key === "max_calls" || key === "calls_per_second";
  return isPace && mode !== "agentless" ? t.campaign.noLimit : String(DEFAULTS.campaign[key]);
}

const ORDERS = ["fifo", "lifo", "random", "priority", "answer_rate"];

export function Outreach({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const mode = text(draft, "mode");
  const trunk = offers.trunks.find((each) => each.trunk === text(draft, "trunk"));
  const numeric = (key: keyof typeof DEFAULTS.campaign & Key, label: string) => (
    <TextField label={label} type="number" min={0} step="any" value={text(draft, key)} placeholder={defaultOf(key, mode)} onInput={(typed) => set({ [key]: number(typed) })} wrong={wrong(key)} />
  );
  const preview = table(draft, "preview");
  const inPreview = (key: string, typed: string) => set({ preview: { ...preview, [key]: number(typed) } });
  return (
    <>
      <div class="fields">
        <SelectField label={w.trunk} value={text(draft, "trunk")} none={w.notYet} options={offers.trunks.map((each) => each.trunk)} onInput={(value) => set({ trunk: value, caller_id: undefined })} wrong={wrong("trunk")} />
        <SelectField label={w.callerId} value={text(draft, "caller_id")} none={w.notYet} options={trunk?.caller_ids ?? []} hint={w.callerIdHint} onInput={(value) => set({ caller_id: value })} wrong={wrong("caller_id")} />
        {mode === "agentless" ? <Taker draft={draft} set={set} wrong={wrong} offers={offers} /> : (
          <>
            <SelectField label={w.queue} value={text(draft, "queue")} none={w.notYet} options={offers.queues} hint={!offers.queues.length && <Beside to="/queues">{w.noQueues}</Beside>} onInput={(queue) => set({ queue })} wrong={wrong("queue")} />
            {mode === "power" && numeric("ratio", w.ratio)}
            {mode === "predictive" && <AbandonTarget draft={draft} set={set} wrong={wrong} />}
            {mode === "preview" && (
              <>
                <TextField label={w.timer} type="number" min={1} value={preview.timer_s === undefined ? "" : String(preview.timer_s)} placeholder={String(DEFAULTS.preview.timer_s)} onInput={(typed) => inPreview("timer_s", typed)} wrong={wrong("preview.timer_s")} />
                <TextField label={w.skips} type="number" min={0} value={preview.max_skips === undefined ? "" : String(preview.max_skips)} hint={w.skipsHint} onInput={(typed) => inPreview("max_skips", typed)} wrong={wrong("preview.max_skips")} />
              </>
            )}
            <TextField label={w.abandonMessage} value={text(draft, "abandon_message")} onInput={(value) => set({ abandon_message: value })} hint={w.playHint} wrong={wrong("abandon_message")} />
          </>
        )}
        <SelectField label={w.order} value={text(draft, "order") || "fifo"} options={ORDERS.map((value) => ({ value, label: t.form.orders[value] ?? value }))} onInput={(order) => set({ order })} wrong={wrong("order")} />
        {numeric("max_attempts", w.maxAttempts)}
        {numeric("retry_after_min", w.retryAfter)}
        {numeric("max_ring_s", w.maxRing)}
        {numeric("max_calls", w.maxCalls)}
        {numeric("calls_per_second", w.perSecond)}
      </div>
      <div class="row wide-gap">
        <Check label={w.amd} value={draft.amd === undefined ? !["power", "preview"].includes(mode) : draft.amd === true} onInput={(amd) => set({ amd })} />
        <Check label={w.record} value={draft.record === true} onInput={(record) => set({ record: record || undefined })} />
      </div>
      <ManyField label={w.packs} values={texts(draft, "regulations")} options={offers.packs} none={t.none} onInput={(values) => set({ regulations: values.length ? values : undefined })} wrong={wrong("regulations")} />
    </>
  );
}

/** In per cent, as people write it; the file has it as a share. */
function AbandonTarget({ draft, set, wrong }: Pick<TabProps, "draft" | "set" | "wrong">) {
  const share = Number(draft.abandon_target);
  const [typed, setTyped] = useState(draft.abandon_target === undefined ? "" : String(Math.round(share * 10_000) / 100));
  const put = (next: string) => {
    setTyped(next);
    const percent = number(next);
    set({ abandon_target: typeof percent === "number" ? Math.round(percent * 100) / 10_000 : percent });
  };
  return <TextField label={w.abandonTarget} type="number" min={0} max={20} step="any" value={typed} placeholder={String(DEFAULTS.campaign.abandon_target * 100)} onInput={put} wrong={wrong("abandon_target")} />;
}

function Taker({ draft, set, wrong, offers }: Pick<TabProps, "draft" | "set" | "wrong"> & { offers: Offers }) {
  const human = table(draft, "on_human");
  const kind = draft.flow !== undefined ? "flow" : human.context !== undefined ? "context" : human.play !== undefined ? "play" : "";
  const [wanted, setWanted] = useState(kind || "play");
  const now = kind || wanted;
  const choose = (next: string) => {
    setWanted(next);
    set({ flow: undefined, on_human: undefined });
  };
  return (
    <>
      <SelectField label={w.taker} value={now} options={Object.entries(w.takers).map(([value, label]) => ({ value, label }))} onInput={choose} />
      {now === "flow" && <SelectField label={w.flow} value={text(draft, "flow")} none={w.chooseOne} options={offers.flows} onInput={(flow) => set({ flow, on_human: undefined })} wrong={wrong("flow")} />}
      {now === "play" && <TextField label={w.play} value={String(human.play ?? "")} hint={w.playHint} onInput={(play) => set({ flow: undefined, on_human: play ? { play } : undefined })} wrong={wrong("on_human") ?? wrong("on_human.play")} />}
      {now === "context" && (
        <>
          <TextField label={w.context} value={String(human.context ?? "")} onInput={(context) => set({ flow: undefined, on_human: { ...human, context } })} wrong={wrong("on_human") ?? wrong("on_human.context")} />
          <TextField label={w.extension} value={String(human.extension ?? "s")} onInput={(extension) => set({ on_human: { ...human, extension } })} wrong={wrong("on_human.extension")} />
        </>
      )}
    </>
  );
}
