// After a call: how it ended, by keys 1 to 9.
// Not here: the callback that an outcome may ask for (aftercall.tsx).
import type { MyAgent } from "../api/documents";
import { Since } from "../format";
import { useKeys, type Keys } from "../keys";
import { Button } from "../parts/button";
import { tellProblem } from "../parts/toast";
import { t } from "../texts";
import { choiceName, type AfterCall } from "./aftercall";

const w = t.console;

export function WrapUp({ agent, after }: { agent: MyAgent; after: AfterCall }) {
  const call = agent.call;
  const choices = call?.dispositions ?? [];
  const keys: Keys = {};
  choices.slice(0, 9).forEach((choice, index) => {
    keys[String(index + 1)] = () => void (call && Promise.resolve(after.choose(call, choice)).catch(tellProblem));
  });
  useKeys(keys);
  const now = call && (after.given(call) ?? call.disposition);
  return (
    <section class="panel">
      <header>
        <h2>{w.wrapUp}</h2>
        <Since at={agent.since} />
        <span class="grow" />
      </header>
      <p class="muted">{choices.length ? w.wrapUpText : w.noChoices}</p>
      <div class="dispositions">
        {choices.map((choice, index) => (
          <Button key={choice.code} size="big" pressed={now === choice.code} onClick={() => call && after.choose(call, choice)}>
            {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>} {choiceName(choice)}
          </Button>
        ))}
      </div>
    </section>
  );
}
