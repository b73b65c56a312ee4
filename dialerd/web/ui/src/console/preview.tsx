// The record before an agent: dial or skip, before its time is up.
import { post } from "../api/client";
import type { Card } from "../api/documents";
import { at } from "../api/routes";
import { length, useNow } from "../format";
import { useKeys } from "../keys";
import { Button } from "../parts/button";
import { tellProblem } from "../parts/toast";
import { t } from "../texts";
import { Customer, MyNotes, Script } from "./card";
import type { ShownPreview } from "./mine";

const w = t.console;

export function PreviewCard({ preview, card, onDone }: { preview: ShownPreview; card: Card | null; onDone: () => void }) {
  const now = useNow();
  const left = Math.max(0, Math.ceil((preview.until - now) / 1000));
  const canSkip = preview.skips_left === null || preview.skips_left > 0;
  const all = Math.max(1, (Date.parse(preview.dial_at) - Date.parse(preview.shown_at)) / 1000); // as the campaign has it
  const does = (what: "dial" | "skip") => async () => {
    await post(at(`/me/agent/${what}`));
    onDone();
  };
  const isAsked = !!preview.asked;
  const timeIsUp = preview.on_timeout === "skip" ? w.skipsIn(length(left)) : w.dialsIn(length(left));
  useKeys({
    d: () => void (!isAsked && does("dial")().catch(tellProblem)),
    s: () => void (!isAsked && canSkip && does("skip")().catch(tellProblem)),
  });
  return (
    <>
      <section class="panel">
        <header>
          <h2>{w.previewTitle}</h2>
          <span class="muted">{preview.campaign}</span>
          <span class="grow" />
          <span class={left <= 5 ? "warn num" : "muted num"} role="timer">{isAsked ? w.asked : timeIsUp}</span>
        </header>
        <progress class="wide" max={all} value={Math.min(all, left)} aria-label={timeIsUp} />
        <div class="row">
          <Button kind="primary" size="big" icon="phone" disabled={isAsked} onClick={does("dial")}>{w.dial} <kbd aria-hidden="true">d</kbd></Button>
          <Button size="big" disabled={isAsked || !canSkip} onClick={does("skip")}>{w.skip} <kbd aria-hidden="true">s</kbd></Button>
          <span class="muted">{preview.skips_left === null ? "" : canSkip ? w.skipsLeft(preview.skips_left) : w.noSkips}</span>
        </div>
      </section>
      <div class="grid-2">
        <Customer number={preview.number} campaign={preview.campaign} attributes={preview.attributes} card={card} attempts={preview.attempts} />
        <div class="stack">
          <Script text={card?.script} />
          <MyNotes agent={preview.agent} contact={preview.contact_id} notes={card?.notes ?? null} onDone={onDone} />
        </div>
      </div>
    </>
  );
}
