// Promising a callback from the console.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { CallbackWish } from "../api/documents";
import { at } from "../api/routes";
import { FormDialog } from "../parts/dialog";
import { AreaField, Check, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.console;

export interface CallbackFields {
  at: string;
  number: string;
  notes: string;
  isMine: boolean;
}

export const NO_CALLBACK: CallbackFields = { at: "", number: "", notes: "", isMine: true };

export const wishOf = ({ at: time, number, notes, isMine }: CallbackFields): CallbackWish => ({
  at: time, mine: isMine, ...(number.trim() ? { number: number.trim() } : {}), ...(notes.trim() ? { notes: notes.trim() } : {}),
});

export function CallbackInputs({ fields, set }: { fields: CallbackFields; set: (fields: CallbackFields) => void }) {
  return (
    <>
      <TextField label={w.callbackAt} type="datetime-local" value={fields.at} hint={w.callbackAtHint} onInput={(at) => set({ ...fields, at })} required autoFocus />
      <TextField label={w.callbackNumber} type="tel" value={fields.number} hint={w.callbackNumberHint} onInput={(number) => set({ ...fields, number })} />
      <Check label={w.callbackMine} value={fields.isMine} onInput={(isMine) => set({ ...fields, isMine })} />
      <AreaField label={w.callbackNotes} value={fields.notes} rows={2} onInput={(notes) => set({ ...fields, notes })} />
    </>
  );
}

export function CallbackForm({ campaign, contact, onDone, onClose }: { campaign: string; contact: number; onDone: () => void; onClose: () => void }) {
  const [fields, setFields] = useState(NO_CALLBACK);
  const promise = async () => {
    await post(at("/me/callbacks"), { campaign, contact_id: contact, ...wishOf(fields) });
    tell(w.callbackSet);
    onDone();
  };
  return (
    <FormDialog title={w.callbackTitle} submit={w.callback} canSubmit={!!fields.at} onSubmit={promise} onClose={onClose}>
      <CallbackInputs fields={fields} set={setFields} />
    </FormDialog>
  );
}
