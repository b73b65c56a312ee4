// The tab Dispositions of a campaign's form: what is tried again, the outcomes agents give, success, callbacks.
// Not here: sets of outcomes themselves (outcomes/), attempts over all (outreach.tsx).
import { DEFAULTS } from "../../defaults";
import { Button } from "../../parts/button";
import { ManyField, NumberField, SelectField } from "../../parts/field";
import { Beside } from "../../router";
import { endingName, t } from "../../texts";
import { table, text, texts, within, type TabProps } from "./draft";
import { codesOf, SYSTEM_DISPOSITIONS, type Offers } from "./offers";

const w = t.form;

interface RetryRow {
  disposition: string;
  after_min?: unknown;
  max?: unknown;
  number?: unknown;
}

export function Endings({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const rows = (Array.isArray(draft.retry) ? draft.retry : []) as RetryRow[];
  const put = (next: readonly RetryRow[]) => set({ retry: next.length ? next : undefined });
  const edit = (index: number, part: Partial<RetryRow>) => put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const free = SYSTEM_DISPOSITIONS.filter((each) => !rows.some((row) => row.disposition === each));
  return (
    <>
      <fieldset class="stack part">
        <legend>{w.retries}</legend>
        <p class="muted">{draft.strategy === undefined ? w.retriesHint : w.retriesOfStrategy}</p>
        {wrong("retry") && <span class="wrong">{wrong("retry")}</span>}
        {rows.map((row, index) => (
          <div class="row end" key={index}>
            <SelectField label={w.disposition} value={row.disposition} options={SYSTEM_DISPOSITIONS.map((value) => ({ value, label: endingName(value) }))} onInput={(disposition) => edit(index, { disposition })} wrong={wrong(`retry.${index}.disposition`)} />
            <NumberField label={w.afterMin} min={0} value={row.after_min} onInput={(value) => edit(index, { after_min: value })} wrong={wrong(`retry.${index}.after_min`)} />
            <NumberField label={w.most} min={0} max={100} step={1} value={row.max} onInput={(value) => edit(index, { max: value })} wrong={wrong(`retry.${index}.max`)} />
            <SelectField label={w.retryNumber} value={String(row.number ?? "")} none={w.byItself} options={Object.entries(w.retryNumbers).map(([value, label]) => ({ value, label }))} onInput={(next) => edit(index, { number: next || undefined })} wrong={wrong(`retry.${index}.number`)} />
            <Button kind="ghost" icon="close" label={`${w.remove}: ${endingName(row.disposition)}`} onClick={() => put(rows.filter((_, at) => at !== index))} />
          </div>
        ))}
        <div><Button size="small" icon="plus" disabled={!free.length} onClick={() => put([...rows, { disposition: free.includes("busy") ? "busy" : free[0] ?? "busy", after_min: 10, max: 3 }])}>{w.addRetry}</Button></div>
      </fieldset>
      <fieldset class="stack part">
        <legend>{w.outcomes}</legend>
        <div class="fields">
          <SelectField label={w.set} value={text(draft, "dispositions")} none={t.none} options={offers.sets.map((each) => each.set)} hint={!offers.sets.length && <Beside to="/outcomes">{w.noSets}</Beside>} onInput={(dispositions) => set({ dispositions })} wrong={wrong("dispositions")} />
        </div>
        <ManyField label={w.positive} values={draft.positive === undefined ? ["answered_human"] : texts(draft, "positive")} options={codesOf(draft, offers)} labels={endingName} hint={w.positiveHint} onInput={(positive) => set({ positive: positive })} wrong={wrong("positive")} />
      </fieldset>
      <Callbacks draft={draft} set={set} wrong={wrong} />
    </>
  );
}

function Callbacks({ draft, set, wrong }: Pick<TabProps, "draft" | "set" | "wrong">) {
  const rules = table(draft, "callbacks");
  const numeric = (key: keyof typeof DEFAULTS.callbacks | "max", label: string, least: number, hint?: string) => (
    <NumberField label={label} value={rules[key]} min={least} placeholder={key === "max" ? t.campaign.noLimit : String(DEFAULTS.callbacks[key])} hint={hint}
      onInput={(value) => set(within(draft, "callbacks", { [key]: value }))} wrong={wrong(`callbacks.${key}`)} />
  );
  return (
    <fieldset class="stack part">
      <legend>{w.callbacks}</legend>
      <p class="muted">{w.callbacksHint}</p>
      {wrong("callbacks") && <span class="wrong">{wrong("callbacks")}</span>}
      <div class="fields">
        {numeric("max", w.callbacksMost, 1, w.callbacksMostHint)}
        {numeric("interval_min", w.callbacksInterval, 1)}
        {numeric("tries", w.callbacksTries, 1)}
        {numeric("retry_after_min", w.callbacksRetry, 0)}
        {numeric("fallback_min", w.callbacksFallback, 0, w.callbacksFallbackHint)}
        {numeric("expire_h", w.callbacksExpire, 0)}
      </div>
    </fieldset>
  );
}
