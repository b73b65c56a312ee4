// Beside an agent's work: the callbacks it has promised, and the campaigns it wants to work for.
import { useEffect, useState } from "preact/hooks";

import { post, send } from "../api/client";
import type { Callback } from "../api/documents";
import { useDocument, useList } from "../api/resource";
import { at } from "../api/routes";
import { fullTime, wallTime } from "../format";
import { Button } from "../parts/button";
import { ask } from "../parts/dialog";
import { ManyField } from "../parts/field";
import { Menu } from "../parts/menu";
import { Loaded } from "../parts/problem";
import { tell } from "../parts/toast";
import { MoveCallback } from "../pages/callbackforms";
import { t } from "../texts";

const w = t.console;
const LOOK_S = 30;
const MOST = 20;

/** `turn`: counts what the agent has done here, after which there may be another. */
export function MyCallbacks({ turn }: { turn: number }) {
  const found = useList(at("/me/callbacks"), {}, LOOK_S);
  useEffect(() => {
    if (turn) found.reload();
  }, [turn]);
  const [moved, setMoved] = useState<Callback | null>(null);
  const cancel = (each: Callback) => ask({
    title: t.callbacks.cancelAsk, text: t.callbacks.cancelText, yes: t.callbacks.cancel, isDanger: true,
    act: async () => {
      await send("delete", at("/me/callbacks/{callback_id}", each.callback));
      found.reload();
    },
  });
  return (
    <section class="panel">
      <header><h2>{w.mine}</h2></header>
      <Loaded of={found}>
        {(all) => !all.length ? <p class="muted">{w.mineNone}</p> : (
          <div class="promises">
            {all.map((each) => (
              <div class="promise" key={each.callback}>
                <div class="grow">
                  <time class="num" dateTime={each.time} title={fullTime(each.time)}><b>{wallTime(each.time)}</b> <span class="muted">{each.zone}</span></time> <span class="num">{each.number}</span>
                  <div class="muted as-written">{each.campaign}{each.notes && ` · ${each.notes}`}</div>
                </div>
                <Menu label={`${t.actions}: ${each.number}`} choices={[
                  { label: t.callbacks.now, act: async () => (await post(at("/me/callbacks/{callback_id}/now", each.callback)), tell(t.callbacks.isNow), found.reload()) },
                  { label: t.callbacks.move, act: () => setMoved(each) },
                  { label: t.callbacks.cancel, isDanger: true, act: () => cancel(each) },
                ]} />
              </div>
            ))}
          </div>
        )}
      </Loaded>
      {moved && <MoveCallback base="/me/callbacks" callback={moved} onDone={found.reload} onClose={() => setMoved(null)} />}
    </section>
  );
}

export function MyJobs() {
  const found = useDocument(at("/me/jobs"), {}, LOOK_S);
  const [wanted, setWanted] = useState<string[] | null>(null);
  const keep = async () => {
    await send("put", at("/me/jobs"), { body: { preferred: wanted ?? [] } });
    tell(w.jobsDone);
    setWanted(null);
    found.reload();
  };
  return (
    <section class="panel">
      <header><h2>{w.jobs}</h2></header>
      <Loaded of={found}>
        {(jobs) => (
          <>
            <ManyField label={w.jobsText} values={wanted ?? jobs.preferred} options={jobs.open} none={w.jobsNone} onInput={setWanted} />
            {wanted && <div class="row"><Button size="small" kind="primary" disabled={wanted.length > MOST} onClick={keep}>{t.save}</Button><Button size="small" onClick={() => setWanted(null)}>{t.cancel}</Button></div>}
          </>
        )}
      </Loaded>
    </section>
  );
}
