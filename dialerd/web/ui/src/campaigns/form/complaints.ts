// What the API says is wrong with a campaign, key by key. Pure.
// Not here: where it is shown (page.tsx, the tabs).
import type { Problem } from "../../api/client";

export interface Complaint {
  /** `max_calls`, or within a table `retry.0.after_min`. */
  key: string;
  message: string;
}

const KEYS = /^((?:[a-z_]+(?:\.[\w-]+)*)(?:, [a-z_]+)*): (.+)$/s;

/** The API names a key as a field (`body.lists`) or before a sentence; of what several keys do together, each is told. */
export function complaintsOf(problem: Problem | null): Complaint[] {
  if (!problem) return [];
  const fields = problem.errors.map((each) => ({ key: each.at.replace(/^body\./, ""), message: each.message }));
  const start = problem.message.indexOf(": ");
  const sentence = start < 0 ? "" : problem.message.slice(start + 2);
  const told = sentence.split("; ").flatMap((each): Complaint[] => {
    const [, keys, message] = KEYS.exec(each.replace(/^file: /, "")) ?? [];
    return keys && message ? keys.split(", ").map((key) => ({ key, message })) : [];
  });
  return [...fields, ...told];
}

const top = (key: string): string => key.split(".")[0] ?? "";

/** Whether every key that something was said of has been changed since: what is told is of what stood there before. */
export function isOver(problem: Problem | null, changedKeys: readonly string[]): boolean {
  const told = complaintsOf(problem);
  return told.length > 0 && told.every((each) => changedKeys.includes(top(each.key)));
}

/** What is said of exactly that key. */
export const wrongOf = (problem: Problem | null, key: string): string | undefined => complaintsOf(problem).find((each) => each.key === key)?.message;

/** Whether something is said of one of these keys, or of what is within them. */
export const isAnyWrong = (problem: Problem | null, keys: readonly string[]): boolean => complaintsOf(problem).some((each) => keys.includes(top(each.key)));
