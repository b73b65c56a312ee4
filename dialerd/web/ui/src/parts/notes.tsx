// What was written down about a contact, shown as text, and a field for more of it.
// Not here: where it is kept (whoever draws this gives `add`).
import { useState } from "preact/hooks";

import type { Note } from "../api/documents";
import { dayTime } from "../format";
import { t } from "../texts";
import { Button } from "./button";
import { AreaField } from "./field";

const w = t.console;

const typed = new Map<string, string>();

/** Whether something was typed there and not added yet. */
export const hasTyped = (keep: string): boolean => !!typed.get(keep);

interface NotesProps {
  /** null: they are not known yet. */
  notes: readonly Note[] | null;
  add: (text: string) => Promise<unknown>;
  /** Whose notes by whom: what is typed is kept under this until it is added, though the field goes and comes back. */
  keep?: string;
}

export function Notes({ notes, add, keep }: NotesProps) {
  const [text, set] = useState(() => (keep === undefined ? "" : typed.get(keep) ?? ""));
  const setText = (next: string) => {
    set(next);
    if (keep === undefined) return;
    if (next) typed.set(keep, next);
    else typed.delete(keep);
  };
  const send = async () => {
    await add(text);
    setText("");
  };
  return (
    <section class="panel">
      <header><h2>{w.notes}</h2></header>
      {notes?.length === 0 && <p class="muted">{w.noNotes}</p>}
      {notes?.map((each, index) => (
        <div key={index}>
          <p class="as-written">{each.text}</p>
          <span class="muted">{each.actor.replace(/^user:/, "")} · {dayTime(each.at)}</span>
        </div>
      ))}
      <AreaField label={w.addNote} value={text} onInput={setText} rows={2} placeholder={w.notePlaceholder} />
      <div><Button size="small" disabled={!text.trim()} onClick={send}>{w.addNote}</Button></div>
    </section>
  );
}
