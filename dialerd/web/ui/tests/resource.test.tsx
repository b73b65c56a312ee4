// What a page shows of answers that come late, in another order, or not at all.
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useAll, useList, useLoaded, type Resource } from "../src/api/resource";
import { at } from "../src/api/routes";

let asked: { answer: (value: string) => Promise<void>; leaving: AbortSignal }[];
let shown: Resource<string>;
const root = document.createElement("div");

function Page({ name }: { name: string }) {
  shown = useLoaded(name, (leaving) => new Promise<string>((resolve) => asked.push({ answer: (value) => act(async () => (resolve(value), void (await new Promise((next) => setTimeout(next, 0))))), leaving })), 5);
  return null;
}
const draw = (name: string) => act(async () => render(<Page name={name} />, root));
const pass = (s: number) => act(async () => void vi.advanceTimersByTime(s * 1000));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  asked = [];
});
afterEach(async () => {
  await act(async () => render(null, root));
  vi.useRealTimers();
});

test("a page that is slower than its interval is shown, and asks for no more meanwhile", async () => {
  await draw("floor");
  await pass(17);
  expect(asked.length).toBe(1);
  await asked[0]!.answer("slow");
  expect(shown.value).toBe("slow");
  await pass(5);
  expect(asked.length).toBe(2);
});

test("an answer that is newer than what is shown is shown, one to an earlier request is not any more", async () => {
  await draw("floor");
  await act(async () => shown.reload());
  await act(async () => shown.reload());
  expect(asked.length).toBe(2);
  await asked[1]!.answer("second");
  await asked[0]!.answer("first");
  expect(shown.value).toBe("second");
  expect(asked.length).toBe(3); // what was asked for while two were under way
  await asked[2]!.answer("third");
  expect(shown.value).toBe("third");
});

test("an answer that never comes does not keep the page from looking again", async () => {
  await draw("floor");
  await pass(66);
  expect(asked.length).toBe(2);
});

test("whoever goes to another page waits for nothing of this one", async () => {
  await draw("floor");
  await draw("lists");
  expect(asked.map((each) => each.leaving.aborted)).toEqual([true, false]);
  await asked[0]!.answer("the floor");
  expect(shown.value).toBeNull();
});

test("choosing among 5,000 agents, and searching them, is six requests", async () => {
  vi.useRealTimers();
  const paths: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    paths.push(path);
    const query = new URL(path, "http://x").searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit") ?? 100);
    return new Response(JSON.stringify({ items: Array.from({ length: Math.min(to, 5000) - from }, (_, n) => ({ agent: `a${from + n}` })), next: to < 5000 ? String(to) : null }));
  });
  let all: unknown[] = [];
  const Choosing = () => ((all = useAll(at("/agents"))), null);
  await act(async () => render(<Choosing />, root));
  await vi.waitFor(() => expect(all.length).toBe(5000), 10_000);
  expect(paths.length).toBe(6);
  let found: unknown[] | null = [];
  const Searching = ({ text }: { text: string }) => ((found = useList(at("/agents"), {}, 0, !!text).value), null);
  await act(async () => render(<Searching text="" />, root));
  await vi.waitFor(() => expect(found?.length).toBe(100), 10_000);
  await act(async () => render(<Searching text="a49" />, root));
  expect(found?.length).toBe(100); // what is there stays in sight meanwhile
  await vi.waitFor(() => expect(found?.length).toBe(5000), 10_000);
  vi.unstubAllGlobals();
});
