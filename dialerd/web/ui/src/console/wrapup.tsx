// After a call: how it ended, by keys 1 to 9, with a callback where the outcome asks for one.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { Card, DispositionChoice, MyAgent } from "../api/documents";
import { at } from "../api/routes";
import { Since } from "../format";
import { useKeys, type Keys } from "../keys";
import { Button } from "../parts/button";
import { FormDialog } from "../parts/dialog";
import { tell, tellProblem } from "../parts/toast";
import { endingName, t } from "../texts";
import { CallbackInputs, NO_CALLBACK, wishOf, type CallbackFields } from "./callback";
import { Customer, MyNotes } from "./card";

const w = t.console;

const nameOf = (choice: DispositionChoice): string => choice.text || endingName(choice.code);

export function WrapUp({ agent, card, onDone }: { agent: MyAgent; card: Card | null; onDone: () => void }) {
  const [given, setGiven] = useState<DispositionChoice | null>(null);
  const [asking, setAsking] = useState<DispositionChoice | null>(null);
  const call = agent.call;
  const choices = call?.dispositions ?? [];
  const attempt = call?.attempt_id ?? agent.attempt_id ?? "";
  const give = async (choice: DispositionChoice, fields?: CallbackFields) => {
    await post(at("/me/disposition"), { attempt_id: attempt, code: choice.code, ...(fields ? { callback: wishOf(fields) } : {}) });
    setGiven(choice);
    tell(w.given(nameOf(choice)));
    onDone();
  };
  const choose = (choice: DispositionChoice) => (choice.callback ? setAsking(choice) : give(choice));
  const keys: Keys = {};
  choices.slice(0, 9).forEach((choice, index) => {
    keys[String(index + 1)] = () => void Promise.resolve(choose(choice)).catch(tellProblem);
  });
  useKeys(keys);
  const now = given?.code ?? call?.disposition;
  return (
    <>
      <section class="panel">
        <header>
          <h2>{w.wrapUp}</h2>
          <Since at={agent.since} />
          <span class="grow" />
        </header>
        <p class="muted">{choices.length ? w.wrapUpText : w.noChoices}</p>
        <div class="dispositions">
          {choices.map((choice, index) => (
            <Button key={choice.code} size="big" pressed={now === choice.code} onClick={() => choose(choice)}>
              {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>} {nameOf(choice)}
            </Button>
          ))}
        </div>
      </section>
      {call && (
        <div class="grid-2">
          <Customer number={call.number} campaign={call.campaign} attributes={call.attributes} card={card} />
          {card && <MyNotes contact={call.contact_id} notes={card.notes} onDone={onDone} />}
        </div>
      )}
      {asking && <WithCallback choice={asking} onGive={(fields) => give(asking, fields)} onClose={() => setAsking(null)} />}
    </>
  );
}

function WithCallback({ choice, onGive, onClose }: { choice: DispositionChoice; onGive: (fields: CallbackFields) => Promise<unknown>; onClose: () => void }) {
  const [fields, setFields] = useState(NO_CALLBACK);
  return (
    <FormDialog title={`${nameOf(choice)}: ${w.callbackTitle.toLowerCase()}`} submit={t.save} canSubmit={!!fields.at} onSubmit={() => onGive(fields)} onClose={onClose}>
      <CallbackInputs fields={fields} set={setFields} />
    </FormDialog>
  );
}
