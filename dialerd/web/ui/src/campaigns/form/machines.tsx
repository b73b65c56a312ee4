// What a campaign does about answering machines and call assistants: the last part of the form's tab Outreach.
// Not here: the other parts (outreach.tsx).
import type { Key } from "../../api/documents";
import { DEFAULTS } from "../../defaults";
import { Check, NumberField, SelectField, TextField } from "../../parts/field";
import { t } from "../../texts";
import { hasAmd, table, text, within, withoutAmd, type TabProps } from "./draft";

const w = t.form;

export function Machines(props: TabProps) {
  const { draft, set, wrong } = props;
  const isOn = hasAmd(draft);
  const share = (key: Key, label: string, hint: string) => (
    <NumberField label={label} value={draft[key]} scale={100} min={0} max={50} placeholder="0" hint={hint} onInput={(value) => set({ [key]: value })} wrong={wrong(key)} />
  );
  return (
    <fieldset class="stack part">
      <legend>{w.parts.machines}</legend>
      <Check label={w.amd} value={isOn} hint={isOn ? undefined : w.amdOff} onInput={(amd) => set(amd ? { amd } : withoutAmd())} wrong={wrong("amd")} />
      {isOn && (
        <>
          <Message {...props} of="voicemail" label={w.voicemail} />
          <Message {...props} of="screened" label={w.screened} />
          <div class="fields">
            {text(draft, "mode") !== "agentless" && share("amd_holdout", w.holdout, w.holdoutHint)}
            {share("machine_error", w.machineError, w.machineErrorHint)}
          </div>
        </>
      )}
    </fieldset>
  );
}

/** A message for what is no person, and when it is said: both kinds are a sound, a silence before it and a longest wait. */
function Message({ draft, set, wrong, of, label }: TabProps & { of: "voicemail" | "screened"; label: string }) {
  const isOn = draft[of] !== undefined && draft[of] !== null;
  const given = table(draft, of);
  const put = (changes: Record<string, unknown>) => set(within(draft, of, changes, { isKept: true }));
  const defaults = DEFAULTS[of];
  const bounds = of === "voicemail" ? { silence: [500, 10_000], wait: [5, 300] } : { silence: [300, 5000], wait: [5, 120] };
  return (
    <>
      <Check label={label} value={isOn} onInput={(on) => set({ [of]: on ? {} : undefined })} wrong={isOn ? undefined : wrong(of)} />
      {isOn && (
        <div class="fields nested">
          <TextField label={w.play} value={String(given.play ?? "")} hint={w.playHint} onInput={(play) => put({ play })} wrong={wrong(`${of}.play`) ?? wrong(of)} />
          {of === "voicemail" && (
            <SelectField label={w.wait} value={String(given.wait ?? DEFAULTS.voicemail.wait)} options={Object.entries(w.waits).map(([value, text]) => ({ value, label: text }))} onInput={(wait) => put({ wait })} wrong={wrong("voicemail.wait")} />
          )}
          <NumberField label={w.silence} value={given.silence_ms} min={bounds.silence[0]} max={bounds.silence[1]} step={1} placeholder={String(defaults.silence_ms)} onInput={(value) => put({ silence_ms: value })} wrong={wrong(`${of}.silence_ms`)} />
          <NumberField label={w.longestWait} value={given.max_wait_s} min={bounds.wait[0]} max={bounds.wait[1]} step={1} placeholder={String(defaults.max_wait_s)} onInput={(value) => put({ max_wait_s: value })} wrong={wrong(`${of}.max_wait_s`)} />
        </div>
      )}
    </>
  );
}
