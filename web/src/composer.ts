/** The message box. One and the same field for everything, so that focus never has to move; its hints follow what was asked. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Strings } from "./strings";
import type { Expects } from "./types";

const NEAR_THE_END = 150;
const AUTOCOMPLETE: Partial<Record<Expects, string>> = { name: "name", phone: "tel", date_of_birth: "bday", code: "one-time-code" };
const INPUTMODE: Partial<Record<Expects, string>> = { phone: "tel", code: "numeric" };

export interface ComposerView {
  words: Strings;
  draft: string;
  expects: Expects | undefined;
  most: number;
  describedBy: string;
  type: (text: string) => void;
  send: () => void;
}

export function composer(view: ComposerView): TemplateResult {
  const { words, expects, draft } = view;
  const hint = (expects && words.hints[expects]) || "";
  const left = view.most - draft.length;
  const described = [view.describedBy, hint ? "hint" : "", left < NEAR_THE_END ? "left" : ""].filter(Boolean).join(" ");
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    view.send();
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    view.send();
  };
  return html`<form class="composer" @submit=${onSubmit}>
    <label for="message">${words.write}</label>
    ${hint ? html`<p id="hint" class="hint">${hint}</p>` : nothing}
    <div class="row">
      <textarea
        id="message"
        rows="1"
        maxlength=${view.most}
        enterkeyhint="send"
        autocomplete=${(expects && AUTOCOMPLETE[expects]) || "off"}
        inputmode=${(expects && INPUTMODE[expects]) || "text"}
        aria-describedby=${described || nothing}
        placeholder=${words.writeHint}
        .value=${live(draft)}
        @input=${(event: Event) => view.type((event.target as HTMLTextAreaElement).value)}
        @keydown=${onKey}
      ></textarea>
      <button type="submit" class="main send">${words.send}</button>
    </div>
    ${left < NEAR_THE_END ? html`<p id="left" class="hint">${words.chars(left)}</p>` : nothing}
  </form>`;
}
