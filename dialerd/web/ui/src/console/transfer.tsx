// Passing a call on: at once, or after talking to whoever is to have it while the customer hears music.
// Not here: the call itself (call.tsx).
import { useState } from "preact/hooks";

import { post } from "../api/client";
import { at } from "../api/routes";
import { askedName } from "../format";
import { useKeys } from "../keys";
import { Button } from "../parts/button";
import { FormDialog } from "../parts/dialog";
import { SelectField, TextField } from "../parts/field";
import { tell, tellProblem } from "../parts/toast";
import { t } from "../texts";

const w = t.console;

/** The dialog stays while whom the agent asks first is rung; closed then, it takes the wish back. */
export function Transfer({ queues, onDone, onClose }: { queues: readonly string[]; onDone: () => void; onClose: () => void }) {
  const [kind, setKind] = useState<"queue" | "agent" | "number">("queue");
  const [to, setTo] = useState("");
  const [rung, setRung] = useState<string | null>(null);
  const where = { [kind]: to.trim() };
  const transfer = async () => {
    await post(at("/me/agent/transfer"), where);
    tell(w.transferDone);
    onDone();
  };
  const askFirst = async () => {
    setRung(to.trim());
    try {
      await post(at("/me/agent/consult"), where);
    } finally {
      setRung(null);
      onDone();
    }
  };
  const close = () => {
    if (rung !== null) void post(at("/me/agent/cancel")).catch(tellProblem).finally(onDone);
    onClose();
  };
  return (
    <FormDialog title={w.transferTitle} submit={w.transfer} canSubmit={!!to.trim()} also={{ label: w.askFirst, act: askFirst }} onSubmit={transfer} onClose={close}>
      <SelectField label={w.transferTo} value={kind} disabled={rung !== null} options={Object.entries(w.transferKinds).map(([value, label]) => ({ value, label }))} onInput={(next) => setKind(next as typeof kind)} />
      <TextField label={kind === "number" ? t.callbacks.number : t.name} type={kind === "number" ? "tel" : "text"} value={to} disabled={rung !== null} onInput={setTo} {...(kind === "queue" ? { options: queues } : {})} autoFocus />
      <p class="muted" role="status">{rung === null ? w.askFirstText : w.ringing(rung)}</p>
    </FormDialog>
  );
}

/** Whom the agent asks about its call, until it gives the call to them or goes on with it. */
export function Consulting({ asked, onDone }: { asked: string; onDone: () => void }) {
  // Looked at again whatever came of it: where it is refused, they may have hung up.
  const give = () => post(at("/me/agent/complete")).then(() => tell(w.callGiven)).finally(onDone);
  const takeBack = () => post(at("/me/agent/cancel")).finally(onDone);
  useKeys({ "t t": () => void give().catch(tellProblem), x: () => void takeBack().catch(tellProblem) });
  return (
    <div class="note row" role="group" aria-label={w.consulting}>
      <span class="grow" role="status">{w.asks(askedName(asked))}</span>
      <Button kind="primary" onClick={give}>{w.giveCall} <kbd aria-hidden="true">t t</kbd></Button>
      <Button onClick={takeBack}>{w.takeBack} <kbd aria-hidden="true">x</kbd></Button>
    </div>
  );
}
