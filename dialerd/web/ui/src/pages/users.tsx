// Users and the API's tokens: who may sign in, as what, for which queues.
import { useState } from "preact/hooks";

import { change, changed } from "../api/change";
import { getVersioned, post, send, type Versioned } from "../api/client";
import type { Role, User } from "../api/documents";
import { useAll, useList, useLoaded } from "../api/resource";
import { at, type Answer, type Body } from "../api/routes";
import { useAgentNames, useQueueNames } from "../campaigns/form/offers";
import { Ago } from "../format";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { ask, Dialog, FormDialog } from "../parts/dialog";
import { Check, ManyField, SelectField, TextField } from "../parts/field";
import { Menu } from "../parts/menu";
import { Loaded, NoMatch } from "../parts/problem";
import { Search } from "../parts/search";
import { Table } from "../parts/table";
import { tell } from "../parts/toast";
import { t } from "../texts";

const w = t.users;
type NewlyMade = Answer<"/tokens", "post">;
const ROLES: readonly Role[] = ["agent", "supervisor", "admin"];

export function UsersPage() {
  const [text, setText] = useState("");
  const users = useList(at("/users"), {}, 0, !!text);
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const isFound = ({ user }: User): boolean => user.toLowerCase().includes(text.toLowerCase());
  const remove = (name: string) => ask({
    title: w.deleteAsk(name), text: w.deleteText, yes: t.delete, isDanger: true,
    act: async () => (await send("delete", at("/users/{name}", name)), tell(w.deleted(name)), users.reload()),
  });
  return (
    <>
      <div class="head">
        <h1>{w.title}</h1>
        <span class="grow" />
        <Search label={t.search} text={text} onInput={setText} />
        <Button kind="primary" icon="plus" onClick={() => setEditing("new")}>{w.create}</Button>
      </div>
      <section class="panel flush">
        <Loaded of={users}>
          {(all) => !all.some(isFound) ? <NoMatch onClear={() => setText("")} /> : (
            <Table label={w.title} rows={all.filter(isFound)} rowKey={(each) => each.user} more={users.more} columns={[
              { head: w.user, kind: "name", cell: (each) => <b>{each.user}</b> },
              { head: w.role, kind: "fit", cell: (each) => <>{w.roles[each.role] ?? each.role} {each.is_disabled && <Badge tone="warn">{w.disabled}</Badge>}</> },
              { head: w.agent, cell: (each) => each.agent ?? <span class="muted">–</span> },
              { head: w.queues, kind: "text", cell: (each) => (each.queues ? each.queues.join(", ") : <span class="muted">{w.allQueues}</span>) },
              { head: w.lastSignedIn, kind: "fit", cell: (each) => (each.last_signed_in_at ? <Ago at={each.last_signed_in_at} /> : <span class="muted">{t.never}</span>) },
              { head: "", kind: "acts", cell: (each) => <Menu label={`${t.actions}: ${each.user}`} choices={[{ label: t.change, act: () => setEditing(each) }, { label: t.delete, isDanger: true, act: () => remove(each.user) }]} /> },
            ]} />
          )}
        </Loaded>
      </section>
      <Tokens />
      {editing && <EditUser name={editing === "new" ? null : editing.user} onDone={users.reload} onClose={() => setEditing(null)} />}
    </>
  );
}

function EditUser({ name, onDone, onClose }: { name: string | null; onDone: () => void; onClose: () => void }) {
  const found = useLoaded(`user ${name}`, async () => (name === null ? null : getVersioned(at("/users/{name}", name))));
  if (name !== null && !found.value) return <Dialog title={w.editTitle(name)} onClose={onClose}><Loaded of={found}>{() => null}</Loaded></Dialog>;
  return <UserForm first={found.value} onDone={onDone} onClose={onClose} />;
}

function UserForm({ first, onDone, onClose }: { first: Versioned<User> | null; onDone: () => void; onClose: () => void }) {
  const user = first?.value;
  const [name, setName] = useState(user?.user ?? "");
  const [role, setRole] = useState<Role>(user?.role ?? "agent");
  const [agent, setAgent] = useState(user?.agent ?? "");
  const [queues, setQueues] = useState<string[]>(user?.queues ?? []);
  const [password, setPassword] = useState("");
  const [isDisabled, setDisabled] = useState(user?.is_disabled ?? false);
  const agents = useAgentNames();
  const offered = useQueueNames();
  const save = async () => {
    const held = role === "supervisor" && queues.length ? queues : null;
    const body = { role, agent: agent || null, queues: held };
    if (first) {
      const { role: hadRole, agent: hadAgent, queues: hadQueues, is_disabled: wasDisabled } = first.value;
      const changes: Body<"/users/{name}", "patch"> = changed({ role: hadRole as Role, agent: hadAgent ?? null, queues: hadQueues ?? null, is_disabled: wasDisabled }, { ...body, is_disabled: isDisabled });
      if (password) changes.password = password;
      await change(at("/users/{name}", first.value.user), first, changes);
    } else await post(at("/users"), { name, ...body, password });
    tell(user ? w.changed(name) : w.made(name));
    onDone();
  };
  return (
    <FormDialog title={user ? w.editTitle(user.user) : w.create} submit={user ? t.save : t.create} canSubmit={!!name && (!!user || !!password)} onSubmit={save} onClose={onClose}>
      {!user && <TextField label={t.name} value={name} onInput={setName} autoFocus maxLength={64} />}
      <SelectField label={w.role} value={role} options={ROLES.map((value) => ({ value, label: w.roles[value] ?? value }))} onInput={(next) => setRole(next as Role)} />
      <SelectField label={w.agent} value={agent} none={w.noAgent} options={agents} onInput={setAgent} />
      {role === "supervisor" && <ManyField label={w.queues} values={queues} options={offered} none={t.none} hint={w.queuesHint} onInput={setQueues} />}
      <TextField label={w.password} type="password" autoComplete="new-password" value={password} onInput={setPassword} hint={user ? w.passwordKeep : w.passwordHint} />
      {user && <Check label={w.isDisabled} value={isDisabled} onInput={setDisabled} />}
    </FormDialog>
  );
}

function Tokens() {
  const tokens = useList(at("/tokens"));
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewlyMade | null>(null);
  const revoke = (name: string) => ask({
    title: w.revokeAsk(name), text: w.revokeText, yes: w.revoke, isDanger: true,
    act: async () => (await send("delete", at("/tokens/{name}", name)), tokens.reload()),
  });
  return (
    <section class="panel flush">
      <header>
        <h2>{w.tokens}</h2>
        <span class="grow" />
        <Button size="small" icon="plus" onClick={() => setMaking(true)}>{w.newToken}</Button>
      </header>
      {made && (
        <div class="note good inset" role="status">
          {w.tokenShown} <code>{made.token}</code>{" "}
          <Button size="small" onClick={async () => (await navigator.clipboard?.writeText(made.token), tell(w.copied))}>{w.copy}</Button>
        </div>
      )}
      <Loaded of={tokens}>
        {(all) => !all.length ? <p class="muted pad">{w.noTokens}</p> : (
          <Table label={w.tokens} rows={all} rowKey={(each) => each.name} more={tokens.more} columns={[
            { head: w.tokenName, kind: "text", cell: (each) => each.name },
            { head: w.tokenUser, cell: (each) => each.user },
            { head: w.created, kind: "fit", cell: (each) => <Ago at={each.created_at} /> },
            { head: w.expires, kind: "fit", cell: (each) => (each.expires_at ? <Ago at={each.expires_at} /> : <span class="muted">{t.never}</span>) },
            { head: "", kind: "acts", cell: (each) => <Button size="small" onClick={() => revoke(each.name)}>{w.revoke}</Button> },
          ]} />
        )}
      </Loaded>
      {isMaking && <NewToken onMade={(token) => (setMade(token), tokens.reload())} onClose={() => setMaking(false)} />}
    </section>
  );
}

function NewToken({ onMade, onClose }: { onMade: (token: NewlyMade) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [user, setUser] = useState("");
  const [days, setDays] = useState("365");
  const users = useAll(at("/users")).map((each) => each.user);
  const make = async () => onMade(await post(at("/tokens"), { name, user, ...(days ? { days: Number(days) } : {}) }));
  return (
    <FormDialog title={w.newToken} submit={t.create} canSubmit={!!name && !!user} onSubmit={make} onClose={onClose}>
      <TextField label={w.tokenName} value={name} onInput={setName} autoFocus maxLength={64} />
      <SelectField label={w.tokenUser} value={user} none={t.form.chooseOne} options={users} onInput={setUser} />
      <TextField label={w.tokenDays} type="number" min={1} value={days} onInput={setDays} />
    </FormDialog>
  );
}
