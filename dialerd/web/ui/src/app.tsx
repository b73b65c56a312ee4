// Which page belongs to which address, and for whom.
// Not here: the frame (shell.tsx), the pages.
import type { ComponentChild } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Role, Session } from "./api/documents";
import { CampaignPage } from "./campaigns/detail";
import { CampaignForm } from "./campaigns/form/page";
import { CampaignsPage } from "./campaigns/page";
import { Incoming } from "./console/incoming";
import { ConsolePage } from "./console/page";
import { DncListPage } from "./dnc/list";
import { DncPage } from "./dnc/page";
import { FloorPage } from "./floor/page";
import { ListPage } from "./lists/list";
import { ListsPage } from "./lists/page";
import { OutcomesPage } from "./outcomes/page";
import { AuditPage } from "./pages/audit";
import { CallbacksPage } from "./pages/callbacks";
import { ReportsPage } from "./pages/reports";
import { UsersPage } from "./pages/users";
import { QueuesPage } from "./queues/page";
import { Questions } from "./parts/dialog";
import { Empty, ProblemNote } from "./parts/problem";
import { Toasts } from "./parts/toast";
import { SignIn, SignInAgain } from "./pages/signin";
import { go, match, useAddress } from "./router";
import { askSession, mayBe, useSession } from "./session";
import { placesOf, Shell } from "./shell";
import { t } from "./texts";

interface Route {
  path: string;
  role: Role;
  title: string;
  page: (found: Record<string, string>, session: Session) => ComponentChild;
}

const ROUTES: readonly Route[] = [
  { path: "/console", role: "agent", title: t.nav.console, page: (_, session) => <ConsolePage session={session} /> },
  { path: "/campaigns", role: "supervisor", title: t.nav.campaigns, page: (_, session) => <CampaignsPage user={session.user} /> },
  { path: "/campaigns/new", role: "supervisor", title: t.form.newTitle, page: () => <CampaignForm name={null} /> },
  { path: "/campaigns/:name", role: "supervisor", title: t.nav.campaigns, page: ({ name = "" }) => <CampaignPage name={name} /> },
  { path: "/campaigns/:name/edit", role: "supervisor", title: t.nav.campaigns, page: ({ name = "" }) => <CampaignForm name={name} /> },
  { path: "/floor", role: "supervisor", title: t.nav.floor, page: () => <FloorPage /> },
  { path: "/queues", role: "supervisor", title: t.nav.queues, page: () => <QueuesPage /> },
  { path: "/callbacks", role: "supervisor", title: t.nav.callbacks, page: () => <CallbacksPage /> },
  { path: "/lists", role: "supervisor", title: t.nav.lists, page: () => <ListsPage /> },
  { path: "/lists/:name", role: "supervisor", title: t.nav.lists, page: ({ name = "" }) => <ListPage name={name} /> },
  { path: "/dnc", role: "supervisor", title: t.nav.dnc, page: () => <DncPage /> },
  { path: "/dnc/:name", role: "supervisor", title: t.nav.dnc, page: ({ name = "" }) => <DncListPage name={name} /> },
  { path: "/outcomes", role: "supervisor", title: t.nav.outcomes, page: () => <OutcomesPage /> },
  { path: "/reports", role: "supervisor", title: t.nav.reports, page: () => <ReportsPage /> },
  { path: "/users", role: "admin", title: t.nav.users, page: () => <UsersPage /> },
  { path: "/audit", role: "admin", title: t.nav.audit, page: () => <AuditPage /> },
];

export function App() {
  const state = useSession();
  const last = useRef<Session | null>(null);
  useEffect(() => void askSession(), []);
  if (state.at === "in") last.current = state.session;
  else if (state.at !== "out" || !state.hasEnded) last.current = null;
  return (
    <>
      {last.current && <SignedIn key={last.current.user} session={last.current} />}
      {state.at === "out" && (last.current ? <SignInAgain user={last.current.user} /> : <SignIn hasEnded={state.hasEnded} />)}
      {state.at === "unreachable" && <main class="centred"><ProblemNote problem={state.problem} onRetry={askSession} /></main>}
      <Questions />
      <Toasts />
    </>
  );
}

function SignedIn({ session }: { session: Session }) {
  const { path } = useAddress();
  const home = session.role === "agent" ? "/console" : (placesOf(session).find((each) => each.name === "campaigns")?.path ?? "/console");
  useEffect(() => {
    if (path === "/") go(home, { replace: true });
  }, [path, home]);
  const [route, found] = find(path);
  useEffect(() => {
    document.title = route ? `${found.name ? `${found.name} · ` : ""}${route.title} · dialerd` : "dialerd";
  }, [path, route]);
  return (
    <Shell session={session}>
      {session.agent && <Incoming />}
      {!route ? path === "/" ? null : <Empty title={t.notFound}>{t.notFoundText}</Empty>
        : !mayBe(session, route.role) ? <Empty title={t.notYours}>{t.notYoursText}</Empty>
        : <div key={path} style={{ display: "contents" }}>{route.page(found, session)}</div>}
    </Shell>
  );
}

function find(path: string): [Route | null, Record<string, string>] {
  for (const route of ROUTES) {
    const found = match(route.path, path);
    if (found) return [route, found];
  }
  return [null, {}];
}
