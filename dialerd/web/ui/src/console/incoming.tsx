// A call has come while the agent looks at another page: it is told, and brought to the console after five seconds.
import { useEffect, useRef, useState } from "preact/hooks";

import { socket, useLive } from "../live/socket";
import { Button } from "../parts/button";
import { go, useAddress } from "../router";
import { t } from "../texts";
import { notify } from "./notify";

const WAIT_S = 5;
const CALLS = new Set(["preview", "reserved", "on_call", "inbound"]);
const calledNow = (): boolean => !!socket.live.own && CALLS.has(socket.live.own.state);

export function Incoming() {
  const { live } = useLive();
  const { path } = useAddress();
  const [left, setLeft] = useState<number | null>(null);
  const isCalled = !!live.own && CALLS.has(live.own.state);
  const was = useRef(isCalled);
  const isHere = path === "/console";
  useEffect(() => {
    const hasCome = isCalled && !was.current;
    was.current = isCalled;
    if (hasCome && !isHere) setLeft(WAIT_S);
  }, [isCalled]);
  // Not by what is drawn: a tab that is not seen draws late or not at all, and it is the one that this is for.
  useEffect(() => {
    let wasCalled = calledNow();
    return socket.watch(() => {
      const now = calledNow();
      if (now && !wasCalled) notify(t.console.incoming);
      wasCalled = now;
    });
  }, []);
  useEffect(() => {
    if (left === null) return;
    if (isHere || !isCalled) return setLeft(null);
    if (left <= 0) {
      setLeft(null);
      go("/console");
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, isHere, isCalled]);
  if (left === null) return null;
  return (
    <div class="note warn incoming" role="alert">
      <b>{t.console.incoming}</b> {t.console.incomingGo(left)}
      <Button size="small" onClick={() => go("/console")}>{t.console.incomingNow}</Button>
    </div>
  );
}
