// Sets of outcomes: what agents choose from after a call; making, changing and deleting them.
// Not here: the form of one (form.tsx), the system's own dispositions.
import { send } from "../api/client";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { Catalogue } from "../parts/catalogue";
import { endingName, t } from "../texts";
import { EditSet } from "./form";

const w = t.outcomes;

export function OutcomesPage() {
  const sets = useList(at("/dispositions"));
  return (
    <Catalogue of={sets} texts={w} head={w.set} nameOf={(each) => each.set} words={(each) => `${each.description} ${each.codes.join(" ")}`} sub={(each) => each.description}
      remove={(name) => send("delete", at("/dispositions/{name}", name))}
      form={(name, onClose) => <EditSet name={name} onDone={sets.reload} onClose={onClose} />}
      columns={[{ head: w.outcomes, kind: "long", cell: (each) => <span class="chips">{each.codes.map((code) => <span class="chip" key={code}>{endingName(code)}</span>)}</span> }]} />
  );
}
