// The browser's own notifications of calls: asked for once, by a button, and said where they are barred.
// Not here: when one is shown (incoming.tsx).
import { useState } from "preact/hooks";

import { Button } from "../parts/button";
import { go } from "../router";
import { t } from "../texts";

const w = t.console;
const canNotify = (): boolean => typeof window !== "undefined" && "Notification" in window;

/** Tells of a call while another tab or window is looked at; a click on it leads to the console. */
export function notify(text: string): void {
  if (!canNotify() || Notification.permission !== "granted" || (!document.hidden && document.hasFocus())) return;
  const shown = new Notification(text, { tag: "dialerd-call" });
  shown.onclick = () => {
    window.focus();
    go("/console");
    shown.close();
  };
}

/** Asks for the permission while it is neither given nor barred. */
export function Notifying() {
  const [permission, setPermission] = useState<NotificationPermission>(canNotify() ? Notification.permission : "denied");
  if (!canNotify() || permission !== "default") return null;
  return (
    <section class="panel">
      <p class="muted">{w.notifyText}</p>
      <div class="row"><Button size="small" onClick={async () => setPermission(await Notification.requestPermission())}>{w.notify}</Button></div>
    </section>
  );
}
