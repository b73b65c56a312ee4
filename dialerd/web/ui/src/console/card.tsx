// Who is called: customer information, script and notes. Whatever a contact's fields hold is shown as text.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { Card, Note } from "../api/documents";
import { dayTime } from "../format";
import { Button } from "../parts/button";
import { AreaField } from "../parts/field";
import { t } from "../texts";

const w = t.console;

interface CustomerProps {
  number: string;
  campaign: string;
  attributes: Record<string, unknown>;
  card: Card | null;
  attempts?: number;
}

/** A name to put above the number, where the contact has one under a usual field. */
function nameOf(attributes: Record<string, unknown>): string {
  const full = attributes.name ?? attributes.full_name;
  return String(full ?? [attributes.first_name, attributes.last_name].filter(Boolean).join(" "));
}

export function Customer({ number, campaign, attributes, card, attempts }: CustomerProps) {
  const fields: [string, string][] = card?.fields.length
    ? card.fields.map((each) => [each.label, each.value])
    : Object.entries(attributes).map(([key, value]) => [key.replaceAll("_", " "), String(value)]);
  return (
    <section class="panel">
      <header>
        <h2>{w.customer}</h2>
        <span class="grow" />
        <span class="muted">{campaign}</span>
      </header>
      <div>
        <div style={{ fontSize: "20px", fontWeight: 600, overflowWrap: "anywhere" }}>{nameOf(attributes)}</div>
        <div class="num" style={{ fontSize: "16px" }}>{number}</div>
        {attempts !== undefined && <div class="muted">{w.attempts(attempts)}</div>}
      </div>
      <dl class="facts">
        {fields.map(([label, value]) => <><dt>{label}</dt><dd>{value}</dd></>)}
      </dl>
    </section>
  );
}

export function Script({ text }: { text: string | null | undefined }) {
  return (
    <section class="panel">
      <header><h2>{w.script}</h2></header>
      {text ? <p style={{ whiteSpace: "pre-wrap", fontSize: "15px", lineHeight: 1.6 }}>{text}</p> : <p class="muted">{w.noScript}</p>}
    </section>
  );
}

export function Notes({ contact, notes, onDone }: { contact: number; notes: readonly Note[]; onDone: () => void }) {
  const [text, setText] = useState("");
  const add = async () => {
    await post("/me/notes", { contact_id: contact, text });
    setText("");
    onDone();
  };
  return (
    <section class="panel">
      <header><h2>{w.notes}</h2></header>
      {!notes.length && <p class="muted">{w.noNotes}</p>}
      {notes.map((each, index) => (
        <div key={index}>
          <p style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{each.text}</p>
          <span class="muted">{each.actor.replace(/^user:/, "")} · {dayTime(each.at)}</span>
        </div>
      ))}
      <AreaField label={w.addNote} value={text} onInput={setText} rows={2} placeholder={w.notePlaceholder} />
      <div><Button size="small" disabled={!text.trim()} onClick={add}>{w.addNote}</Button></div>
    </section>
  );
}
