// Form fields: a label, what is entered, a hint, and what is wrong with it, tied together for screen readers.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

interface Common {
  label: string;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  disabled?: boolean;
}

function Frame({ id, label, hint, wrong, children }: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint && <span class="hint" id={`${id}-hint`}>{hint}</span>}
      {wrong && <span class="wrong" id={`${id}-wrong`}>{wrong}</span>}
    </div>
  );
}

const described = (id: string, { hint, wrong }: Common) =>
  [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;

export interface TextProps extends Common {
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "password" | "tel" | "email" | "datetime-local" | "date" | "time" | "number" | "search";
  placeholder?: string;
  required?: boolean;
  autoFocus?: boolean;
  autoComplete?: string;
  maxLength?: number;
  min?: number | string;
  max?: number | string;
  step?: number | "any";
  options?: readonly string[]; // what may be meant, offered while typing
}

export function TextField(props: TextProps) {
  const id = useId();
  const { value, onInput, type = "text", options } = props;
  return (
    <Frame {...props} id={id}>
      <input id={id} type={type} value={value} disabled={props.disabled} placeholder={props.placeholder} required={props.required}
        autoFocus={props.autoFocus} autoComplete={props.autoComplete ?? "off"} maxLength={props.maxLength} min={props.min} max={props.max}
        step={props.step} list={options && `${id}-options`} spellcheck={false}
        aria-invalid={props.wrong ? true : undefined} aria-describedby={described(id, props)}
        onInput={(event) => onInput(event.currentTarget.value)} />
      {options && <datalist id={`${id}-options`}>{options.map((each) => <option key={each} value={each} />)}</datalist>}
    </Frame>
  );
}

export function AreaField(props: Common & { value: string; onInput: (value: string) => void; rows?: number; isCode?: boolean; placeholder?: string }) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <textarea id={id} class={props.isCode ? "code" : undefined} value={props.value} rows={props.rows} disabled={props.disabled}
        placeholder={props.placeholder} spellcheck={!props.isCode} aria-invalid={props.wrong ? true : undefined}
        aria-describedby={described(id, props)} onInput={(event) => props.onInput(event.currentTarget.value)} />
    </Frame>
  );
}

export type Option = string | { value: string; label: string };

export function SelectField(props: Common & { value: string; onInput: (value: string) => void; options: readonly Option[]; none?: string }) {
  const id = useId();
  const options = props.options.map((each) => (typeof each === "string" ? { value: each, label: each } : each));
  const isKnown = props.value === "" || options.some((each) => each.value === props.value);
  return (
    <Frame {...props} id={id}>
      <select id={id} value={props.value} disabled={props.disabled} aria-invalid={props.wrong ? true : undefined}
        aria-describedby={described(id, props)} onChange={(event) => props.onInput(event.currentTarget.value)}>
        {props.none !== undefined && <option value="">{props.none}</option>}
        {!isKnown && <option value={props.value}>{props.value}</option>}
        {options.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}
      </select>
    </Frame>
  );
}

export function Check(props: Omit<Common, "label"> & { label: ComponentChildren; value: boolean; onInput: (value: boolean) => void }) {
  const id = useId();
  const box = (
    <label class="check">
      <input type="checkbox" checked={props.value} disabled={props.disabled} aria-invalid={props.wrong ? true : undefined} aria-describedby={described(id, { ...props, label: "" })}
        onChange={(event) => props.onInput(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  );
  if (!props.hint && !props.wrong) return box;
  return (
    <div class="field">
      {box}
      {props.hint && <span class="hint" id={`${id}-hint`}>{props.hint}</span>}
      {props.wrong && <span class="wrong" id={`${id}-wrong`}>{props.wrong}</span>}
    </div>
  );
}

/** What was typed into a number's field as a number, or left out; what is no number goes to the server, which says so. */
export const numberOf = (typed: string, scale = 1): number | string | undefined =>
  typed.trim() === "" ? undefined : Number.isFinite(Number(typed)) ? Math.round((Number(typed) / scale) * 1e6) / 1e6 : typed;

/** A number; `scale` 100 shows a share in per cent. What is typed stays as it was typed, a trailing point, too. */
export function NumberField({ value, onInput, scale = 1, ...rest }: Omit<TextProps, "value" | "onInput" | "type" | "options"> & { value: unknown; onInput: (value: number | string | undefined) => void; scale?: number }) {
  const given = value === undefined || value === null ? "" : typeof value === "number" ? String(Math.round(value * scale * 1e6) / 1e6) : String(value);
  const [typed, setTyped] = useState(given);
  const isTyped = numberOf(typed, scale) === (value ?? undefined);
  return <TextField step="any" {...rest} type="number" value={isTyped ? typed : given} onInput={(next) => (setTyped(next), onInput(numberOf(next, scale)))} />;
}

/** What stands between commas. */
export const partsOf = (text: string): string[] => text.split(",").map((each) => each.trim()).filter(Boolean);

/** Several words with commas between them. */
export function PartsField({ values, onInput, ...rest }: Omit<TextProps, "value" | "onInput" | "type" | "options"> & { values: readonly string[]; onInput: (values: string[]) => void }) {
  const [typed, setTyped] = useState(values.join(", "));
  const isTyped = partsOf(typed).join() === values.join();
  return <TextField {...rest} value={isTyped ? typed : values.join(", ")} onInput={(next) => (setTyped(next), onInput(partsOf(next)))} />;
}

/** Any number of the options; what is chosen and not offered any more stays in sight. */
export function ManyField(props: Common & { values: readonly string[]; onInput: (values: string[]) => void; options: readonly string[]; none?: ComponentChildren; labels?: (value: string) => string }) {
  const id = useId();
  const all = [...new Set([...props.options, ...props.values])];
  const turn = (value: string) =>
    props.onInput(props.values.includes(value) ? props.values.filter((each) => each !== value) : [...props.values, value]);
  return (
    <div class="field" role="group" aria-labelledby={id}>
      <span class="label" id={id}>{props.label}</span>
      <div class="chips">
        {all.map((each) => (
          <button type="button" class="chip" key={each} disabled={props.disabled} aria-pressed={props.values.includes(each)} onClick={() => turn(each)}>
            {props.labels ? props.labels(each) : each}
          </button>
        ))}
        {!all.length && <span class="muted">{props.none}</span>}
      </div>
      {props.hint && <span class="hint">{props.hint}</span>}
      {props.wrong && <span class="wrong">{props.wrong}</span>}
    </div>
  );
}
