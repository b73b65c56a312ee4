// What people read stands in texts/, one file set a language: here is what looks for words anywhere else.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCE = join(__dirname, "../src");
const SHOWN = new Set(["label", "title", "placeholder", "aria-label", "alt", "hint", "text", "yes", "submit", "none", "wrong"]);
/** What looks like words and is none: examples of what may be typed, names. */
const NO_WORDS = new Set(["dialerd", "user:ann", "America/New_York", "PJSIP/", "US, 2026-12-24", "TOML"]);
const WORD = /[A-Za-z]{2,}/;
const SENTENCE = /[A-Za-z]{2,} +[A-Za-z]{2,}/;

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === "texts" ? [] : files(path);
    return /\.tsx?$/.test(name) && !name.endsWith(".d.ts") ? [path] : [];
  });
}

const parentOf = (node: ts.Node, is: (each: ts.Node) => boolean): boolean => {
  for (let each = node.parent; each; each = each.parent) if (is(each)) return true;
  return false;
};

/** The words of a source file that somebody would read on a page. */
export function wordsIn(text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile("page.tsx", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node) && WORD.test(node.text) && !NO_WORDS.has(node.text.trim())) found.push(node.text.trim());
    if (ts.isStringLiteralLike(node) && !NO_WORDS.has(node.text)) {
      const attribute = ts.isJsxAttribute(node.parent) ? node.parent.name.getText() : null;
      const key = ts.isPropertyAssignment(node.parent) && node.parent.initializer === node ? node.parent.name.getText() : null;
      const isShown = (attribute !== null && SHOWN.has(attribute)) || (key !== null && ["label", "head", "title", "yes", "hint"].includes(key));
      const isClass = parentOf(node, (each) => ts.isJsxAttribute(each) && each.name.getText() === "class") || /^(badge|button|frame|nav|num|note|panel|row|stack)\b/.test(node.text);
      const isPlace = parentOf(node, (each) => ts.isImportDeclaration(each) || ts.isTypeNode(each));
      if (!isPlace && !isClass && (isShown ? WORD.test(node.text) : SENTENCE.test(node.text))) found.push(node.text);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

test("words on a page are found wherever they hide", () => {
  expect(wordsIn('const a = <p>Hello</p>; const b = <Field label="Name" class="row end" />; const c = { head: "Run" }; tell("It is done");')).toEqual(["Hello", "Name", "Run", "It is done"]);
});

/** Words that are not for reading: keys of a store, fonts, addresses, the filter language. */
const ALLOWED = /^(Escape|dialerd\.|PJSIP|as the document|[a-z]+ [a-z]+ (is|like)|\d+px|is (not )?empty|not like)|system-ui|^by the/;

test("no page has words of its own: they all stand in texts/", () => {
  const strays = files(SOURCE).flatMap((path) => wordsIn(readFileSync(path, "utf8")).filter((each) => !ALLOWED.test(each)).map((each) => `${path.slice(SOURCE.length + 1)}: ${each}`));
  expect(strays).toEqual([]);
});
