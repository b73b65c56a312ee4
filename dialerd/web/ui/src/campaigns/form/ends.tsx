// When a run of a campaign is over, and what is started then: the last part of the form's tab Schedule.
// Not here: hours and starts (when.tsx).
import { Button } from "../../parts/button";
import { Check, NumberField, SelectField, TextField } from "../../parts/field";
import { endingName, t } from "../../texts";
import { localMinute, table, text, within, withOffset, type TabProps } from "./draft";
import { codesOf, type Offers } from "./offers";

const w = t.form;
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function Ends({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const finish = table(draft, "finish");
  const goal = (finish.goal ?? {}) as Record<string, unknown>;
  const put = (changes: Record<string, unknown>) => set(within(draft, "finish", changes));
  const counts = (of: Record<string, unknown>) => {
    const left = Object.entries(of).filter(([, value]) => value !== undefined);
    return left.length ? Object.fromEntries(left) : undefined;
  };
  const others = offers.campaigns.filter((each) => each !== draft.name);
  return (
    <fieldset class="stack part">
      <legend>{w.parts.ends}</legend>
      <Check label={w.finite} value={draft.finite !== false} hint={w.finiteHint} onInput={(value) => set({ finite: value ? undefined : false })} wrong={wrong("finite")} />
      <p class="muted">{w.finishHint}</p>
      {wrong("finish") && <span class="wrong">{wrong("finish")}</span>}
      <div class="fields">
        <NumberField label={w.duration} value={finish.duration_min} min={0} placeholder={w.noEnd} onInput={(value) => put({ duration_min: value })} wrong={wrong("finish.duration_min")} />
        <TextField label={w.finishEnd} type="datetime-local" value={localMinute(finish.end)} hint={w.inZone(HERE)} onInput={(value) => put({ end: withOffset(value) })} wrong={wrong("finish.end")} />
        <NumberField label={w.goalPositive} value={goal.positive} min={1} step={1} placeholder={w.noEnd} onInput={(value) => put({ goal: counts({ ...goal, positive: value }) })} wrong={wrong("finish.goal.positive") ?? wrong("finish.goal")} />
        <NumberField label={w.goalLive} value={goal.live} min={1} step={1} placeholder={w.noEnd} onInput={(value) => put({ goal: counts({ ...goal, live: value }) })} wrong={wrong("finish.goal.live")} />
      </div>
      <Codes counted={(finish.disposition ?? {}) as Record<string, unknown>} codes={codesOf(draft, offers)} put={(next) => put({ disposition: counts(next) })} wrong={wrong} />
      <div class="fields">
        <SelectField label={w.then} value={text(draft, "then")} none={w.nothing} options={others} hint={w.thenHint} onInput={(then) => set({ then })} wrong={wrong("then")} />
      </div>
    </fieldset>
  );
}

/** So many of one outcome end the run: a row for each. */
function Codes({ counted, codes, put, wrong }: { counted: Record<string, unknown>; codes: readonly string[]; put: (next: Record<string, unknown>) => void; wrong: TabProps["wrong"] }) {
  const free = codes.find((each) => !(each in counted));
  const renamed = (from: string, to: string) => Object.fromEntries(Object.entries(counted).map(([code, n]) => [code === from ? to : code, n]));
  return (
    <>
      {wrong("finish.disposition") && <span class="wrong">{wrong("finish.disposition")}</span>}
      {Object.entries(counted).map(([code, n]) => (
        <div class="row end" key={code}>
          <SelectField label={w.disposition} value={code} options={codes.filter((each) => each === code || !(each in counted)).map((value) => ({ value, label: endingName(value) }))} onInput={(to) => put(renamed(code, to))} />
          <NumberField label={w.codeCount} value={n} min={1} step={1} onInput={(value) => put({ ...counted, [code]: value ?? "" })} wrong={wrong(`finish.disposition.${code}`)} />
          <Button kind="ghost" icon="close" label={`${w.remove}: ${endingName(code)}`} onClick={() => put({ ...counted, [code]: undefined })} />
        </div>
      ))}
      <div><Button size="small" icon="plus" disabled={!free} onClick={() => free && put({ ...counted, [free]: 50 })}>{w.addCode}</Button></div>
    </>
  );
}
