// The tabs Schedule and Dispositions of a campaign's form: contact hours, starting by itself, retries, success.
import { Button } from "../../parts/button";
import { Check, ManyField, SelectField, TextField } from "../../parts/field";
import { Beside } from "../../router";
import { endingName, t } from "../../texts";
import { everyOf, hoursRows, number, table, text, texts, withRows, type HoursRow, type TabProps } from "./draft";
import { SYSTEM_DISPOSITIONS, type Offers } from "./offers";

const w = t.form;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SPANS = ["mon-fri", "mon-sat", "mon-sun", "sat-sun", ...DAYS];
const ZONES: string[] = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
const spanName = (span: string): string => span.split("-").map((each) => w.days[each] ?? each).join(" – ");

export function When(props: TabProps) {
  return (
    <>
      <Hours {...props} />
      <Starts {...props} />
    </>
  );
}

function Hours({ draft, set, wrong }: TabProps) {
  const isGiven = draft.hours !== undefined;
  const hours = isGiven ? table(draft, "hours") : { timezone: "contact", "mon-sun": "08:00-21:00" };
  const rows = hoursRows(hours);
  const put = (next: readonly HoursRow[]) => set({ hours: withRows(hours, next) });
  const edit = (index: number, part: Partial<HoursRow>) => put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset class="stack">
      <legend>{w.hours}</legend>
      <div class="fields">
        <TextField label={w.zone} value={String(hours.timezone ?? "contact")} hint={hours.timezone === "contact" ? w.zoneContact : undefined} options={["contact", ...ZONES]} onInput={(timezone) => set({ hours: { ...hours, timezone } })} wrong={wrong("hours")} />
        <TextField label={w.holidays} value={Array.isArray(hours.holidays) ? hours.holidays.join(", ") : ""} placeholder="US, 2026-12-24"
          onInput={(typed) => {
            const { holidays: _, ...others } = hours;
            const all = typed.split(",").map((each) => each.trim()).filter(Boolean);
            set({ hours: all.length ? { ...others, holidays: all } : others });
          }} />
      </div>
      {rows.map((row, index) => (
        <div class="row end" key={index}>
          <SelectField label={w.day} value={row.days} options={SPANS.map((value) => ({ value, label: spanName(value) }))} onInput={(days) => edit(index, { days })} />
          <TextField label={w.from} type="time" value={row.from} onInput={(from) => edit(index, { from })} />
          <TextField label={w.to} type="time" value={row.to} onInput={(to) => edit(index, { to })} />
          <Button kind="ghost" icon="close" label={`${w.remove}: ${spanName(row.days)}`} onClick={() => put(rows.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div><Button size="small" icon="plus" onClick={() => put([...rows, { days: "mon-fri", from: "09:00", to: "18:00" }])}>{w.addHours}</Button></div>
    </fieldset>
  );
}

function Starts({ draft, set, wrong }: TabProps) {
  if (Array.isArray(draft.schedule) && draft.schedule.length > 1) {
    return <fieldset class="stack"><legend>{w.schedule}</legend><p class="muted">{w.manySchedules(draft.schedule.length)}</p></fieldset>;
  }
  const given = Array.isArray(draft.schedule) ? (draft.schedule[0] as Record<string, unknown> | undefined) : draft.schedule;
  const schedule = (given ?? null) as Record<string, unknown> | null;
  const put = (changes: Record<string, unknown>) => {
    const next = Object.entries({ ...schedule, ...changes }).filter(([, value]) => value !== undefined && value !== "" && value !== false);
    set({ schedule: Object.fromEntries(next) });
  };
  const { n, unit } = everyOf(schedule?.every);
  const repeat = (times: string, what: string) => put({ every: what ? `${times || "1"} ${what}` : undefined, on: what === "weeks" ? schedule?.on : undefined });
  const minute = (value: unknown): string => String(value ?? "").slice(0, 16);
  return (
    <fieldset class="stack">
      <legend class="seen-by-readers">{w.schedule}</legend>
      <Check label={w.schedule} value={schedule !== null} onInput={(isOn) => set({ schedule: isOn ? { start: tomorrow() } : undefined })} />
      {schedule && (
        <>
          <div class="fields">
            <TextField label={w.start} type="datetime-local" value={minute(schedule.start)} onInput={(start) => put({ start })} wrong={wrong("schedule") ?? wrong("schedule.0.start")} />
            <TextField label={w.end} type="datetime-local" value={minute(schedule.end)} onInput={(end) => put({ end })} hint={w.endHint} wrong={wrong("schedule.0.end")} />
            <TextField label={w.zone} value={String(schedule.timezone ?? "")} placeholder={String(table(draft, "hours").timezone ?? "")} options={ZONES} onInput={(timezone) => put({ timezone })} wrong={wrong("schedule.0.timezone")} />
            <SelectField label={w.every} value={unit} options={Object.entries(w.units).map(([value, label]) => ({ value, label }))} onInput={(what) => repeat(n, what)} />
            {unit && <TextField label={w.units[unit] ?? unit} type="number" min={1} max={999} value={n} onInput={(times) => repeat(times, unit)} />}
          </div>
          {unit === "weeks" && <ManyField label={w.on} values={Array.isArray(schedule.on) ? schedule.on.map(String) : []} options={DAYS} labels={(day) => w.days[day] ?? day} onInput={(on) => put({ on: on.length ? DAYS.filter((day) => on.includes(day)) : undefined })} />}
          <Check label={w.precedence} value={schedule.precedence === true} onInput={(precedence) => put({ precedence })} />
        </>
      )}
    </fieldset>
  );
}

function tomorrow(): string {
  const day = new Date(Date.now() + 86_400_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T09:00`;
}

interface RetryRow {
  disposition: string;
  after_min?: unknown;
  max?: unknown;
}

export function Endings({ draft, set, wrong, offers }: TabProps & { offers: Offers }) {
  const rows = (Array.isArray(draft.retry) ? draft.retry : []) as RetryRow[];
  const put = (next: readonly RetryRow[]) => set({ retry: next.length ? next : undefined });
  const edit = (index: number, part: Partial<RetryRow>) => put(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const free = SYSTEM_DISPOSITIONS.filter((each) => !rows.some((row) => row.disposition === each));
  return (
    <>
      <fieldset class="stack">
        <legend>{w.retries}</legend>
        <p class="muted">{w.retriesHint}</p>
        {rows.map((row, index) => (
          <div class="row end" key={index}>
            <SelectField label={w.disposition} value={row.disposition} options={SYSTEM_DISPOSITIONS.map((value) => ({ value, label: endingName(value) }))} onInput={(disposition) => edit(index, { disposition })} wrong={wrong(`retry.${index}.disposition`)} />
            <TextField label={w.afterMin} type="number" min={0} value={String(row.after_min ?? "")} onInput={(typed) => edit(index, { after_min: number(typed) })} wrong={wrong(`retry.${index}.after_min`)} />
            <TextField label={w.most} type="number" min={0} value={String(row.max ?? "")} onInput={(typed) => edit(index, { max: number(typed) })} wrong={wrong(`retry.${index}.max`)} />
            <Button kind="ghost" icon="close" label={`${w.remove}: ${endingName(row.disposition)}`} onClick={() => put(rows.filter((_, at) => at !== index))} />
          </div>
        ))}
        <div><Button size="small" icon="plus" disabled={!free.length} onClick={() => put([...rows, { disposition: free.includes("busy") ? "busy" : free[0] ?? "busy", after_min: 10, max: 3 }])}>{w.addRetry}</Button></div>
      </fieldset>
      <div class="fields">
        <SelectField label={w.set} value={text(draft, "dispositions")} none={t.none} options={offers.sets} hint={!offers.sets.length && <Beside to="/outcomes">{w.noSets}</Beside>} onInput={(dispositions) => set({ dispositions })} wrong={wrong("dispositions")} />
      </div>
      <ManyField label={w.positive} values={draft.positive === undefined ? ["answered_human"] : texts(draft, "positive")} options={SYSTEM_DISPOSITIONS} labels={endingName} hint={w.positiveHint} onInput={(positive) => set({ positive: positive })} wrong={wrong("positive")} />
    </>
  );
}
