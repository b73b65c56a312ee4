// The frame around every page: navigation by role, keys, theme, account, whether the page is live.
// Not here: the pages, nor which belongs to which address (app.tsx).
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Role, Session } from "./api/documents";
import { dayTime, useNow } from "./format";
import { create, moveRow, search, useKeys, type Keys } from "./keys";
import { leaving } from "./leaving";
import { useLive } from "./live/socket";
import { Button } from "./parts/button";
import { Dialog, FormDialog } from "./parts/dialog";
import { TextField } from "./parts/field";
import { Icon, type IconName } from "./parts/icon";
import { Menu } from "./parts/menu";
import { tell } from "./parts/toast";
import { endingCall } from "./phone/panel";
import { phone } from "./phone/phone";
import { go, Link, useAddress } from "./router";
import { changePassword, mayBe, signIn, signOut } from "./session";
import mark from "./styles/mark.svg";
import { t } from "./texts";
import { useTheme } from "./theme";

interface Place {
  path: string;
  name: keyof typeof t.nav;
  icon: IconName;
  key: string;
  role: Role;
}

export const PLACES: readonly Place[] = [
  { path: "/console", name: "console", icon: "phone", key: "k", role: "agent" },
  { path: "/campaigns", name: "campaigns", icon: "campaigns", key: "c", role: "supervisor" },
  { path: "/floor", name: "floor", icon: "floor", key: "f", role: "supervisor" },
  { path: "/queues", name: "queues", icon: "queues", key: "q", role: "supervisor" },
  { path: "/callbacks", name: "callbacks", icon: "callbacks", key: "b", role: "supervisor" },
  { path: "/lists", name: "lists", icon: "lists", key: "l", role: "supervisor" },
  { path: "/outcomes", name: "outcomes", icon: "outcomes", key: "o", role: "supervisor" },
  { path: "/dnc", name: "dnc", icon: "dnc", key: "d", role: "supervisor" },
  { path: "/reports", name: "reports", icon: "reports", key: "r", role: "supervisor" },
  { path: "/users", name: "users", icon: "users", key: "u", role: "admin" },
  { path: "/audit", name: "audit", icon: "audit", key: "a", role: "admin" },
];

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where each role may go; the console is for whoever is an agent. */
export const placesOf = (session: Session): readonly Place[] =>
  PLACES.filter((each) => mayBe(session, each.role) && (each.name !== "console" || session.agent || session.role === "agent"));

export function Shell({ session, children }: { session: Session; children: ComponentChildren }) {
  const { path } = useAddress();
  const [isOpen, setOpen] = useState(false);
  const [isHelp, setHelp] = useState(false);
  const places = placesOf(session);
  const keys: Keys = { "/": search, c: create, "?": () => setHelp(true), j: () => moveRow(1), k: () => moveRow(-1) };
  for (const each of places) keys[`g ${each.key}`] = () => go(each.path);
  useKeys(keys);
  const content = useRef<HTMLElement>(null);
  const side = useRef<HTMLElement>(null);
  const last = useRef(path);
  useEffect(() => {
    setOpen(false);
    if (last.current !== path) content.current?.focus({ preventScroll: true }); // what comes next with Tab is the page that was gone to
    last.current = path;
  }, [path]);
  useEffect(() => void (isOpen && side.current?.querySelector<HTMLElement>("nav a")?.focus()), [isOpen]);
  const close = () => {
    setOpen(false);
    document.querySelector<HTMLElement>(".bar > button")?.focus();
  };
  const group = (of: readonly Place[], label: string) =>
    of.length > 0 && (
      <nav aria-label={label}>
        {of.map((each) => (
          <Link key={each.path} to={each.path} class="nav" current={path === each.path || path.startsWith(`${each.path}/`)}>
            <Icon name={each.icon} />
            {t.nav[each.name]}
          </Link>
        ))}
      </nav>
    );
  return (
    <div class={`frame${isOpen ? " is-open" : ""}`}>
      <a class="seen-by-readers skip" href="#content">{t.skipToContent}</a>
      <button type="button" class="scrim" aria-label={t.close} onClick={() => setOpen(false)} />
      <aside class="side" ref={side} onKeyDown={(event) => event.key === "Escape" && isOpen && close()}>
        <Link to="/" class="brand"><img src={mark} alt="" />dialerd</Link>
        {group(places.filter((each) => each.role !== "admin"), t.loadPages)}
        {group(places.filter((each) => each.role === "admin"), t.users.roles.admin ?? "")}
        <div class="side-foot">
          <LinkState />
          <div class="link-state">{t.timesIn(ZONE)}</div>
          <Account session={session} onHelp={() => setHelp(true)} />
        </div>
      </aside>
      <div class="main">
        <header class="bar">
          <Button kind="ghost" icon="menu" label={t.menu} onClick={() => setOpen(true)} />
          <Link to="/" class="brand"><img src={mark} alt="" />dialerd</Link>
        </header>
        <SessionEnds session={session} />
        <main class="page" id="content" ref={content} tabIndex={-1}>{children}</main>
      </div>
      {isHelp && <Help places={places} session={session} onClose={() => setHelp(false)} />}
    </div>
  );
}

const WARN_MS = 20 * 60_000; // longer than most calls

/** A session ends after its time, whatever is going on then: who signs in again before has no break. */
function SessionEnds({ session }: { session: Session }) {
  const now = useNow();
  const [isSigningIn, setSigningIn] = useState(false);
  const [password, setPassword] = useState("");
  const left = session.expires_at ? Date.parse(session.expires_at) - now : Infinity;
  if (!isSigningIn && !(left > 0 && left < WARN_MS)) return null;
  const again = async () => {
    await signIn(session.user, password);
    setPassword("");
    tell(t.account.signedInAgain);
  };
  return (
    <div class="note warn row" role="status">
      <span class="grow">{t.account.ends(dayTime(session.expires_at))}</span>
      <Button size="small" onClick={() => setSigningIn(true)}>{t.account.signInAgain}</Button>
      {isSigningIn && (
        <FormDialog title={t.account.signInAgain} submit={t.signIn.submit} canSubmit={!!password} onSubmit={again} onClose={() => setSigningIn(false)}>
          <TextField label={t.signIn.password} type="password" autoComplete="current-password" value={password} onInput={setPassword} autoFocus />
        </FormDialog>
      )}
    </div>
  );
}

function LinkState() {
  const { link } = useLive();
  const tone = link === "up" ? "good" : link === "lost" ? "bad" : "";
  return (
    <div class="link-state" role="status">
      <span class={`dot ${tone}`} />
      {t.live[link]}
    </div>
  );
}

function Account({ session, onHelp }: { session: Session; onHelp: () => void }) {
  const [theme, setTheme] = useTheme();
  const [isChanging, setChanging] = useState(false);
  const themes = (["auto", "light", "dark"] as const).filter((each) => each !== theme);
  return (
    <div class="who">
      <span title={session.user}>{session.user} <span class="muted">· {t.users.roles[session.role]}</span></span>
      <Menu label={t.account.label} choices={[
        ...themes.map((each) => ({ label: `${t.theme.label}: ${t.theme[each]}`, act: () => setTheme(each) })),
        { label: t.help.title, act: onHelp },
        { label: t.account.changePassword, act: () => setChanging(true) },
        { label: t.account.signOut, act: () => leaving(() => (phone.isTalking ? endingCall(t.account.signOut, signOut) : signOut())) },
      ]} />
      {isChanging && <ChangePassword onClose={() => setChanging(false)} />}
    </div>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = async () => {
    await changePassword(old, next);
    tell(t.account.changed);
  };
  return (
    <FormDialog title={t.account.changePassword} submit={t.change} canSubmit={!!old && !!next} onSubmit={change} onClose={onClose}>
      <TextField label={t.account.old} type="password" autoComplete="current-password" value={old} onInput={setOld} autoFocus />
      <TextField label={t.account.next} type="password" autoComplete="new-password" value={next} onInput={setNext} hint={t.users.passwordHint} />
    </FormDialog>
  );
}

function Help({ places, session, onClose }: { places: readonly Place[]; session: Session; onClose: () => void }) {
  const h = t.help;
  const groups: [string, [string, string][]][] = [
    [h.jumps, places.map((each): [string, string] => [`g ${each.key}`, h.go(t.nav[each.name])])],
    [h.pages, [
      ...(mayBe(session, "supervisor") ? [["c", h.create], ["/", h.search], ["j k", h.rows], ["Enter", h.open]] as [string, string][] : []),
      ["Esc", h.close], ["?", h.help],
    ]],
    ...(session.agent ? [[h.console, [
      ["d s", `${h.dial}, ${h.skip}`], ["m h", `${h.mute}, ${h.hold}`], ["#", h.keypad], ["t", h.transfer], ["t t", h.give], ["x", h.takeBack], ["b", h.callback], ["e e", h.end], ["1–9", h.disposition], ["r", h.ready],
    ]] as [string, [string, string][]]] : []),
  ];
  return (
    <Dialog title={h.title} onClose={onClose} isWide>
      <div class="keys">
        {groups.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl class="facts">
              {rows.map(([key, text]) => (
                <>
                  <dt>{key.split(" ").map((each) => <><kbd>{each}</kbd> </>)}</dt>
                  <dd>{text}</dd>
                </>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div class="acts"><Button onClick={onClose}>{t.close}</Button></div>
    </Dialog>
  );
}
