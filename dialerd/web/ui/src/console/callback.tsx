// Promising a callback from the console.
import { useState } from "preact/hooks";

import { post } from "../api/client";
import { FormDialog } from "../parts/dialog";
import { AreaField, TextField } from "../parts/field";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.console;

export interface CallbackWish {
  at: string;
  number?: string;
  notes?: string;
}

export interface CallbackFields {
  at: string;
  number: string;
  notes: string;
}

export const wishOf = ({ at, number, notes }: CallbackFields): CallbackWish => ({ at, ...(number.trim() ? { number: number.trim() } : {}), ...(notes.trim() ? { notes: notes.trim() } : {}) });

export function CallbackInputs({ fields, set }: { fields: CallbackFields; set: (fields: CallbackFields) => void }) {
  return (
    <>
      <TextField label={w.callbackAt} type="datetime-local" value={fields.at} hint={w.callbackAtHint} onInput={(at) => set({ ...fields, at })} required autoFocus />
      <TextField label={w.callbackNumber} type="tel" value={fields.number} hint={w.callbackNumberHint} onInput={(number) => set({ ...fields, number })} />
      <AreaField label={w.callbackNotes} value={fields.notes} rows={2} onInput={(notes) => set({ ...fields, notes })} />
    </>
  );
}

export function CallbackForm({ campaign, contact, onClose }: { campaign: string; contact: number; onClose: () => void }) {
  const [fields, setFields] = useState<CallbackFields>({ at: "", number: "", notes: "" });
  const promise = async () => {
    await post("/me/callbacks", { campaign, contact_id: contact, ...wishOf(fields) });
    tell(w.callbackSet);
  };
  return (
    <FormDialog title={w.callbackTitle} submit={w.callback} canSubmit={!!fields.at} onSubmit={promise} onClose={onClose}>
      <CallbackInputs fields={fields} set={setFields} />
    </FormDialog>
  );
}
