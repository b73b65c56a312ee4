// Who is called: customer information, script and notes. Whatever a contact's fields hold is shown as text.
import { post } from "../api/client";
import type { Card, Note } from "../api/documents";
import { at } from "../api/routes";
import { Notes } from "../parts/notes";
import { t } from "../texts";

const w = t.console;

/** `first_name` as people write it. */
const labelOf = (key: string): string => key.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

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
    ? card.fields.map((each) => [labelOf(each.label), each.value])
    : Object.entries(attributes).map(([key, value]) => [labelOf(key), String(value)]);
  return (
    <section class="panel">
      <header>
        <h2>{w.customer}</h2>
        <span class="grow" />
        <span class="muted">{campaign}</span>
      </header>
      <div>
        <div class="person">{nameOf(attributes)}</div>
        <div class="num person-number">{number}</div>
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
      {text ? <p class="script">{text}</p> : <p class="muted">{w.noScript}</p>}
    </section>
  );
}

/** Under which an agent's words on a contact are kept while they are typed. */
export const notesOf = (agent: string, contact: number): string => `${agent} ${contact}`;

/** What the agent's own card has of them; null: it is not there yet. */
export function MyNotes({ agent, contact, notes, onDone }: { agent: string; contact: number; notes: readonly Note[] | null; onDone: () => void }) {
  return <Notes keep={notesOf(agent, contact)} notes={notes} add={(text) => post(at("/me/notes"), { contact_id: contact, text }).then(onDone)} />;
}
