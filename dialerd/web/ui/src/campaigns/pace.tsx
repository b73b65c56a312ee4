// The pace of a run and why it is what it is: what its mode goes by, what bounds it, what the predictive pacer believes.
// Not here: what holds single contacts back, how it went so far (overview.tsx).
import type { CampaignStatus, Meter } from "../api/documents";
import { useDocument } from "../api/resource";
import { at } from "../api/routes";
import { clockTime, count, length, share } from "../format";
import { Table } from "../parts/table";
import { t } from "../texts";

const w = t.pace;
const MODES: Record<string, (ratio: number) => string> = w.modes;

/** What a predictive pacer says of itself; the API's document has it as a free table. */
interface Account {
  limit: string;
  risk_allowed: number;
  estimates: { answer_rate: number; human_rate: number; ring_s: number; talk_s: number; wrap_up_s: number; calls_ended: number };
  decisions: { at: string; calls: number; in_flight: number; ready: number; busy: number; limit: string }[];
}

const isAccount = (told: unknown): told is Account => typeof told === "object" && told !== null && "estimates" in told && "decisions" in told;

export function Pace({ status, meters }: { status: CampaignStatus; meters: readonly Meter[] }) {
  const spec = useDocument(at("/campaigns/{name}", status.campaign)).value as { ratio?: number; max_calls?: number; calls_per_second?: number } | null;
  const over = status.mode === "power" ? meters.find((each) => each.rate > each.cap) : undefined;
  const account = isAccount(status.pacing) ? status.pacing : null;
  return (
    <section class="panel">
      <header><h2>{w.title}</h2></header>
      <p>{over ? w.slowed(over.rule) : MODES[status.mode]?.(spec?.ratio ?? 1)}</p>
      <dl class="facts">
        <dt>{t.campaign.maxCalls}</dt><dd class="num">{bound(spec?.max_calls, status.mode)}</dd>
        <dt>{t.campaign.perSecond}</dt><dd class="num">{bound(spec?.calls_per_second, status.mode)}</dd>
        {account && (
          <>
            <dt>{w.limit}</dt><dd>{account.limit}</dd>
            <dt>{w.risk}</dt><dd class="num">{share(account.risk_allowed, 2)}</dd>
            <dt>{w.answerRate}</dt><dd class="num">{w.ofEnded(share(account.estimates.answer_rate), count(account.estimates.calls_ended))}</dd>
            <dt>{w.humanRate}</dt><dd class="num">{share(account.estimates.human_rate)}</dd>
            <dt>{w.times}</dt><dd class="num">{[account.estimates.ring_s, account.estimates.talk_s, account.estimates.wrap_up_s].map(length).join(" · ")}</dd>
          </>
        )}
      </dl>
      {account && account.decisions.length > 0 && (
        <Table label={w.decisions} rows={[...account.decisions].reverse().slice(0, MOST)} rowKey={(each) => each.at} columns={[
          { head: w.at, kind: "fit", cell: (each) => <time class="num" dateTime={each.at}>{clockTime(each.at)}</time> },
          { head: w.calls, kind: "num", cell: (each) => count(each.calls) },
          { head: w.inFlight, kind: "num", cell: (each) => count(each.in_flight) },
          { head: w.ready, kind: "num", cell: (each) => count(each.ready) },
          { head: w.busy, kind: "num", cell: (each) => count(each.busy) },
          { head: w.limit, kind: "long", cell: (each) => each.limit },
        ]} />
      )}
    </section>
  );
}

const MOST = 5;

/** A limit of the campaign's own; with agents there is none unless it is given. */
const bound = (limit: number | undefined, mode: string): string => (limit === undefined ? (mode === "agentless" ? "1" : t.campaign.noLimit) : count(limit));
