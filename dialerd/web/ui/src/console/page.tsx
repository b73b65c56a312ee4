// The agent's console: who is called, what to do now, what comes next.
// Not here: the parts (preview.tsx, call.tsx, wrapup.tsx, aftercall.tsx, side.tsx).
import { useState } from "preact/hooks";

import { post } from "../api/client";
import type { MyAgent, Session } from "../api/documents";
import { at } from "../api/routes";
import { Since } from "../format";
import { useKeys } from "../keys";
import { AgentBadge } from "../parts/badge";
import { Button } from "../parts/button";
import { FormDialog } from "../parts/dialog";
import { TextField } from "../parts/field";
import { Menu } from "../parts/menu";
import { Empty, Loaded } from "../parts/problem";
import { tellProblem } from "../parts/toast";
import { PhonePanel, usePhone, usePhoneAgain } from "../phone/panel";
import { t } from "../texts";
import { LastCall, OpenedForm, useAfterCall, type AfterCall } from "./aftercall";
import { CallCard } from "./call";
import { Customer, MyNotes, Script } from "./card";
import { useMine, type Mine } from "./mine";
import { Notifying } from "./notify";
import { PreviewCard } from "./preview";
import { MyCallbacks, MyJobs } from "./side";
import { WrapUp } from "./wrapup";

const w = t.console;

export function ConsolePage({ session }: { session: Session }) {
  if (!session.agent) return <Empty title={w.noAgent}>{w.noAgentText}</Empty>;
  return <Console session={session} />;
}

function Console({ session }: { session: Session }) {
  const mine = useMine();
  const [isLoggingIn, setLoggingIn] = useState(false);
  const after = useAfterCall(mine.agent.value, mine.reload);
  usePhoneAgain();
  return (
    <>
      <Loaded of={mine.agent}>
        {(agent) => (
          <>
            <Standing agent={agent} mine={mine} />
            {isLoggingIn && <Login agent={agent} session={session} onDone={mine.reload} onClose={() => setLoggingIn(false)} />}
            <div class="console">
              <div class="stack">
                <Now agent={agent} mine={mine} after={after} onLogin={() => setLoggingIn(true)} />
                <LastCall agent={agent} after={after} onDone={mine.reload} />
              </div>
              <aside class="stack" aria-label={w.mine}>
                <Notifying />
                <MyCallbacks turn={mine.turn} />
                <MyJobs />
                <section class="panel">
                  <header><h2>{t.phone.title}</h2></header>
                  <PhonePanel url={session.phone_url ?? null} endpoint={agent.endpoint} />
                </section>
              </aside>
            </div>
          </>
        )}
      </Loaded>
      <OpenedForm after={after} onDone={mine.reload} />
    </>
  );
}

function Standing({ agent, mine }: { agent: MyAgent; mine: Mine }) {
  const isOut = agent.state === "logged_out";
  const isBusy = agent.state === "reserved" || agent.state === "preview";
  const next = agent.wanted.state !== "ready" && agent.wanted.state !== agent.state && !isOut ? agent.wanted.state : null;
  const does = (act: () => Promise<unknown>) => async () => {
    await act();
    mine.reload();
  };
  const canBeReady = agent.state === "paused" || agent.state === "wrap_up" || agent.wanted.state === "paused";
  const beReady = does(() => post(at("/me/agent/ready")));
  useKeys({ r: () => void (!isOut && canBeReady && beReady().catch(tellProblem)) });
  const reasons = agent.pause_reasons.length ? agent.pause_reasons : [""];
  return (
    <div class="head">
      <h1>{w.title}</h1>
      <AgentBadge state={agent.state} />
      {!isOut && <Since at={agent.since} />}
      {agent.state === "paused" && agent.reason && <span class="muted">{agent.reason}</span>}
      {next && <span class="muted">{w.willBe(t.agentStates[next] ?? next)}</span>}
      {agent.campaign && <span class="chip">{agent.campaign}</span>}
      <span class="grow" />
      {isOut ? (
        agent.wanted.state !== "logged_out" && <span class="muted" role="status">{w.loggingIn}</span>
      ) : (
        <>
          {canBeReady && <Button kind="primary" onClick={beReady}>{agent.state === "wrap_up" ? w.done : w.ready} <kbd aria-hidden="true">r</kbd></Button>}
          {agent.wanted.state !== "paused" && !isBusy && (
            <Menu label={w.pause} text={w.pause} icon="pause" choices={reasons.map((reason) => ({ label: reason || w.noReason, act: does(() => post(at("/me/agent/pause"), { reason })) }))} />
          )}
          {!isBusy && <Button icon="out" onClick={does(() => post(at("/me/agent/logout")))}>{w.logout}</Button>}
        </>
      )}
    </div>
  );
}

function Login({ agent, session, onDone, onClose }: { agent: MyAgent; session: Session; onDone: () => void; onClose: () => void }) {
  const phone = usePhone();
  const isReady = phone.state === "registered";
  const [kind, setKind] = useState<"browser" | "other">(session.phone_url ? "browser" : "other");
  const [endpoint, setEndpoint] = useState(agent.endpoint);
  const login = async () => {
    const chosen = kind === "browser" && phone.account ? `PJSIP/${phone.account.user}` : endpoint;
    await post(at("/me/agent/login"), chosen === agent.endpoint ? {} : { endpoint: chosen });
    onDone();
  };
  return (
    <FormDialog title={w.loginTitle} submit={w.login} canSubmit={kind === "other" ? !!endpoint : isReady} onSubmit={login} onClose={onClose}>
      <div class="row" role="group" aria-label={w.loginTitle}>
        <Button pressed={kind === "browser"} disabled={!session.phone_url} onClick={() => setKind("browser")}>{w.browserPhone}</Button>
        <Button pressed={kind === "other"} onClick={() => setKind("other")}>{w.otherPhone}</Button>
      </div>
      <p class="muted">{kind === "browser" ? w.browserPhoneText : w.otherPhoneText}</p>
      {kind === "browser" ? <PhonePanel url={session.phone_url ?? null} endpoint={agent.endpoint} /> : <TextField label={w.endpoint} value={endpoint} onInput={setEndpoint} hint={w.endpointHint} />}
    </FormDialog>
  );
}

function Now({ agent, mine, after, onLogin }: { agent: MyAgent; mine: Mine; after: AfterCall; onLogin: () => void }) {
  switch (agent.state) {
    case "logged_out":
      return <section class="panel"><Empty title={w.notIn} action={agent.wanted.state === "logged_out" && <Button kind="primary" onClick={onLogin}>{w.login}</Button>}>{agent.wanted.reason || w.notInText}</Empty></section>;
    case "paused":
      return <section class="panel"><Empty title={agent.reason ? w.pausedFor(agent.reason) : w.paused}>{w.pausedText}</Empty></section>;
    case "ready":
      return <section class="panel"><Empty title={agent.campaign ? w.waitsFor(agent.campaign) : w.idle}>{agent.campaign ? w.waitsText(agent.why) : w.idleText((agent.why_idle || agent.why).replace(/^idle: /, ""))}</Empty></section>;
    case "preview":
      return mine.preview ? <PreviewCard key={`${mine.preview.contact_id} ${mine.preview.shown_at}`} preview={mine.preview} card={mine.cardOf(mine.preview.contact_id)} onDone={mine.reload} /> : null;
    case "reserved":
      return <section class="panel"><Empty title={w.waiting}>{w.waitingText}</Empty></section>;
    case "on_call":
    case "inbound":
    case "wrap_up":
      return <OneCall key={agent.call?.attempt_id ?? agent.attempt_id ?? agent.since} agent={agent} mine={mine} after={after} />;
  }
}

/** A call and what comes after it: who it is with stays in its place, with what is typed there. Nothing of it is left for the next. */
function OneCall({ agent, mine, after }: { agent: MyAgent; mine: Mine; after: AfterCall }) {
  const call = agent.call;
  const card = call && mine.cardOf(call.contact_id);
  const isOver = agent.state === "wrap_up";
  return (
    <>
      {isOver ? <WrapUp agent={agent} after={after} /> : <CallCard agent={agent} page={mine.page} onPromise={after.promise} onDone={mine.reload} />}
      {call && (
        <div class="grid-2">
          <Customer number={call.number} campaign={call.campaign} attributes={call.attributes} card={card} />
          <div class="stack">
            {!isOver && <Script text={card?.script} />}
            <MyNotes key={call.contact_id} agent={agent.agent} contact={call.contact_id} notes={card?.notes ?? null} onDone={mine.reload} />
          </div>
        </div>
      )}
    </>
  );
}
