// Numbers, shares, times and lengths of time as people read them, in the browser's own language and zone.
import { useEffect, useState } from "preact/hooks";

const whole = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

export const count = (value: number | null | undefined): string => (value == null ? "–" : whole.format(value));
export const share = (value: number | null | undefined, digits = 1): string =>
  value == null || !Number.isFinite(value) ? "–" : `${(value * 100).toFixed(digits)} %`;

/** `4:05`, `1:02:09`. */
export function length(seconds: number): string {
  const all = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const since = (at: string | null | undefined, now: number): number => (at ? (now - Date.parse(at)) / 1000 : 0);

/** A moment that cannot be read, typed into an address say, is shown as it stands. */
const shownBy = (form: Intl.DateTimeFormat) => (at: string | null | undefined): string =>
  at ? (Number.isNaN(Date.parse(at)) ? at : form.format(new Date(at))) : "–";
export const fullTime = shownBy(full);
export const clockTime = shownBy(clock);
export const dayTime = shownBy(day);

/** A moment by the clock whose offset it has, as a promise to a contact was made: `2026-03-04 10:00`. The zone stands beside it. */
export const wallTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)}`;

/** What the clocks of a zone show now: `14:05`; a dash for a zone that this browser does not know. */
export function clockIn(zone: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format();
  } catch {
    return "–";
  }
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** `5 min. ago`, `in 2 hr.`; days back beyond a week are a date. */
export function ago(at: string | null | undefined, now: number): string {
  if (!at) return "–";
  const seconds = (Date.parse(at) - now) / 1000;
  if (Math.abs(seconds) > 7 * 86400) return dayTime(at);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)/g;

/** A sentence of the API with its moments (`2026-11-21T13:40-05:00`) as this browser's clock shows them. */
export const withTimes = (sentence: string): string => sentence.replace(MOMENT, (at) => dayTime(at));

/** Whom an agent asks, as people know them: the API has `tel:` before a number. */
export const askedName = (consults: string): string => consults.replace(/^tel:/, "");

const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time in ms, again each second; one timer serves the whole page. */
export function useNow(): number {
  const [, redraw] = useState(0);
  useEffect(() => {
    const watcher = () => redraw((n) => n + 1);
    watchers.add(watcher);
    timer ??= setInterval(() => watchers.forEach((each) => each()), 1000);
    return () => {
      watchers.delete(watcher);
      if (watchers.size) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return Date.now();
}

export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  return at ? <time dateTime={at} title={fullTime(at)}>{ago(at, now)}</time> : <span class="muted">–</span>;
}

/** How long since `at`, counting on. */
export function Since({ at }: { at: string | null | undefined }) {
  const now = useNow();
  return at ? <time class="num" dateTime={at} title={fullTime(at)}>{length(since(at, now))}</time> : <span class="muted">–</span>;
}
