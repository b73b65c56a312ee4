// A campaign while it is edited: its table, and the parts of it that a form shows in another shape. Pure.
// Not here: the fields (general.tsx, when.tsx), the file (toml.ts).
import type { Definition, Key, Mode } from "../../api/documents";

export type Draft = Definition;
export type Changes = Partial<Record<Key, unknown>>;

export const NEW: Draft = { name: "", mode: "agentless", priority: 5, lists: [] };

export interface TabProps {
  draft: Draft;
  set: (changed: Changes) => void;
  wrong: (key: string) => string | undefined;
  isNew: boolean;
}

/** `draft` with the changes in it; what is set to undefined, null or "" is left out, as it is in a file. */
export function changed(draft: Draft, changes: Changes): Draft {
  const next: Draft = { ...draft };
  for (const [key, value] of Object.entries(changes) as [Key, unknown][]) {
    if (value === undefined || value === null || value === "") delete (next as Changes)[key];
    else (next as Changes)[key] = value;
  }
  return { ...next, name: String(changes.name ?? draft.name) };
}

const OF_MODE: Partial<Record<Key, Mode>> = { ratio: "power", preview: "preview", late_cancel: "predictive" };
const OF_AGENTS: readonly Key[] = ["queue", "console", "abandon_message", "abandon_target", "amd_holdout"];
const OF_AGENTLESS: readonly Key[] = ["on_human", "flow"];
const OF_AMD: readonly Key[] = ["amd_holdout", "machine_error", "voicemail", "screened"];

/** What only makes sense while machines are told from people goes with that. */
export const withoutAmd = (): Changes => ({ amd: false, ...Object.fromEntries(OF_AMD.map((key) => [key, undefined])) });
export const hasAmd = (draft: Draft): boolean => (draft.amd === undefined ? !["power", "preview"].includes(text(draft, "mode")) : draft.amd === true);

/** `draft` in another mode, without the keys that the new mode has no use for. A strategy has calls of both kinds. */
export function inMode(draft: Draft, mode: Mode): Draft {
  const foreign = (Object.keys(OF_MODE) as Key[]).filter((key) => OF_MODE[key] !== mode);
  const taker = mode === "agentless" ? OF_AGENTS : draft.strategy === undefined ? OF_AGENTLESS : [];
  return changed(draft, { mode, ...Object.fromEntries([...foreign, ...taker].map((key) => [key, undefined])) });
}

export const text = (draft: Draft, key: Key): string => (draft[key] === undefined || draft[key] === null ? "" : String(draft[key]));
export const texts = (draft: Draft, key: Key): string[] => (Array.isArray(draft[key]) ? (draft[key] as unknown[]).map(String) : []);
export const table = (draft: Draft, key: Key): Record<string, unknown> =>
  typeof draft[key] === "object" && draft[key] !== null && !Array.isArray(draft[key]) ? (draft[key] as Record<string, unknown>) : {};

/** `changes` within the table at `key`; one that has nothing left in it goes, unless it means something by being there. */
export function within(draft: Draft, key: Key, changes: Record<string, unknown>, { isKept = false } = {}): Changes {
  const next = Object.entries({ ...table(draft, key), ...changes }).filter(([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && !value.length));
  return { [key]: next.length || isKept ? Object.fromEntries(next) : undefined };
}

export interface HoursRow {
  days: string;
  from: string;
  to: string;
}

/** The `[hours]` table as one row for each range; `timezone` and `holidays` are not rows. */
export function hoursRows(hours: Record<string, unknown>): HoursRow[] {
  const rows: HoursRow[] = [];
  for (const [days, ranges] of Object.entries(hours)) {
    if (days === "timezone" || days === "holidays") continue;
    for (const range of Array.isArray(ranges) ? ranges : [ranges]) {
      const [from = "", to = ""] = String(range).split("-");
      rows.push({ days, from, to });
    }
  }
  return rows;
}

/** The `[hours]` table with these rows in it; several ranges of the same days are a list. */
export function withRows(hours: Record<string, unknown>, rows: readonly HoursRow[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of ["timezone", "holidays"]) if (hours[key] !== undefined) kept[key] = hours[key];
  const ranges: Record<string, string[]> = {};
  for (const row of rows) (ranges[row.days] ??= []).push(`${row.from}-${row.to}`);
  for (const [days, all] of Object.entries(ranges)) kept[days] = all.length === 1 ? all[0] : all;
  return kept;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]*$/;
export const CONDITIONS = ["=", "!=", "<", "<=", ">", ">=", "like", "not like", "is empty", "is not empty"] as const;

/** One condition of the filter language, as somebody would write it. */
export function condition(field: string, is: string, value: string): string {
  const name = FIELD.test(field) ? field : `"${field.replaceAll('"', "")}"`;
  if (is.endsWith("empty")) return `${name} ${is}`;
  const isPlain = NUMBER.test(value) || value === "true" || value === "false" || /^today\(\)( [+-] \d+ days)?$/.test(value);
  return `${name} ${is} ${isPlain ? value : `'${value.replaceAll("'", "''")}'`}`;
}

/** `filter` and one condition more. */
export const joined = (filter: string, more: string): string =>
  !filter.trim() ? more : / or /i.test(filter) ? `(${filter.trim()}) and ${more}` : `${filter.trim()} and ${more}`;

const EVERY = /^(\d+) (day|week|month|year)s?$/;

/** `every` of a schedule as a count and a unit: `2 weeks`. */
export function everyOf(every: unknown): { n: string; unit: string } {
  const found = EVERY.exec(String(every ?? ""));
  return found ? { n: found[1] ?? "1", unit: `${found[2]}s` } : { n: "1", unit: "" };
}

/** A moment with an offset (`2026-12-24T18:00:00-05:00`) as the minute that this browser's clock shows then. */
export function localMinute(moment: unknown): string {
  const at = new Date(String(moment ?? ""));
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What this browser's clock shows as a moment with its offset; what is no moment stays as it is, for the server to say so. */
export function withOffset(minute: string): string {
  const at = new Date(minute);
  if (Number.isNaN(at.getTime())) return minute;
  const east = -at.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${minute}:00${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
}
