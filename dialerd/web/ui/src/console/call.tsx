// The call that an agent has, and what can be done to it.
// Not here: passing it on (transfer.tsx), who it is with (card.tsx), a callback (aftercall.tsx).
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { AgentPage, Call, MyAgent } from "../api/documents";
import { at } from "../api/routes";
import { Since } from "../format";
import { useKeys } from "../keys";
import { AgentBadge } from "../parts/badge";
import { Button } from "../parts/button";
import { ask, Dialog } from "../parts/dialog";
import { tellProblem } from "../parts/toast";
import { t } from "../texts";
import { Consulting, Transfer } from "./transfer";

const w = t.console;

export function CallCard({ agent, page, onPromise, onDone }: { agent: MyAgent; page: AgentPage | null; onPromise: (call: Call) => void; onDone: () => void }) {
  const [open, setOpen] = useState<"keypad" | "transfer" | null>(null);
  const call = agent.call;
  const isMuted = page?.is_muted ?? false;
  const isHeld = page?.is_holding ?? false;
  const asked = page?.consults ?? null;
  const does = (act: () => Promise<unknown>) => async () => {
    await act();
    onDone();
  };
  const mute = does(() => post(at("/me/agent/mute"), { on: !isMuted }));
  const hold = does(() => post(at("/me/agent/hold"), { on: !isHeld }));
  const end = does(() => post(at("/me/agent/hangup")));
  useKeys({
    m: () => void mute().catch(tellProblem),
    h: () => void (!asked && hold().catch(tellProblem)),
    "e e": () => void end().catch(tellProblem),
    ...(asked ? {} : { t: () => setOpen("transfer"), "#": () => setOpen("keypad") }),
    b: () => call && onPromise(call),
  });
  const optOut = () => ask({ title: w.optOut, text: w.optOutText, yes: w.optOut, isDanger: true, act: does(() => post(at("/me/agent/optout"))) });
  return (
    <>
      <section class="panel">
        <header>
          <h2>{w.call}</h2>
          <AgentBadge state={agent.state} />
          <Since at={call?.connected_at ?? agent.since} />
          <span class="grow" />
          {call && <span class="num">{call.number}</span>}
          <Button kind="danger" onClick={end}>{w.end}</Button>
        </header>
        <div class="row">
          <Button pressed={isMuted} onClick={mute}>{isMuted ? w.muted : w.mute} <kbd aria-hidden="true">m</kbd></Button>
          <Button pressed={isHeld} disabled={!!asked} onClick={hold}>{isHeld ? w.held : w.hold} <kbd aria-hidden="true">h</kbd></Button>
          <Button disabled={!!asked} onClick={() => setOpen("keypad")}>{w.keypad}</Button>
          <Button disabled={!!asked} onClick={() => setOpen("transfer")}>{w.transfer}</Button>
          {call && <Button onClick={() => onPromise(call)}>{w.callback}</Button>}
          {call && <Button onClick={optOut}>{w.optOut}</Button>}
        </div>
        {asked && <Consulting asked={asked} onDone={onDone} />}
      </section>
      {open === "keypad" && <Keypad onClose={() => setOpen(null)} />}
      {open === "transfer" && <Transfer queues={agent.queues} onDone={onDone} onClose={() => setOpen(null)} />}
    </>
  );
}

function Keypad({ onClose }: { onClose: () => void }) {
  const [sent, setSent] = useState("");
  const press = (key: string) => async () => {
    setSent((before) => before + key);
    await post(at("/me/agent/keys"), { keys: key });
  };
  return (
    <Dialog title={w.keypad} onClose={onClose}>
      <output class="num pressed-keys">{sent}</output>
      <div class="keypad">
        {[..."123456789*0#"].map((key) => <Button key={key} size="big" onClick={press(key)}>{key}</Button>)}
      </div>
      <div class="acts"><Button onClick={onClose}>{t.close}</Button></div>
    </Dialog>
  );
}
