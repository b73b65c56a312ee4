// Tabs over one panel; arrow keys move between them.
import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface Tab {
  key: string;
  label: string;
  /** What is wrong within, said beside the label. */
  wrong?: string | undefined;
}

export function Tabs({ label, tabs, now, onChoose, children }: { label: string; tabs: readonly Tab[]; now: string; onChoose: (key: string) => void; children: ComponentChildren }) {
  const id = useId();
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const at = tabs.findIndex((each) => each.key === now);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.key);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((each) => (
          <button type="button" role="tab" key={each.key} data-tab={each.key} id={`${id}-${each.key}`} aria-controls={`${id}-panel`}
            aria-selected={each.key === now} tabIndex={each.key === now ? 0 : -1} onClick={() => onChoose(each.key)}>
            {each.label}
            {each.wrong && <span class="bad-mark" role="img" aria-label={each.wrong} title={each.wrong} />}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${now}`} class="stack">{children}</div>
    </>
  );
}
