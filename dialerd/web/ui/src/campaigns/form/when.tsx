// The tab Schedule of a campaign's form: contact hours, starting by itself.
// Not here: when a run ends (ends.tsx), how times are written down (draft.ts).
import { Button } from "../../parts/button";
import { Check, ManyField, NumberField, PartsField, SelectField, TextField } from "../../parts/field";
import { t } from "../../texts";
import { everyOf, hoursRows, table, withRows, type HoursRow, type TabProps } from "./draft";
import { Ends } from "./ends";
import type { Offers } from "./offers";

const w = t.form;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SPANS = ["mon-fri", "mon-sat", "mon-sun", "sat-sun", ...DAYS];
const ZONES: string[] = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
const spanName = (span: string): string => span.split("-").map((each) => w.days[each] ?? each).join(" – ");

export function When(props: TabProps & { offers: Offers }) {
  return (
    <>
      <Hours {...props} />
      <Starts {...props} />
      <Ends {...props} />
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
    <fieldset class="stack part">
      <legend>{w.hours}</legend>
      <div class="fields">
        <TextField label={w.zone} value={String(hours.timezone ?? "contact")} hint={hours.timezone === "contact" ? w.zoneContact : undefined} options={["contact", ...ZONES]} onInput={(timezone) => set({ hours: { ...hours, timezone } })} wrong={wrong("hours")} />
        <PartsField label={w.holidays} values={Array.isArray(hours.holidays) ? hours.holidays.map(String) : []} placeholder="US, 2026-12-24" hint={w.holidaysHint}
          onInput={(holidays) => {
            const { holidays: _, ...others } = hours;
            set({ hours: holidays.length ? { ...others, holidays } : others });
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

type Starting = Record<string, unknown>;

function Starts({ draft, set, wrong }: TabProps) {
  const all = (Array.isArray(draft.schedule) ? draft.schedule : draft.schedule ? [draft.schedule] : []) as Starting[];
  const keep = (next: readonly Starting[]) => set({ schedule: next.length > 1 ? next : next[0] });
  const put = (index: number, changes: Starting) =>
    keep(all.map((each, at) => (at !== index ? each : Object.fromEntries(Object.entries({ ...each, ...changes }).filter(([, value]) => value !== undefined && value !== "" && value !== false)))));
  return (
    <fieldset class="stack part">
      <legend>{w.schedule}</legend>
      {!all.length && <p class="muted">{w.byHand}</p>}
      {wrong("schedule") && <span class="wrong">{wrong("schedule")}</span>}
      {all.map((each, index) => (
        <fieldset class={all.length > 1 ? "stack outcome" : "stack"} key={index}>
          <legend class={all.length > 1 ? undefined : "seen-by-readers"}>{w.startOf(index + 1)}</legend>
          <OneStart schedule={each} zone={String(table(draft, "hours").timezone ?? "contact")} put={(changes) => put(index, changes)} wrong={(key) => wrong(`schedule.${index}.${key}`)} />
          <div><Button size="small" icon="close" onClick={() => keep(all.filter((_, at) => at !== index))}>{w.removeStart}</Button></div>
        </fieldset>
      ))}
      <div><Button size="small" icon="plus" onClick={() => keep([...all, { start: tomorrow() }])}>{all.length ? w.addAnotherStart : w.addStart}</Button></div>
    </fieldset>
  );
}

function OneStart({ schedule, zone, put, wrong }: { schedule: Starting; zone: string; put: (changes: Starting) => void; wrong: (key: string) => string | undefined }) {
  const { n, unit } = everyOf(schedule.every);
  const repeat = (times: unknown, what: string) => put({ every: what ? `${times ?? 1} ${what}` : undefined, on: what === "weeks" ? schedule.on : undefined });
  const minute = (value: unknown): string => String(value ?? "").slice(0, 16);
  return (
    <>
      <div class="fields">
        <TextField label={w.start} type="datetime-local" value={minute(schedule.start)} onInput={(start) => put({ start })} wrong={wrong("start")} />
        <TextField label={w.end} type="datetime-local" value={minute(schedule.end)} onInput={(end) => put({ end })} hint={w.endHint} wrong={wrong("end")} />
        <TextField label={w.zone} value={String(schedule.timezone ?? "")} placeholder={zone === "contact" ? "" : zone} hint={zone === "contact" ? w.zoneNeeded : undefined} options={ZONES} onInput={(timezone) => put({ timezone })} wrong={wrong("timezone")} />
        <SelectField label={w.every} value={unit} options={Object.entries(w.units).map(([value, label]) => ({ value, label }))} onInput={(what) => repeat(n, what)} wrong={wrong("every")} />
        {unit && <NumberField label={w.units[unit] ?? unit} min={1} max={999} step={1} value={Number(n)} onInput={(times) => repeat(times, unit)} />}
      </div>
      {unit === "weeks" && <ManyField label={w.on} values={Array.isArray(schedule.on) ? schedule.on.map(String) : []} options={DAYS} labels={(day) => w.days[day] ?? day} onInput={(on) => put({ on: on.length ? DAYS.filter((day) => on.includes(day)) : undefined })} wrong={wrong("on")} />}
      <Check label={w.precedence} value={schedule.precedence === true} onInput={(precedence) => put({ precedence })} wrong={wrong("precedence")} />
    </>
  );
}

function tomorrow(): string {
  const day = new Date(Date.now() + 86_400_000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T09:00`;
}
