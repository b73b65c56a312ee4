// The forms of a callback, for supervisors and for agents.
import { useState } from "preact/hooks";

import { onceKey, post, send } from "../api/client";
import type { Callback } from "../api/documents";
import { FormDialog } from "../parts/dialog";
import { AreaField, SelectField, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.callbacks;

export function MoveCallback({ base, callback, onDone, onClose }: { base: string; callback: Callback; onDone: () => void; onClose: () => void }) {
  const [at, setAt] = useState(callback.time.slice(0, 16));
  const move = async () => {
    await send("PATCH", `${base}/${callback.callback}`, { body: { at } });
    tell(w.moved);
    onDone();
  };
  return (
    <FormDialog title={w.move} submit={t.change} canSubmit={!!at} onSubmit={move} onClose={onClose}>
      <TextField label={w.newTime} type="datetime-local" value={at} onInput={setAt} hint={w.timeHint} autoFocus />
    </FormDialog>
  );
}

export function NewCallback({ campaigns, agents, onDone, onClose }: { campaigns: readonly string[]; agents: readonly string[]; onDone: () => void; onClose: () => void }) {
  const [campaign, setCampaign] = useState("");
  const [contact, setContact] = useState("");
  const [at, setAt] = useState("");
  const [agent, setAgent] = useState("");
  const [notes, setNotes] = useState("");
  const [once] = useState(onceKey);
  const make = async () => {
    await post("/callbacks", { campaign, contact_id: Number(contact), at, notes, ...(agent ? { agent } : {}) }, { once });
    tell(w.made);
    onDone();
  };
  return (
    <FormDialog title={w.create} submit={t.create} canSubmit={!!campaign && /^\d+$/.test(contact) && !!at} onSubmit={make} onClose={onClose}>
      <SelectField label={w.campaign} value={campaign} none={t.form.chooseOne} options={campaigns} onInput={setCampaign} />
      <TextField label={t.campaign.contactId} type="number" min={1} value={contact} onInput={setContact} hint={t.campaign.explainHint} />
      <TextField label={w.at} type="datetime-local" value={at} onInput={setAt} hint={w.timeHint} />
      <SelectField label={w.agent} value={agent} none={w.anybody} options={agents} onInput={setAgent} />
      <AreaField label={w.notes} value={notes} rows={2} onInput={setNotes} />
    </FormDialog>
  );
}
