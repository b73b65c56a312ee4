// One contact of a campaign: what holds it back now, everything that has happened to it, from eligible to next, and the
// notes on it.
import { useRef, useState } from "preact/hooks";

import { get, onceKey, post } from "../api/client";
import { useDocument } from "../api/resource";
import { at, type Item } from "../api/routes";
import { clockTime, dayTime, fullTime, withTimes } from "../format";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Notes } from "../parts/notes";
import { Loaded } from "../parts/problem";
import { momentName, t, targetStateName } from "../texts";

const w = t.campaign;
const LOOK_S = 5;

type Found = Item<"/contacts">;
const isId = (typed: string): boolean => /^\d{1,6}$/.test(typed);

export function ContactTimeline({ campaign }: { campaign: string }) {
  const [typed, setTyped] = useState("");
  const [contact, setContact] = useState<number | null>(null);
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const wanted = typed.trim();
  const explain = async () => {
    setFound(null);
    if (isId(wanted)) return setContact(Number(wanted));
    const all = await get(at("/contacts"), { number: wanted });
    setContact(all.length === 1 ? (all[0]?.contact_id ?? null) : null);
    if (all.length !== 1) setFound(all);
  };
  return (
    <>
      <section class="panel">
        <header><h2>{w.explain}</h2></header>
        <form class="row end" onSubmit={(event) => event.preventDefault()}>
          <div class="search"><TextField label={w.contactOrNumber} value={typed} onInput={setTyped} placeholder="+12125550100" /></div>
          <Button type="submit" kind="primary" disabled={!wanted} onClick={explain}>{w.explainAct}</Button>
        </form>
        <p class="muted">{w.explainHint}</p>
        {found && !found.length && <p class="warn" role="status">{t.lists.findNone}</p>}
        {found && found.length > 1 && (
          <div class="row" role="group" aria-label={t.lists.contact}>
            {found.map((each) => <Button key={each.contact_id} size="small" pressed={each.contact_id === contact} onClick={() => setContact(each.contact_id)}>{w.contactOf(each.contact_id, each.list)}</Button>)}
          </div>
        )}
      </section>
      {contact !== null && (
        <div class="grid-2">
          <Gates campaign={campaign} contact={contact} />
          <Steps campaign={campaign} contact={contact} />
          <Known key={contact} contact={contact} />
        </div>
      )}
    </>
  );
}

function Gates({ campaign, contact }: { campaign: string; contact: number }) {
  const found = useDocument(at("/campaigns/{name}/contacts/{contact_id}", campaign, contact), {}, LOOK_S);
  return (
    <section class="panel">
      <header><h2>{w.whyNot}</h2></header>
      <Loaded of={found}>
        {(told) => (
          <>
            <dl class="facts">
              <dt>{t.lists.contact}</dt><dd class="num">{told.contact_id}</dd>
              <dt>{t.callbacks.number}</dt><dd class="num">{told.number}</dd>
              <dt>{t.state}</dt><dd>{told.target_state ? targetStateName(told.target_state) : "–"}</dd>
              <dt>{w.attempts}</dt><dd class="num">{told.attempts_spent}</dd>
            </dl>
            {!told.closed.length ? <div class="note good">{w.whyNone}</div> : (
              <ol class="reasons">
                {told.closed.map((gate) => (
                  <li key={gate.name}>
                    {withTimes(gate.reason)}
                    {gate.until && <span class="muted"> · {w.until.toLowerCase()} <time dateTime={gate.until} title={fullTime(gate.until)}>{dayTime(gate.until)}</time></span>}
                  </li>
                ))}
              </ol>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** What colleagues have written down about the contact. */
function Known({ contact }: { contact: number }) {
  const found = useDocument(at("/contacts/{contact_id}/notes", contact), {}, LOOK_S);
  const once = useRef(onceKey());
  const add = async (text: string) => {
    await post(at("/contacts/{contact_id}/notes", contact), { text }, { once: once.current });
    once.current = onceKey();
    found.reload();
  };
  return <Loaded of={found}>{(notes) => <Notes notes={notes} add={add} />}</Loaded>;
}

function Steps({ campaign, contact }: { campaign: string; contact: number }) {
  const found = useDocument(at("/campaigns/{name}/contacts/{contact_id}/timeline", campaign, contact), {}, LOOK_S);
  return (
    <section class="panel">
      <header><h2>{w.timeline}</h2></header>
      <Loaded of={found}>
        {(told) => (
          <ol class="steps">
            {told.moments.map((each, index) => (
              <li key={index}>
                <time dateTime={each.at ?? undefined} title={fullTime(each.at)}>{clockTime(each.at)}</time>
                <span class="dot" />
                <span><b>{momentName(each.what)}</b> <span class="muted">{withTimes(each.text)}</span></span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
