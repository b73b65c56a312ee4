// A campaign's table written as the TOML file that it is. Pure; reading TOML is the server's.
type Value = unknown;

const BARE = /^[A-Za-z0-9_-]+$/;
const keyText = (key: string): string => (BARE.test(key) ? key : JSON.stringify(key));
const isTable = (value: Value): value is Record<string, Value> => typeof value === "object" && value !== null && !Array.isArray(value);
const isTables = (value: Value): value is Record<string, Value>[] => Array.isArray(value) && value.length > 0 && value.every(isTable);

/** A TOML basic string: JSON's escapes are TOML's too, but for the delete character. */
const stringText = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007F");

export function valueText(value: Value): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "0";
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isTable(value)) return `{ ${entries(value).map(([key, each]) => `${keyText(key)} = ${valueText(each)}`).join(", ")} }`;
  return '""';
}

const entries = (table: Record<string, Value>): [string, Value][] => Object.entries(table).filter(([, value]) => value !== null && value !== undefined);

const lines = (table: Record<string, Value>): string[] => entries(table).map(([key, value]) => `${keyText(key)} = ${valueText(value)}`);

/** `table` as a file: plain keys first, then a section for each table, several for a list of tables. */
export function toToml(table: Record<string, Value>): string {
  const all = entries(table);
  const plain = Object.fromEntries(all.filter(([, value]) => !isTable(value) && !isTables(value)));
  const parts = [lines(plain).join("\n")];
  for (const [key, value] of all) {
    if (isTable(value) && entries(value).length) parts.push([`[${keyText(key)}]`, ...lines(value)].join("\n"));
    if (isTables(value)) for (const each of value) parts.push([`[[${keyText(key)}]]`, ...lines(each)].join("\n"));
  }
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}
