// What a supervisor can do to an agent: listen, whisper, join, move, end; log in and out, pause; preferred campaigns.
import { useState } from "preact/hooks";

import { change } from "../api/change";
import { getVersioned, post, send } from "../api/client";
import type { FloorAgent } from "../api/documents";
import { useLoaded } from "../api/resource";
import { at, type Body } from "../api/routes";
import { useAgentNames, useCampaignNames, useQueueNames } from "../campaigns/form/offers";
import { Button } from "../parts/button";
import { ask, FormDialog } from "../parts/dialog";
import { ManyField, SelectField, TextField } from "../parts/field";
import { Menu, type Choice } from "../parts/menu";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.floor;
const MODES = ["listen", "whisper", "barge"] as const;
type Mode = (typeof MODES)[number];
type Destination = "agent" | "queue" | "number";
type Kind = NonNullable<Body<"/agents", "post">["kind"]>;
const LISTENING_AT = "dialerd.listening-at";

export function AgentActs({ agent, onDone }: { agent: FloorAgent; onDone: () => void }) {
  const [open, setOpen] = useState<Mode | "move" | "prefer" | "change" | null>(null);
  const name = agent.agent;
  const does = (act: () => Promise<unknown>) => async () => {
    await act();
    tell(w.done);
    onDone();
  };
  const isOut = agent.state === "logged_out";
  const talks = agent.state === "on_call" || agent.state === "inbound";
  const choices: Choice[] = [];
  if (talks) {
    choices.push(...MODES.map((mode) => ({ label: w[mode], act: () => setOpen(mode) })));
    if (agent.listeners.length) choices.push({ label: w.unlisten, act: does(() => post(at("/agents/{name}/unlisten", name))) });
    choices.push({ label: w.move, act: () => setOpen("move") });
    choices.push({ label: w.hangup, isDanger: true, act: () => ask({ title: w.hangupAsk(name), text: w.hangupText, yes: w.hangup, isDanger: true, act: does(() => post(at("/agents/{name}/hangup", name))) }) });
  }
  choices.push({ label: w.prefer, act: () => setOpen("prefer") });
  if (agent.preferred.length) choices.push({ label: w.clear, act: does(() => send("put", at("/agents/{name}/preferred", name), { body: { campaigns: [] } })) });
  if (isOut) choices.push({ label: w.login, act: does(() => post(at("/agents/{name}/login", name))) });
  else {
    if (agent.state !== "paused") choices.push({ label: w.pause, act: does(() => post(at("/agents/{name}/pause", name))) });
    if (agent.state === "paused" || agent.state === "wrap_up") choices.push({ label: w.ready, act: does(() => post(at("/agents/{name}/ready", name))) });
    choices.push({ label: w.logout, isDanger: true, act: () => ask({ title: w.logoutAsk(name), text: w.logoutText, yes: w.logout, isDanger: true, act: does(() => post(at("/agents/{name}/logout", name))) }) });
  }
  choices.push({ label: w.change, act: () => setOpen("change") });
  if (isOut) choices.push({ label: w.delete, isDanger: true, act: () => ask({ title: w.deleteAsk(name), text: w.deleteText, yes: t.delete, isDanger: true, act: async () => (await send("delete", at("/agents/{name}", name)), tell(w.deleted(name)), onDone()) }) });
  return (
    <>
      {talks && <Button kind="ghost" size="small" icon="ear" label={`${w.listen}: ${name}`} onClick={() => setOpen("listen")} />}
      <Menu label={`${t.actions}: ${name}`} choices={choices} />
      {open && open !== "move" && open !== "prefer" && open !== "change" && <Listen agent={name} mode={open} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "move" && <Move agent={name} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "change" && <EditAgent agent={agent} onDone={onDone} onClose={() => setOpen(null)} />}
      {open === "prefer" && <Prefer agent={agent} onDone={onDone} onClose={() => setOpen(null)} />}
    </>
  );
}

function Listen({ agent, mode: first, onDone, onClose }: { agent: string; mode: Mode; onDone: () => void; onClose: () => void }) {
  const [mode, setMode] = useState<Mode>(first);
  const [endpoint, setEndpoint] = useState(sessionStorage.getItem(LISTENING_AT) ?? "");
  const listen = async () => {
    sessionStorage.setItem(LISTENING_AT, endpoint);
    await post(at("/agents/{name}/listen", agent), { mode, endpoint });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.listenTitle(agent, w[mode])} submit={w[mode]} canSubmit={!!endpoint} onSubmit={listen} onClose={onClose}>
      <SelectField label={w.how} value={mode} options={MODES.map((value) => ({ value, label: w[value] }))} onInput={(next) => setMode(next as Mode)} />
      <TextField label={w.at} value={endpoint} onInput={setEndpoint} hint={w.atHint} autoFocus />
    </FormDialog>
  );
}

function Move({ agent, onDone, onClose }: { agent: string; onDone: () => void; onClose: () => void }) {
  const [kind, setKind] = useState<Destination>("agent");
  const [to, setTo] = useState("");
  const queues = useQueueNames();
  const agents = useAgentNames().filter((each) => each !== agent);
  const move = async () => {
    await post(at("/agents/{name}/transfer", agent), { [kind]: to.trim() });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.move} submit={w.move} canSubmit={!!to.trim()} onSubmit={move} onClose={onClose}>
      <SelectField label={t.console.transferTo} value={kind} options={Object.entries(t.console.transferKinds).map(([value, label]) => ({ value, label }))} onInput={(next) => (setKind(next as Destination), setTo(""))} />
      {kind === "number" ? <TextField label={t.callbacks.number} type="tel" value={to} onInput={setTo} /> : (
        <SelectField label={t.name} value={to} none={t.form.chooseOne} options={kind === "queue" ? queues : agents} onInput={setTo} />
      )}
    </FormDialog>
  );
}

function Prefer({ agent, onDone, onClose }: { agent: FloorAgent; onDone: () => void; onClose: () => void }) {
  const [wanted, setWanted] = useState<string[]>(agent.preferred);
  const campaigns = useCampaignNames();
  const keep = async () => {
    await send("put", at("/agents/{name}/preferred", agent.agent), { body: { campaigns: wanted } });
    tell(w.done);
    onDone();
  };
  return (
    <FormDialog title={w.preferTitle(agent.agent)} submit={t.save} onSubmit={keep} onClose={onClose}>
      <ManyField label={w.preferHint} values={wanted} options={campaigns} none={t.none} onInput={setWanted} />
    </FormDialog>
  );
}

/** A new agent, or one that is there. */
export function EditAgent({ agent, onDone, onClose }: { agent: FloorAgent | null; onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [endpoint, setEndpoint] = useState(agent?.endpoint ?? "PJSIP/");
  const [chosen, setKind] = useState<Kind | null>(null);
  const now = useLoaded(agent && `agent ${agent.agent}`, () => getVersioned(at("/agents/{name}", agent?.agent ?? "")));
  const kind = chosen ?? (now.value?.value.kind as Kind | undefined) ?? "outbound";
  const save = async () => {
    if (agent) {
      const first = now.value ?? (await getVersioned(at("/agents/{name}", agent.agent)));
      await change(at("/agents/{name}", agent.agent), first, { ...(endpoint === agent.endpoint ? {} : { endpoint }), ...(chosen ? { kind: chosen } : {}) });
    } else await post(at("/agents"), { agent: name, endpoint, kind });
    tell(agent ? w.changed(agent.agent) : w.made(name));
    onDone();
  };
  return (
    <FormDialog title={agent ? w.changeTitle(agent.agent) : w.newAgent} submit={agent ? t.save : t.create} canSubmit={(!!agent || !!name) && endpoint.length > 6} onSubmit={save} onClose={onClose}>
      {!agent && <TextField label={t.name} value={name} onInput={setName} hint={t.acts.nameHint} autoFocus maxLength={64} />}
      <TextField label={w.endpoint} value={endpoint} onInput={setEndpoint} hint={t.console.endpointHint} />
      <SelectField label={w.kind} value={kind} options={Object.entries(w.kinds).map(([value, label]) => ({ value, label }))} onInput={(next) => setKind(next as Kind)} />
    </FormDialog>
  );
}
