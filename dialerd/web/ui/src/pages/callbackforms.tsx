// The forms of a callback, for supervisors and for agents.
import { useState } from "preact/hooks";

import { onceKey, post, send } from "../api/client";
import type { Callback } from "../api/documents";
import { at } from "../api/routes";
import { FormDialog } from "../parts/dialog";
import { AreaField, SelectField, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.callbacks;

interface MoveProps {
  /** Whose: one's own, or any as a supervisor. */
  base: "/me/callbacks" | "/callbacks";
  callback: Callback;
  onDone: () => void;
  onClose: () => void;
}

export function MoveCallback({ base, callback, onDone, onClose }: MoveProps) {
  const [time, setTime] = useState(callback.time.slice(0, 16));
  const move = async () => {
    await send("patch", at(`${base}/{callback_id}`, callback.callback), { body: { at: time } });
    tell(w.moved);
    onDone();
  };
  return (
    <FormDialog title={w.move} submit={t.change} canSubmit={!!time} onSubmit={move} onClose={onClose}>
      <TextField label={w.newTime} type="datetime-local" value={time} onInput={setTime} hint={w.timeHintIn(callback.zone)} autoFocus />
    </FormDialog>
  );
}

export function NewCallback({ campaigns, agents, onDone, onClose }: { campaigns: readonly string[]; agents: readonly string[]; onDone: () => void; onClose: () => void }) {
  const [campaign, setCampaign] = useState("");
  const [contact, setContact] = useState("");
  const [time, setTime] = useState("");
  const [agent, setAgent] = useState("");
  const [notes, setNotes] = useState("");
  const [once] = useState(onceKey);
  const make = async () => {
    await post(at("/callbacks"), { campaign, contact_id: Number(contact), at: time, notes, ...(agent ? { agent } : {}) }, { once });
    tell(w.made);
    onDone();
  };
  return (
    <FormDialog title={w.create} submit={t.create} canSubmit={!!campaign && /^\d+$/.test(contact) && !!time} onSubmit={make} onClose={onClose}>
      <SelectField label={w.campaign} value={campaign} none={t.form.chooseOne} options={campaigns} onInput={setCampaign} />
      <TextField label={t.campaign.contactId} type="number" min={1} value={contact} onInput={setContact} hint={t.campaign.explainHint} />
      <TextField label={w.at} type="datetime-local" value={time} onInput={setTime} hint={w.timeHint} />
      <SelectField label={w.agent} value={agent} none={w.anybody} options={agents} onInput={setAgent} />
      <AreaField label={w.notes} value={notes} rows={2} onInput={setNotes} />
    </FormDialog>
  );
}
