// The texts of the pages in the browser's language, where there is a file for it.
// Not here: what the API says (errors come from there as they are).
import { en } from "./en";

export type Texts = typeof en;

const LANGUAGES: Record<string, Texts> = { en };

const wanted = typeof navigator === "undefined" ? [] : navigator.languages;
export const t: Texts = wanted.map((each) => LANGUAGES[each.slice(0, 2)]).find((each) => each) ?? en;
