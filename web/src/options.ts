/** What the patient can pick instead of typing: times by day, answers as buttons, the code field. Outside the log, so that nothing is read twice. */
import { html, nothing, type TemplateResult } from "lit";
import { longDay, type Strings } from "./strings";
import type { ChatEvent, Choice, Lang } from "./types";

export interface OptionsView {
  words: Strings;
  lang: Lang;
  picked: string;
  complaint: string;
  holdMinutes: number | null;
  pick: (id: string) => void;
  complain: (text: string) => void;
  choose: (choice_id: string, label: string) => void;
  say: (text: string) => void;
}

export function options(event: ChatEvent, view: OptionsView): TemplateResult | typeof nothing {
  const choices = event.choices ?? [];
  const slots = choices.filter((choice) => choice.kind === "slot");
  const rest = choices.filter((choice) => choice.kind !== "slot");
  const { words } = view;
  const plain = !choices.length && event.expects === "yes_no" ? [words.yes, words.no] : [];
  const parts = [
    view.holdMinutes === null ? nothing : hold(view.holdMinutes, words),
    slots.length ? slotPicker(slots, view) : nothing,
    rest.length || plain.length
      ? html`<div class="choices" role="group" aria-label=${words.options}>
          ${rest.map((choice) => button(choice, view))}
          ${plain.map((label) => html`<button type="button" @click=${() => view.say(label)}>${label}</button>`)}
        </div>`
      : nothing,
    event.expects === "code" ? code(view) : nothing,
  ];
  if (parts.every((part) => part === nothing)) return nothing;
  return html`<div class="options" lang=${event.lang ?? view.lang}>${parts}</div>`;
}

/** How many things there are to pick, for the spoken hint. */
export function countChoices(event: ChatEvent): { slots: number; others: number } {
  const choices = event.choices ?? [];
  const slots = choices.filter((choice) => choice.kind === "slot").length;
  return { slots, others: choices.length - slots };
}

function button(choice: Choice, view: OptionsView): TemplateResult {
  return html`<button type="button" class=${choice.kind} @click=${() => view.choose(choice.id, choice.label)}>${choice.label}</button>`;
}

function hold(minutes: number, words: Strings): TemplateResult {
  return html`<p class="hold">${minutes > 0 ? words.hold(minutes) : words.holdOver}</p>`;
}

function slotPicker(slots: Choice[], view: OptionsView): TemplateResult {
  const { words } = view;
  const days = new Map<string, Choice[]>();
  for (const slot of slots) days.set(slot.day ?? "", [...(days.get(slot.day ?? "") ?? []), slot]);
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = slots.find((slot) => slot.id === view.picked);
    if (chosen) {
      view.choose(chosen.id, chosen.label);
      return;
    }
    view.complain(words.pickFirst);
    (event.target as HTMLElement).querySelector("input")?.focus();
  };
  return html`<form class="slots" @submit=${submit} novalidate>
    <fieldset>
      <legend>${words.times}</legend>
      ${[...days].map(([day, list], n) => dayGroup(day, list, n, view))}
    </fieldset>
    ${view.complaint ? html`<p class="complaint">${view.complaint}</p>` : nothing}
    <button type="submit" class="main">${words.takeTime}</button>
  </form>`;
}

function dayGroup(day: string, slots: Choice[], n: number, view: OptionsView): TemplateResult {
  const radios = slots.map(
    (slot) => html`<label class="slot">
      <input type="radio" name="slot" .value=${slot.id} .checked=${slot.id === view.picked} @change=${() => view.pick(slot.id)} />
      <span>${slotLabel(slot.label, day, view.lang)}</span>
    </label>`,
  );
  if (!day) return html`<div class="day">${radios}</div>`;
  return html`<div class="day" role="group" aria-labelledby=${`day-${n}`}>
    <p class="date" id=${`day-${n}`}>${longDay(day, view.lang)}</p>
    ${radios}
  </div>`;
}

/** Under its day a time need not repeat the day for the eyes; its name keeps it. */
function slotLabel(label: string, day: string, lang: Lang): TemplateResult | string {
  const prefix = day ? `${longDay(day, lang)}, ` : "";
  if (!prefix || !label.startsWith(prefix)) return label;
  return html`<span class="vh">${prefix}</span>${label.slice(prefix.length)}`;
}

function code(view: OptionsView): TemplateResult {
  const submit = (event: Event) => {
    event.preventDefault();
    const input = (event.target as HTMLElement).querySelector("input")!;
    const text = input.value.trim();
    if (text) view.say(text);
    else input.focus();
  };
  return html`<form class="code" @submit=${submit} novalidate>
    <label for="code">${view.words.code}</label>
    <div class="row">
      <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="12" />
      <button type="submit" class="main">${view.words.codeSend}</button>
    </div>
  </form>`;
}
