// One contact of a campaign: what holds it back now, and everything that has happened to it, from eligible to next.
import { useState } from "preact/hooks";

import { useDocument } from "../api/resource";
import { at } from "../api/routes";
import { clockTime, dayTime, fullTime } from "../format";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Loaded } from "../parts/problem";
import { t } from "../texts";

const w = t.campaign;

export function ContactTimeline({ campaign }: { campaign: string }) {
  const [typed, setTyped] = useState("");
  const [contact, setContact] = useState<number | null>(null);
  return (
    <>
      <section class="panel">
        <header><h2>{w.explain}</h2></header>
        <form class="row" style={{ alignItems: "flex-end" }} onSubmit={(event) => (event.preventDefault(), setContact(Number(typed)))}>
          <TextField label={w.contactId} type="number" min={1} value={typed} onInput={setTyped} hint={w.explainHint} />
          <Button type="submit" kind="primary" disabled={!/^\d+$/.test(typed)}>{w.explainAct}</Button>
        </form>
      </section>
      {contact !== null && (
        <div class="grid-2">
          <Gates campaign={campaign} contact={contact} />
          <Steps campaign={campaign} contact={contact} />
        </div>
      )}
    </>
  );
}

function Gates({ campaign, contact }: { campaign: string; contact: number }) {
  const found = useDocument(at("/campaigns/{name}/contacts/{contact_id}", campaign, contact));
  return (
    <section class="panel">
      <header><h2>{w.why}</h2></header>
      <Loaded of={found}>
        {(told) => (
          <>
            <dl class="facts">
              <dt>{t.callbacks.number}</dt><dd class="num">{told.number}</dd>
              <dt>{t.state}</dt><dd>{told.target_state?.replaceAll("_", " ") ?? "–"}</dd>
              <dt>{w.attempts}</dt><dd class="num">{told.attempts_spent}</dd>
            </dl>
            {!told.closed.length ? <div class="note good">{w.whyNone}</div> : (
              <ol class="stack" style={{ margin: 0, paddingLeft: "20px" }}>
                {told.closed.map((gate) => (
                  <li key={gate.name}>
                    {gate.reason}
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

function Steps({ campaign, contact }: { campaign: string; contact: number }) {
  const found = useDocument(at("/campaigns/{name}/contacts/{contact_id}/timeline", campaign, contact));
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
                <span><b>{each.what.replaceAll("_", " ")}</b> <span class="muted">{each.text}</span></span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
