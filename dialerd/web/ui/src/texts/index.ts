// The texts of the pages in the browser's language, where there is a file for it.
// Not here: what the API says (errors come from there as they are).
import { en } from "./en";

export type Texts = typeof en;

const LANGUAGES: Record<string, Texts> = { en };

const wanted = typeof navigator === "undefined" ? [] : navigator.languages;
/** A code of the API in words: as the texts have it, else as it stands without its underscores. */
const inWords = (names: Record<string, string>, code: string): string => names[code] ?? code.replaceAll("_", " ");

export const t: Texts = wanted.map((each) => LANGUAGES[each.slice(0, 2)]).find((each) => each) ?? en;

export const endingName = (code: string): string => inWords(t.endings, code).replace(/^./, (first) => first.toUpperCase());
export const gateName = (code: string): string => inWords(t.gates, code);
export const momentName = (code: string): string => inWords(t.moments, code);
export const targetStateName = (code: string): string => inWords(t.targetStates, code);
