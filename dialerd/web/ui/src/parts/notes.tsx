// What was written down about a contact, shown as text, and a field for more of it.
// Not here: where it is kept (whoever draws this gives `add`).
import { useState } from "preact/hooks";

import type { Note } from "../api/documents";
import { dayTime } from "../format";
import { t } from "../texts";
import { Button } from "./button";
import { AreaField } from "./field";

const w = t.console;

export function Notes({ notes, add }: { notes: readonly Note[]; add: (text: string) => Promise<unknown> }) {
  const [text, setText] = useState("");
  const send = async () => {
    await add(text);
    setText("");
  };
  return (
    <section class="panel">
      <header><h2>{w.notes}</h2></header>
      {!notes.length && <p class="muted">{w.noNotes}</p>}
      {notes.map((each, index) => (
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
