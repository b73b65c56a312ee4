// The one WebSocket to /api/live: kept open while somebody is signed in, resumed where it left off.
// Not here: what the messages do (state.ts).
import { useEffect, useState } from "preact/hooks";

import { NOTHING, step, type Live, type Message } from "./state";

export type Link = "off" | "connecting" | "up" | "lost";
const SESSION_OVER = 4401;
const SILENT_MS = 45_000; // the server says that it is alive every 20 s
const WAITS_MS = [250, 1000, 2000, 5000, 10_000];

type Watcher = () => void;

export class LiveSocket {
  live: Live = NOTHING;
  link: Link = "off";
  onSessionOver: () => void = () => {};
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private readonly watchers = new Set<Watcher>();

  constructor(private readonly open: (path: string) => WebSocket = openHere) {}

  start(): void {
    if (this.link === "off") this.connect();
  }

  /** Connects anew, with the cookie that there is now; what is known stays. */
  again(): void {
    if (this.link === "off") return;
    clearTimeout(this.timer);
    const before = this.socket;
    this.socket = null;
    before?.close();
    this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.live = NOTHING;
    this.tries = 0;
    this.become("off");
  }

  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private become(link: Link): void {
    this.link = link;
    this.watchers.forEach((each) => each());
  }

  private connect(): void {
    this.become(this.tries ? "lost" : "connecting");
    const socket = this.open(this.live.seq ? `/api/live?since=${this.live.seq}` : "/api/live");
    this.socket = socket;
    socket.onopen = () => this.listen();
    socket.onmessage = (event) => socket === this.socket && this.take(String(event.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(), SILENT_MS);
  }

  private take(text: string): void {
    this.listen();
    let message: Message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    const after = step(this.live, message);
    this.tries = 0;
    if (after !== this.live || this.link !== "up") {
      this.live = after;
      this.become("up");
    }
  }

  private lost(code: number): void {
    this.socket = null;
    clearTimeout(this.silence);
    if (code === SESSION_OVER) {
      this.become("off");
      this.onSessionOver();
      return;
    }
    const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)] ?? 10_000;
    this.tries++;
    this.become("lost");
    this.timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }
}

function openHere(path: string): WebSocket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}${path}`);
}

export const socket = new LiveSocket();

/** The live state, and whether it is fresh. The page is drawn again with each change, at most once a frame; one that is not seen has no frames. */
export function useLive(): { live: Live; link: Link } {
  const [, redraw] = useState(0);
  const { live, link } = socket;
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      frame = 0;
      redraw((n) => n + 1);
    };
    const stop = socket.watch(() => {
      if (document.hidden) draw();
      else frame ||= requestAnimationFrame(draw);
    });
    // What came after this was drawn and before it was watched would be seen only with the next change.
    if (socket.live !== live || socket.link !== link) redraw((n) => n + 1);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, []);
  return { live, link };
}
