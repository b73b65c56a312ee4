// Queues: who takes a campaign's calls; making, changing and deleting them.
// Not here: the form of one (form.tsx), who waits in it now (floor/).
import { send } from "../api/client";
import { useList } from "../api/resource";
import { at } from "../api/routes";
import { count } from "../format";
import { Catalogue } from "../parts/catalogue";
import { here, Link } from "../router";
import { t } from "../texts";
import { EditQueue } from "./form";

const w = t.queues;
const LOOK_S = 15;

export function QueuesPage() {
  const queues = useList(at("/queues"), {}, LOOK_S);
  return (
    <Catalogue of={queues} texts={w} head={w.queue} nameOf={(each) => each.queue} words={(each) => each.description} sub={(each) => each.description}
      remove={(name) => send("delete", at("/queues/{name}", name))} first={<Link to="/floor" class="button">{t.floor.newAgent}</Link>}
      form={(name, onClose) => <EditQueue name={name} onDone={queues.reload} onClose={onClose} />}
      columns={[
        { head: w.kind, kind: "fit", cell: (each) => w.kinds[each.kind] ?? each.kind },
        { head: w.agents, kind: "num", cell: (each) => count(each.agents) },
        { head: w.loggedIn, kind: "num", cell: (each) => count(each.logged_in) },
        { head: w.ready, kind: "num", cell: (each) => count(each.ready) },
        { head: w.campaigns, kind: "text", cell: (each) => <span class="chips">{each.campaigns.map((name) => <Link key={name} to={here`/campaigns/${name}`}>{name}</Link>)}</span> },
      ]} />
  );
}
