// A button that is busy while its work goes on, and tells what went wrong with it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Icon, type IconName } from "./icon";
import { tellProblem } from "./toast";

export interface ButtonProps {
  onClick?: () => unknown;
  kind?: "primary" | "danger" | "ghost";
  size?: "small" | "big";
  icon?: IconName;
  label?: string; // what it does, where only the icon is seen
  type?: "button" | "submit";
  disabled?: boolean;
  pressed?: boolean;
  title?: string;
  children?: ComponentChildren;
}

export function Button({ onClick, kind, size, icon, label, type = "button", disabled, pressed, title, children }: ButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const isThere = useRef(true);
  useEffect(() => () => void (isThere.current = false), []);
  const isIcon = icon && !children;
  const classes = ["button", kind, size, isIcon && "icon"].filter(Boolean).join(" ");
  const press = async () => {
    const work = onClick?.();
    if (!(work instanceof Promise)) return;
    setBusy(true);
    try {
      await work;
    } catch (error) {
      tellProblem(error);
    } finally {
      if (isThere.current) setBusy(false);
    }
  };
  return (
    <button type={type} class={classes} disabled={disabled || isBusy} aria-pressed={pressed} aria-busy={isBusy || undefined}
      data-create={icon === "plus" && size !== "small" ? "" : undefined} aria-label={label} title={title ?? (isIcon ? label : undefined)} onClick={onClick && press}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
