// What a supervisor can do to an agent: listen, whisper, join, move, end; log in and out, pause; preferred campaigns.
import { useState } from "preact/hooks";

import { at, post, send } from "../api/client";
import type { FloorAgent } from "../api/documents";
import { useNames } from "../campaigns/form/offers";
import { Button } from "../parts/button";
import { ask, FormDialog } from "../parts/dialog";
import { ManyField, SelectField, TextField } from "../parts/field";
import { Menu, type Choice } from "../parts/menu";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.floor;
const MODES = ["listen", "whisper", "barge"] as const;
type Mode = (typeof MODES)[number];
const LISTENING_AT = "dialerd.listening-at";

export function AgentActs({ agent, onDone }: { agent: FloorAgent; onDone: () => void }) {
  const [open, setOpen] = useState<Mode | "move" | "prefer" | null>(null);
  const name = agent.agent;
  const does = (what: string, body?: unknown) => async () => {
    await post(at`/agents/${name}/${what}`, body);
    tell(w.done);
    onDone();
  };
  const isOut = agent.state === "logged_out";
  const talks = agent.state === "on_call" || agent.state === "inbound";
  const choices: Choice[] = [];
  if (talks) {
    choices.push(...MODES.map((mode) => ({ label: w[mode], act: () => setOpen(mode) })));
    if (agent.listeners.length) choices.push({ label: w.unlisten, act: does("unlisten") });
    choices.push({ label: w.move, act: () => setOpen("move") });
    choices.push({ label: w.hangup, isDanger: true, act: () => ask({ title: w.hangupAsk(name), text: w.hangupText, yes: w.hangup, isDanger: true, act: does("hangup") }) });
  }
  choices.push({ label: w.prefer, act: () => setOpen("prefer") });
  if (agent.preferred.length) choices.push({ label: w.clear, act: async () => (await send("PUT", at`/agents/${name}/preferred`, { body: { campaigns: [] } }), tell(w.done), onDone()) });
  if (isOut) choices.push({ label: w.login, act: does("login", {}) });
  else {
    if (agent.state !== "paused") choices.push({ label: w.pause, act: does("pause", {}) });
    if (agent.state === "paused" || agent.state === "wrap_up") choices.push({ label: w.ready, act: does("ready") });
    choices.push({ label: w.logout, isDanger: true, act: () => ask({ title: w.logoutAsk(name), text: w.logoutText, yes: w.logout, isDanger: true, act: does("logout") }) });
  }
  return (
    <>
      {talks && <Button kind="ghost" size="small" icon="ear" label={`${w.listen}: ${name}`} onClick={() => setOpen("listen")} />}
      <Menu label={`${t.actions}: ${name}`} choices={choices} />
      {open && open !== "move" && open !== "prefer" && <Listen agent={name} mode={open} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "move" && <Move agent={name} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "prefer" && <Prefer agent={agent} onDone={onDone} onClose={() => setOpen(null)} />}
    </>
  );
}

function Listen({ agent, mode: first, onDone, onClose }: { agent: string; mode: Mode; onDone: () => void; onClose: () => void }) {
  const [mode, setMode] = useState<string>(first);
  const [endpoint, setEndpoint] = useState(sessionStorage.getItem(LISTENING_AT) ?? "");
  const listen = async () => {
    sessionStorage.setItem(LISTENING_AT, endpoint);
    await post(at`/agents/${agent}/listen`, { mode, endpoint });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.listenTitle(agent, w[mode as Mode])} submit={w[mode as Mode]} canSubmit={!!endpoint} onSubmit={listen} onClose={onClose}>
      <SelectField label={t.actions} value={mode} options={MODES.map((value) => ({ value, label: w[value] }))} onInput={setMode} />
      <TextField label={w.at} value={endpoint} onInput={setEndpoint} hint={w.atHint} autoFocus />
    </FormDialog>
  );
}

function Move({ agent, onDone, onClose }: { agent: string; onDone: () => void; onClose: () => void }) {
  const [kind, setKind] = useState("agent");
  const [to, setTo] = useState("");
  const queues = useNames("/queues");
  const agents = useNames("/agents").filter((each) => each !== agent);
  const move = async () => {
    await post(at`/agents/${agent}/transfer`, { [kind]: to.trim() });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.move} submit={w.move} canSubmit={!!to.trim()} onSubmit={move} onClose={onClose}>
      <SelectField label={t.console.transferTo} value={kind} options={Object.entries(t.console.transferKinds).map(([value, label]) => ({ value, label }))} onInput={(next) => (setKind(next), setTo(""))} />
      {kind === "number" ? <TextField label={t.callbacks.number} type="tel" value={to} onInput={setTo} /> : (
        <SelectField label={t.name} value={to} none={t.form.chooseOne} options={kind === "queue" ? queues : agents} onInput={setTo} />
      )}
    </FormDialog>
  );
}

function Prefer({ agent, onDone, onClose }: { agent: FloorAgent; onDone: () => void; onClose: () => void }) {
  const [wanted, setWanted] = useState<string[]>(agent.preferred);
  const campaigns = useNames("/campaigns");
  const keep = async () => {
    await send("PUT", at`/agents/${agent.agent}/preferred`, { body: { campaigns: wanted } });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.preferTitle(agent.agent)} submit={t.save} onSubmit={keep} onClose={onClose}>
      <ManyField label={w.preferHint} values={wanted} options={campaigns} none={t.none} onInput={setWanted} />
    </FormDialog>
  );
}

export function NewAgent({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [agent, setAgent] = useState("");
  const [endpoint, setEndpoint] = useState("PJSIP/");
  const [kind, setKind] = useState("outbound");
  const make = async () => {
    await post("/agents", { agent, endpoint, kind });
    tell(w.made(agent));
    onDone();
  };
  return (
    <FormDialog title={w.newAgent} submit={t.create} canSubmit={!!agent && endpoint.length > 6} onSubmit={make} onClose={onClose}>
      <TextField label={t.name} value={agent} onInput={setAgent} hint={t.acts.nameHint} autoFocus maxLength={64} />
      <TextField label={w.endpoint} value={endpoint} onInput={setEndpoint} hint={t.console.endpointHint} />
      <SelectField label={w.kind} value={kind} options={Object.entries(w.kinds).map(([value, label]) => ({ value, label }))} onInput={setKind} />
    </FormDialog>
  );
}
