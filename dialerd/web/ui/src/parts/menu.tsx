// A button with a menu of what else can be done; arrow keys move in it, Escape closes it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { IconName } from "./icon";
import { Button } from "./button";
import { tellProblem } from "./toast";

export interface Choice {
  label: string;
  act: () => unknown;
  isDanger?: boolean;
}

export function Menu({ label, icon = "more", text, choices, size = "small" }: { label: string; icon?: IconName; text?: string; choices: readonly Choice[]; size?: "small" | "normal" }) {
  const [place, setPlace] = useState<{ top: number; left: number } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const close = (focus = true) => {
    setPlace(null);
    if (focus) root.current?.querySelector("button")?.focus();
  };
  const open = () => {
    const box = root.current?.getBoundingClientRect();
    if (!box) return;
    const height = choices.length * 34 + 10;
    const below = box.bottom + 4;
    setPlace({
      top: below + height < innerHeight ? below : Math.max(8, box.top - height - 4),
      left: Math.max(8, Math.min(box.left, innerWidth - 232)),
    });
  };
  // Before it is seen: who types fast has the next key in it already.
  useLayoutEffect(() => {
    if (!place) return;
    root.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const away = (event: Event) => !root.current?.contains(event.target as Node) && setPlace(null);
    document.addEventListener("mousedown", away);
    document.addEventListener("scroll", away, true);
    return () => {
      document.removeEventListener("mousedown", away);
      document.removeEventListener("scroll", away, true);
    };
  }, [place]);
  const move = (event: KeyboardEvent) => {
    const items = [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) items[(at + by + items.length) % items.length]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = async (choice: Choice) => {
    close();
    try {
      await choice.act();
    } catch (error) {
      tellProblem(error);
    }
  };
  if (!choices.length) return null;
  return (
    <div ref={root} style={{ display: "inline-flex" }} onKeyDown={place ? move : undefined}>
      <Button kind={text ? undefined : "ghost"} size={text || size === "normal" ? undefined : size} icon={icon} label={label} onClick={() => (place ? close() : open())}>{text}</Button>
      {place && (
        <div class="menu" role="menu" aria-label={label} style={{ top: `${place.top}px`, left: `${place.left}px` }}>
          {choices.map((each) => (
            <button type="button" role="menuitem" class={each.isDanger ? "bad" : undefined} key={each.label} onClick={() => choose(each)}>{each.label}</button>
          ))}
        </div>
      )}
    </div>
  );
}
