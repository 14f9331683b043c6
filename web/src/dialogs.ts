/** The two questions asked before something cannot be undone: ending the chat, and leaving a copy on a device. */
import { html, type TemplateResult } from "lit";
import type { Strings } from "./strings";

export type Asking = "end" | "save" | "print" | null;

export function dialog(asking: Asking, words: Strings, yes: () => void, no: () => void): TemplateResult {
  const end = asking === "end";
  const cancel = (event: Event) => {
    event.preventDefault();
    no();
  };
  return html`<dialog aria-labelledby="ask-title" aria-describedby="ask-text" @cancel=${cancel}>
    <h2 id="ask-title">${end ? words.endTitle : words.copyTitle}</h2>
    <p id="ask-text">${end ? words.endText : words.copyText}</p>
    <div class="row">
      <button type="button" @click=${no}>${end ? words.keep : words.cancel}</button>
      <button type="button" class="main" @click=${yes}>${end ? words.endYes : words.copyYes[asking === "print" ? "print" : "save"]}</button>
    </div>
  </dialog>`;
}
