// Somebody else has saved the campaign while it was edited here: both are shown, and one is chosen, key by key.
// Not here: what differs (merge.ts), saving (page.tsx).
import { useState } from "preact/hooks";

import type { Key } from "../../api/documents";
import { Button } from "../../parts/button";
import { t } from "../../texts";
import type { Draft } from "./draft";
import { chosen, differences, type Side } from "./merge";
import { toToml, valueText } from "./toml";

const w = t.form;

/** A campaign as it is saved now, with the version that a change of it names. */
export interface Saved {
  draft: Draft;
  etag: string | null;
}

export function Conflict({ first, mine, theirs, onChoose }: { first: Draft; mine: Draft; theirs: Draft; onChoose: (draft: Draft) => void }) {
  const all = differences(first, mine, theirs);
  const [sides, setSides] = useState<Partial<Record<Key, Side>>>({});
  const choice = (key: Key, proposed: Side, side: Side, value: unknown) => (
    <label class="check">
      <input type="radio" name={`side-${key}`} checked={(sides[key] ?? proposed) === side} onChange={() => setSides({ ...sides, [key]: side })} />
      <span class="mono as-written">{value === undefined || value === null ? w.empty : valueText(value)}</span>
    </label>
  );
  return (
    <section class="panel" role="alert">
      <header><h2>{w.changedElsewhere}</h2></header>
      <p class="muted">{w.changedText}</p>
      {!!all.length && (
        <div class="scroll">
          <table>
            <thead><tr><th scope="col">{w.key}</th><th scope="col">{w.mine}</th><th scope="col">{w.theirs}</th></tr></thead>
            <tbody>
              {all.map((each) => (
                <tr key={each.key}>
                  <th scope="row"><code>{each.key}</code></th>
                  <td class="text">{choice(each.key, each.proposed, "mine", each.mine)}</td>
                  <td class="text">{choice(each.key, each.proposed, "theirs", each.theirs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div><Button kind="primary" onClick={() => onChoose(chosen(theirs, all, sides))}>{w.goOn}</Button></div>
    </section>
  );
}

/** The same where the file was changed by hand: whole against whole. */
export function FileConflict({ theirs, onKeep, onTake }: { theirs: Draft; onKeep: () => void; onTake: () => void }) {
  return (
    <section class="panel" role="alert">
      <header><h2>{w.changedElsewhere}</h2></header>
      <p class="muted">{w.changedFile}</p>
      <h3>{w.theirs}</h3>
      <pre class="given" tabIndex={0}>{toToml(theirs)}</pre>
      <div class="row">
        <Button onClick={onKeep}>{w.keepMine}</Button>
        <Button onClick={onTake}>{w.takeTheirs}</Button>
      </div>
    </section>
  );
}
