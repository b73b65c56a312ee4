// The search of a page, which the key / goes to.
// Not here: what it finds.
export function Search({ label, text, onInput }: { label: string; text: string; onInput: (text: string) => void }) {
  return <input type="search" class="search" data-search aria-label={label} placeholder={label} value={text} onInput={(event) => onInput(event.currentTarget.value)} />;
}
