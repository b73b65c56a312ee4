// What is still to be said of a call: its outcome, a callback. What is begun here outlives the state of the agent in which it
// was begun, and stays with the call that it was begun for.
// Not here: the call itself (call.tsx), notes (card.tsx keeps what is typed).
import { useRef, useState } from "preact/hooks";

import { post } from "../api/client";
import type { Call, DispositionChoice, MyAgent } from "../api/documents";
import { at } from "../api/routes";
import { Button } from "../parts/button";
import { tell } from "../parts/toast";
import { hasTyped } from "../parts/notes";
import { endingName, t } from "../texts";
import { CallbackForm, wishOf, type CallbackFields } from "./callback";
import { MyNotes, notesOf } from "./card";

const w = t.console;
const WITH_CALL = new Set(["on_call", "inbound", "wrap_up"]);

export const choiceName = (choice: DispositionChoice): string => choice.text || endingName(choice.code);

interface Opened {
  call: Call;
  /** The outcome that asks for a callback; null: a callback of its own. */
  choice: DispositionChoice | null;
}

export interface AfterCall {
  /** The code that was given here. */
  given: (call: Call) => string | null;
  /** Gives it, or asks for the callback that goes with it. */
  choose: (call: Call, choice: DispositionChoice) => unknown;
  promise: (call: Call) => void;
  /** The call before this one, where something of it is open: `asks`: its outcome; `hasNote`: a note that is typed and not added. */
  before: { call: Call; asks: boolean; hasNote: boolean } | null;
  leave: (call: Call) => void;
  opened: Opened | null;
  close: () => void;
  give: (call: Call, choice: DispositionChoice, fields?: CallbackFields) => Promise<void>;
}

const wantsOutcome = (call: Call): boolean => call.dispositions.length > 0 && !call.dispositions.some((each) => each.code === call.disposition);

export function useAfterCall(agent: MyAgent | null, onDone: () => void): AfterCall {
  const [given, setGiven] = useState<Record<string, string>>({});
  const [left, setLeft] = useState("");
  const [opened, setOpened] = useState<Opened | null>(null);
  const seen = useRef<{ now: Call | null; before: Call | null }>({ now: null, before: null });
  const call = agent && WITH_CALL.has(agent.state) ? agent.call : null;
  if (agent && seen.current.now?.attempt_id !== call?.attempt_id) seen.current = { now: call, before: seen.current.now ?? seen.current.before };
  else if (call) seen.current.now = call;
  const last = seen.current.before;
  const asks = last !== null && wantsOutcome(last) && !(last.attempt_id in given);
  const hasNote = last !== null && agent !== null && last.contact_id !== call?.contact_id && hasTyped(notesOf(agent.agent, last.contact_id));
  const give = async (of: Call, choice: DispositionChoice, fields?: CallbackFields) => {
    await post(at("/me/disposition"), { attempt_id: of.attempt_id, code: choice.code, ...(fields ? { callback: wishOf(fields) } : {}) });
    setGiven((all) => ({ ...all, [of.attempt_id]: choice.code }));
    tell(w.given(choiceName(choice)));
    onDone();
  };
  return {
    given: (of) => given[of.attempt_id] ?? null,
    choose: (of, choice) => (choice.callback ? setOpened({ call: of, choice }) : give(of, choice)),
    promise: (of) => setOpened({ call: of, choice: null }),
    before: last && last.attempt_id !== left && (asks || hasNote) ? { call: last, asks, hasNote } : null,
    leave: (of) => setLeft(of.attempt_id),
    opened,
    close: () => setOpened(null),
    give,
  };
}

/** The form that is open, whatever has become of the call meanwhile. */
export function OpenedForm({ after, onDone }: { after: AfterCall; onDone: () => void }) {
  if (!after.opened) return null;
  const { call, choice } = after.opened;
  return (
    <CallbackForm key={`${call.attempt_id} ${choice?.code}`} call={call} onDone={onDone} onClose={after.close}
      {...(choice ? { title: `${choiceName(choice)}: ${w.callbackTitle.toLowerCase()}`, give: (fields: CallbackFields) => after.give(call, choice, fields) } : {})} />
  );
}

/** How the call before ended, where nobody has said so yet, and the note on it that was typed and not added. */
export function LastCall({ agent, after, onDone }: { agent: MyAgent; after: AfterCall; onDone: () => void }) {
  if (!after.before) return null;
  const { call, asks, hasNote } = after.before;
  const title = asks ? w.lastCall(call.number) : w.lastNote(call.number);
  return (
    <section class="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span class="grow" />
        <Button size="small" onClick={() => after.leave(call)}>{w.leaveOutcome}</Button>
      </header>
      {asks && (
        <div class="row">
          {call.dispositions.map((choice) => <Button key={choice.code} onClick={() => after.choose(call, choice)}>{choiceName(choice)}</Button>)}
        </div>
      )}
      {hasNote && <MyNotes key={call.contact_id} agent={agent.agent} contact={call.contact_id} notes={null} onDone={onDone} />}
    </section>
  );
}
