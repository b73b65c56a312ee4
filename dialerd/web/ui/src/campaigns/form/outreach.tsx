// The tab Outreach of a campaign's form: by which way out, who takes the people who answer, in which order, how fast.
// Not here: machines (machines.tsx), retries of single outcomes (endings.tsx).
import { useState } from "preact/hooks";

import type { Key } from "../../api/documents";
import { DEFAULTS } from "../../defaults";
import { AreaField, Check, ManyField, NumberField, PartsField, SelectField, TextField } from "../../parts/field";
import { Beside } from "../../router";
import { t } from "../../texts";
import { table, text, texts, within, type TabProps } from "./draft";
import { useAttributes } from "./general";
import { Machines } from "./machines";
import type { Offers } from "./offers";

const w = t.form;
const d = DEFAULTS.campaign;

export function Outreach(props: TabProps & { offers: Offers }) {
  const isAgentless = text(props.draft, "mode") === "agentless";
  return (
    <>
      <WayOut {...props} />
      <People {...props} />
      {!isAgentless && <ConsoleOf {...props} />}
      <Pace {...props} />
      <Machines {...props} />
    </>
  );
}

function WayOut({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const trunk = offers.trunks.find((each) => each.trunk === text(draft, "trunk"));
  return (
    <fieldset class="stack part">
      <legend>{w.parts.wayOut}</legend>
      <div class="fields">
        <SelectField label={w.trunk} value={text(draft, "trunk")} none={w.notYet} options={offers.trunks.map((each) => each.trunk)} onInput={(value) => set({ trunk: value, caller_id: undefined })} wrong={wrong("trunk")} />
        <SelectField label={w.callerId} value={text(draft, "caller_id")} none={w.notYet} options={trunk?.caller_ids ?? []} hint={w.callerIdHint} onInput={(value) => set({ caller_id: value })} wrong={wrong("caller_id")} />
        <SelectField label={w.strategy} value={text(draft, "strategy")} none={w.noStrategy} options={offers.strategies} hint={w.strategyHint} onInput={(strategy) => set({ strategy })} wrong={wrong("strategy")} />
      </div>
      <ManyField label={w.packs} values={texts(draft, "regulations")} options={offers.packs} none={t.none} hint={w.packsHint} onInput={(values) => set({ regulations: values.length ? values : undefined })} wrong={wrong("regulations")} />
    </fieldset>
  );
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];

function People(props: TabProps & { offers: Offers }) {
  const { draft, set, wrong, offers } = props;
  const mode = text(draft, "mode");
  const preview = table(draft, "preview");
  const put = (changes: Record<string, unknown>) => set(within(draft, "preview", changes));
  const hasTaker = mode === "agentless" || draft.strategy !== undefined || draft.on_human !== undefined || draft.flow !== undefined;
  return (
    <fieldset class="stack part">
      <legend>{w.parts.people}</legend>
      <div class="fields">
        {mode !== "agentless" && (
          <>
            <SelectField label={w.queue} value={text(draft, "queue")} none={w.notYet} options={offers.queues} hint={!offers.queues.length && <Beside to="/queues">{w.noQueues}</Beside>} onInput={(queue) => set({ queue })} wrong={wrong("queue")} />
            {mode === "power" && <NumberField label={w.ratio} value={draft.ratio} min={1} max={10} step={1} placeholder={String(d.ratio)} onInput={(ratio) => set({ ratio })} wrong={wrong("ratio")} />}
            {mode === "predictive" && <NumberField label={w.abandonTarget} value={draft.abandon_target} scale={100} min={0} max={20} placeholder={String(d.abandon_target * 100)} onInput={(value) => set({ abandon_target: value })} wrong={wrong("abandon_target")} />}
            {mode === "preview" && (
              <>
                <NumberField label={w.timer} value={preview.timer_s} min={1} max={3600} step={1} placeholder={String(DEFAULTS.preview.timer_s)} onInput={(value) => put({ timer_s: value })} wrong={wrong("preview.timer_s")} />
                <SelectField label={w.onTimeout} value={String(preview.on_timeout ?? DEFAULTS.preview.on_timeout)} options={Object.entries(w.timeouts).map(([value, label]) => ({ value, label }))} onInput={(value) => put({ on_timeout: value })} wrong={wrong("preview.on_timeout")} />
                <NumberField label={w.skips} value={preview.max_skips} min={0} step={1} placeholder={w.anyNumber} onInput={(value) => put({ max_skips: value })} wrong={wrong("preview.max_skips")} />
              </>
            )}
            <TextField label={w.abandonMessage} value={text(draft, "abandon_message")} onInput={(value) => set({ abandon_message: value })} hint={w.playHint} wrong={wrong("abandon_message")} />
          </>
        )}
        {hasTaker && <Taker {...props} />}
        <SelectField label={w.optOutKey} value={text(draft, "opt_out_key")} none={w.noKey} options={KEYS} hint={w.optOutHint} onInput={(value) => set({ opt_out_key: value })} wrong={wrong("opt_out_key")} />
      </div>
      {mode === "predictive" && <Check label={w.lateCancel} value={draft.late_cancel === true} hint={w.lateCancelHint} onInput={(value) => set({ late_cancel: value || undefined })} wrong={wrong("late_cancel")} />}
      <Check label={w.record} value={draft.record === true} onInput={(record) => set({ record: record || undefined })} wrong={wrong("record")} />
      {(draft.record === true || draft.consent !== undefined) && (
        <div class="fields"><TextField label={w.consent} value={text(draft, "consent")} hint={w.consentHint} onInput={(consent) => set({ consent })} wrong={wrong("consent")} /></div>
      )}
    </fieldset>
  );
}

function ConsoleOf({ draft, set, wrong }: TabProps) {
  const shown = table(draft, "console");
  const attributes = useAttributes(texts(draft, "lists")[0] ?? null);
  const fields = Array.isArray(shown.fields) ? shown.fields.map(String) : [];
  return (
    <fieldset class="stack part">
      <legend>{w.parts.console}</legend>
      <PartsField label={w.consoleFields} values={fields} hint={attributes.length ? w.consoleFieldsOf(attributes.join(", ")) : w.consoleFieldsHint} onInput={(values) => set(within(draft, "console", { fields: values }))} wrong={wrong("console.fields") ?? wrong("console")} />
      <AreaField label={w.script} value={String(shown.script ?? "")} hint={w.scriptHint} rows={4} onInput={(script) => set(within(draft, "console", { script }))} wrong={wrong("console.script")} />
    </fieldset>
  );
}

/** What holds where the field is left empty: with agents the pace has no limit of its own. */
function defaultOf(key: "max_calls" | "calls_per_second" | "max_attempts", draft: TabProps["draft"]): string {
  const isMixed = draft.on_human !== undefined || draft.flow !== undefined;
  if (key === "max_attempts") return String(draft.strategy === undefined ? d.max_attempts : DEFAULTS.byStrategy);
  return text(draft, "mode") !== "agentless" && !isMixed ? t.campaign.noLimit : String(d[key]);
}

function Pace({ draft, set, wrong }: TabProps) {
  const numeric = (key: Key, label: string, placeholder: string, bounds: { min?: number; max?: number; step?: number } = {}, hint?: string) => (
    <NumberField label={label} value={draft[key]} min={0} {...bounds} placeholder={placeholder} hint={hint} onInput={(value) => set({ [key]: value })} wrong={wrong(key)} />
  );
  const whole = { min: 1, step: 1 };
  return (
    <fieldset class="stack part">
      <legend>{w.parts.pace}</legend>
      <div class="fields">
        <OrderOf draft={draft} set={set} wrong={wrong} />
        <SelectField label={w.numbers} value={text(draft, "numbers") || d.numbers} options={Object.entries(w.numbersOf).map(([value, label]) => ({ value, label }))} onInput={(numbers) => set({ numbers })} wrong={wrong("numbers")} />
        {numeric("max_attempts", w.maxAttempts, defaultOf("max_attempts", draft), { ...whole, max: 100 })}
        {numeric("max_attempts_per_number", w.maxPerNumber, text(draft, "max_attempts") || defaultOf("max_attempts", draft), { ...whole, max: 100 })}
        {numeric("retry_after_min", w.retryAfter, String(d.retry_after_min))}
        {numeric("max_ring_s", w.maxRing, String(d.max_ring_s), { ...whole, max: 120 })}
        {numeric("max_calls", w.maxCalls, defaultOf("max_calls", draft), whole)}
        {numeric("calls_per_second", w.perSecond, defaultOf("calls_per_second", draft))}
      </div>
    </fieldset>
  );
}

const ORDERS = ["fifo", "lifo", "random", "priority", "answer_rate"];
const OWN = "attribute";

/** One of the plain orders, or an attribute of the contacts, the highest first with a minus before it. */
function OrderOf({ draft, set, wrong }: Pick<TabProps, "draft" | "set" | "wrong">) {
  const order = text(draft, "order") || d.order;
  const [isWanted, setWanted] = useState(false);
  const isOwn = isWanted || !ORDERS.includes(order);
  const name = ORDERS.includes(order) ? "" : order.replace(/^-/, "");
  const isDown = order.startsWith("-");
  const attributes = useAttributes(isOwn ? (texts(draft, "lists")[0] ?? null) : null);
  const put = (attribute: string, fromHigh: boolean) => set({ order: attribute ? `${fromHigh ? "-" : ""}${attribute}` : fromHigh ? "-" : undefined });
  const choose = (next: string) => {
    setWanted(next === OWN);
    set({ order: next === OWN ? undefined : next });
  };
  return (
    <>
      <SelectField label={w.order} value={isOwn ? OWN : order} options={[...ORDERS, OWN].map((value) => ({ value, label: w.orders[value] ?? value }))} onInput={choose} wrong={isOwn ? undefined : wrong("order")} />
      {isOwn && (
        <>
          <TextField label={w.orderBy} value={name} options={attributes} onInput={(next) => put(next, isDown)} wrong={wrong("order")} />
          <SelectField label={w.orderFrom} value={isDown ? "-" : ""} options={[{ value: "", label: w.lowest }, { value: "-", label: w.highest }]} onInput={(sign) => put(name, sign === "-")} />
        </>
      )}
    </>
  );
}

/** What the people who answer an automated call get. */
function Taker({ draft, set, wrong, offers }: Pick<TabProps, "draft" | "set" | "wrong"> & { offers: Offers }) {
  const isAgentless = text(draft, "mode") === "agentless";
  const human = table(draft, "on_human");
  const kind = draft.flow !== undefined ? "flow" : human.context !== undefined ? "context" : human.play !== undefined ? "play" : "";
  const [wanted, setWanted] = useState(kind || (isAgentless ? "play" : ""));
  const now = kind || wanted;
  const choose = (next: string) => {
    setWanted(next);
    set({ flow: undefined, on_human: undefined });
  };
  return (
    <>
      <SelectField label={isAgentless ? w.taker : w.automated} value={now} none={isAgentless ? undefined : w.noTaker} hint={isAgentless ? undefined : w.automatedHint} options={Object.entries(w.takers).map(([value, label]) => ({ value, label }))} onInput={choose} wrong={now ? undefined : wrong("on_human")} />
      {now === "flow" && <SelectField label={w.flow} value={text(draft, "flow")} none={w.chooseOne} options={offers.flows} onInput={(flow) => set({ flow, on_human: undefined })} wrong={wrong("flow")} />}
      {now === "play" && <TextField label={w.play} value={String(human.play ?? "")} hint={w.playHint} onInput={(play) => set({ flow: undefined, on_human: play ? { play } : undefined })} wrong={wrong("on_human.play") ?? wrong("on_human")} />}
      {now === "context" && (
        <>
          <TextField label={w.context} value={String(human.context ?? "")} onInput={(context) => set({ flow: undefined, on_human: { ...human, context } })} wrong={wrong("on_human.context") ?? wrong("on_human")} />
          <TextField label={w.extension} value={String(human.extension ?? "s")} onInput={(extension) => set({ on_human: { ...human, extension } })} wrong={wrong("on_human.extension")} />
        </>
      )}
    </>
  );
}
