// The floor: who works, for what and since when; who waits; what is up. Live.
// Not here: what can be done to an agent (acts.tsx).
import { useEffect, useRef, useState } from "preact/hooks";

import type { Agent, FloorAgent } from "../api/documents";
import { useDocument } from "../api/resource";
import { at, type Answer } from "../api/routes";
import { askedName, count, length, Since } from "../format";
import { useLive } from "../live/socket";
import { AgentBadge, Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Empty, Loaded, NoMatch } from "../parts/problem";
import { Search } from "../parts/search";
import { Table } from "../parts/table";
import { here, Link } from "../router";
import { t } from "../texts";
import { AgentActs, EditAgent } from "./acts";

const w = t.floor;
const LOOK_S = 5;
const SETTLE_MS = 150; // changes of one moment are one look

/** The agents with what has come live since the floor was looked at. */
export function broughtAgents(agents: readonly FloorAgent[], live: ReadonlyMap<string, Agent>): FloorAgent[] {
  return agents.map((each) => {
    const now = live.get(each.agent);
    if (!now || now.since < each.since) return each;
    return { ...each, state: now.state, since: now.since, reason: now.reason, campaign: now.campaign, why: now.why, preferred: now.preferred, wanted: now.wanted.state };
  });
}

const ORDER = ["on_call", "inbound", "preview", "reserved", "ready", "wrap_up", "paused", "logged_out"];
const byState = (a: FloorAgent, b: FloorAgent): number => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.agent.localeCompare(b.agent);

export function FloorPage() {
  const { live } = useLive();
  const floor = useDocument(at("/floor"), {}, LOOK_S);
  const [text, setText] = useState("");
  const [isMaking, setMaking] = useState(false);
  const seen = useRef(live.seq);
  useEffect(() => {
    if (seen.current === live.seq) return;
    const timer = setTimeout(() => {
      seen.current = live.seq;
      floor.reload();
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [live.seq]);
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <Search label={w.search} text={text} onInput={setText} />
        <Button icon="plus" onClick={() => setMaking(true)}>{w.newAgent}</Button>
      </div>
      <Loaded of={floor}>
        {(view) => {
          const agents = broughtAgents(view.agents, live.agents).sort(byState);
          const found = agents.filter((each) => `${each.agent} ${each.campaign ?? ""} ${each.queues.join(" ")}`.toLowerCase().includes(text.toLowerCase()));
          const inside = agents.filter((each) => each.state !== "logged_out").length;
          return (
            <>
              <Summary view={view} agents={agents} />
              <Waiting waiting={view.waiting} />
              <section class="panel flush">
                <header><h2>{w.agents}</h2><span class="muted num">{w.summary(inside, agents.length)}</span></header>
                {!agents.length ? <Empty title={w.noAgents} action={<Button kind="primary" icon="plus" onClick={() => setMaking(true)}>{w.newAgent}</Button>}>{w.noAgentsText}</Empty> : (
                  !found.length ? <NoMatch onClear={() => setText("")} /> : <Agents agents={found} onDone={floor.reload} />
                )}
              </section>
              <div class="stack">
                <section class="panel flush">
                  <header><h2>{w.queues}</h2></header>
                  {!view.queues.length ? <p class="pad"><Link to="/queues">{w.noQueues}</Link></p> : (
                    <Table label={w.queues} rows={view.queues} rowKey={(each) => each.queue} columns={[
                      { head: w.queue, kind: "text", cell: (each) => each.queue },
                      { head: w.people, kind: "num", cell: (each) => count(each.waiting) },
                      { head: w.longest, kind: "num", cell: (each) => (each.waiting ? length(each.longest_wait_s) : "–") },
                      { head: w.agents, kind: "long", cell: (each) => <span class="chips">{Object.entries(each.agents).map(([state, n]) => <span class="chip" key={state}>{t.agentStates[state] ?? state} {n}</span>)}</span> },
                    ]} />
                  )}
                </section>
                <section class="panel flush">
                  <header><h2>{w.calls}</h2><span class="muted num">{count(view.calls.length)}</span></header>
                  {!view.calls.length ? <p class="muted pad">{w.noCalls}</p> : (
                    <Table label={w.calls} rows={view.calls.slice(0, 200)} rowKey={(each) => each.attempt_id} columns={[
                      { head: w.phase, kind: "fit", cell: (each) => <Badge tone={each.phase === "waiting" ? "bad" : each.phase === "talking" ? "accent" : ""}>{t.phases[each.phase] ?? each.phase}</Badge> },
                      { head: w.since, kind: "num", cell: (each) => <Since at={each.since} /> },
                      { head: t.callbacks.number, kind: "fit", cell: (each) => <span class="num">{each.number}</span> },
                      { head: w.campaign, kind: "text", cell: (each) => <Link to={here`/campaigns/${each.campaign}`}>{each.campaign}</Link> },
                      { head: w.agent, cell: (each) => each.agent ?? <span class="muted">–</span> },
                      { head: w.trunk, cell: (each) => each.trunk },
                    ]} />
                  )}
                </section>
              </div>
            </>
          );
        }}
      </Loaded>
      {isMaking && <EditAgent agent={null} onDone={floor.reload} onClose={() => setMaking(false)} />}
    </>
  );
}

/** The floor in one line of figures. */
function Summary({ view, agents }: { view: Answer<"/floor">; agents: readonly FloorAgent[] }) {
  const { live } = useLive();
  const within = (...states: string[]): number => agents.filter((each) => states.includes(each.state)).length;
  const running = [...live.campaigns.values()].filter((each) => each.state === "active");
  const waiting = view.waiting.length + view.calls.filter((each) => each.phase === "waiting").length;
  const figures: [string, number, string?][] = [
    [w.figures.campaigns, running.length], [w.figures.calls, view.calls.length], [w.figures.waiting, waiting, waiting ? "bad" : undefined],
    [w.figures.ready, within("ready")], [w.figures.talking, within("on_call", "inbound")], [w.figures.busy, within("reserved", "preview")],
    [w.figures.wrapUp, within("wrap_up")], [w.figures.paused, within("paused"), within("paused") ? "warn" : undefined],
  ];
  return (
    <dl class="figures">
      {figures.map(([label, n, tone]) => <div class="figure" key={label}><dt>{label}</dt><dd class={tone}>{count(n)}</dd></div>)}
    </dl>
  );
}

/** Those who have called and wait, the longest first; nothing where nobody does. */
function Waiting({ waiting }: { waiting: Answer<"/floor">["waiting"] }) {
  if (!waiting.length) return null;
  return (
    <section class="panel flush">
      <header><h2>{w.waiting}</h2><span class="muted num">{count(waiting.length)}</span></header>
      <Table label={w.waiting} rows={[...waiting].sort((a, b) => a.since.localeCompare(b.since))} rowKey={(each) => `${each.caller_id} ${each.since}`} columns={[
        { head: t.callbacks.number, cell: (each) => <span class="num">{each.caller_id}</span> },
        { head: w.queue, cell: (each) => each.queue },
        { head: w.since, kind: "num", cell: (each) => <Since at={each.since} /> },
      ]} />
    </section>
  );
}

function Agents({ agents, onDone }: { agents: readonly FloorAgent[]; onDone: () => void }) {
  return (
    <Table label={w.agents} rows={agents} rowKey={(each) => each.agent} columns={[
      { head: w.agent, kind: "name", cell: (each) => <><b>{each.agent}</b><span class="sub">{each.queues.join(", ")}</span></> },
      {
        head: t.state, kind: "fit",
        cell: (each) => (
          <>
            <AgentBadge state={each.state} />
            {each.wanted !== "ready" && each.wanted !== each.state && <span class="sub">{w.wantsState(t.agentStates[each.wanted] ?? "")}</span>}
          </>
        ),
      },
      { head: w.since, kind: "num", cell: (each) => (each.state === "logged_out" ? <span class="muted">–</span> : <Since at={each.since} />) },
      { head: w.campaign, kind: "fit", cell: (each) => (each.campaign ? <Link to={here`/campaigns/${each.campaign}`}>{each.campaign}</Link> : <span class="muted">–</span>) },
      { head: w.preferred, kind: "text", cell: (each) => (each.preferred.length ? each.preferred.join(", ") : <span class="muted">{t.any}</span>) },
      {
        head: w.why, kind: "text",
        cell: (each) => (
          <span class="muted">
            {[each.reason || each.why, each.is_muted && w.muted, each.is_holding && w.held, each.consults && w.asks(askedName(each.consults)), each.listeners.length > 0 && w.listeners(each.listeners.length)].filter(Boolean).join(" · ")}
          </span>
        ),
      },
      { head: w.phone, cell: (each) => <span class="mono">{each.endpoint}</span> },
      { head: "", kind: "acts", cell: (each) => <AgentActs agent={each} onDone={onDone} /> },
    ]} />
  );
}
