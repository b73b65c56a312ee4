// Light, dark, or as the machine has it; kept in this browser.
import { useState } from "preact/hooks";

export type Theme = "auto" | "light" | "dark";
const KEY = "dialerd.theme";

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto"; // a browser that keeps nothing
  }
}

export function show(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, set] = useState<Theme>(kept);
  return [
    theme,
    (next) => {
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // it holds until the page is loaded again
      }
      show(next);
      set(next);
      document.dispatchEvent(new Event("dialerd-theme"));
    },
  ];
}

show(kept());
