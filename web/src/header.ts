/** Always in view: whose chat this is, how to reach a person, that it is not for emergencies, how to end. */
import { html, nothing, type TemplateResult } from "lit";
import { phoneLink } from "./notices";
import type { Strings } from "./strings";
import type { Config } from "./types";

export interface HeaderView {
  words: Strings;
  config: Config | null;
  framed: boolean;
  bilingual: boolean;
  otherLang: string;
  talked: boolean;
  menuOpen: boolean;
  toggleMenu: () => void;
  copy: (how: "save" | "print") => void;
  switchLang: () => void;
  end: () => void;
  close: () => void;
}

export function header(view: HeaderView): TemplateResult {
  const { words, config } = view;
  const icon = (path: string) =>
    html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;
  return html`<header>
    <div class="top">
      <div class="who">
        <h1 id="title" tabindex="-1">${config?.clinic ?? ""}</h1>
        <p>${words.assistant}</p>
      </div>
      <button type="button" class="end" ?disabled=${!view.talked} @click=${view.end}>${words.end}</button>
      <div class="more">
        <button
          type="button"
          class="icon"
          aria-label=${words.more}
          aria-expanded=${view.menuOpen ? "true" : "false"}
          aria-controls="menu"
          @click=${view.toggleMenu}
        >
          ${icon("M12 8a2 2 0 1 1 0-4 2 2 0 0 1 0 4Zm0 6a2 2 0 1 1 0-4 2 2 0 0 1 0 4Zm0 6a2 2 0 1 1 0-4 2 2 0 0 1 0 4Z")}
        </button>
        <div id="menu" ?hidden=${!view.menuOpen}>
          ${view.bilingual
            ? html`<button type="button" lang=${view.otherLang} @click=${view.switchLang}>${words.otherLang}</button>`
            : nothing}
          <button type="button" ?disabled=${!view.talked} @click=${() => view.copy("save")}>${words.save}</button>
          <button type="button" ?disabled=${!view.talked} @click=${() => view.copy("print")}>${words.print}</button>
        </div>
      </div>
      ${view.framed
        ? html`<button type="button" class="icon" aria-label=${words.close} @click=${view.close}>
            ${icon("m12 10.6 5-5L18.4 7l-5 5 5 5-1.4 1.4-5-5-5 5L5.6 17l5-5-5-5L7 5.6Z")}
          </button>`
        : nothing}
    </div>
    <div class="help">
      <p><span>${words.call}</span> ${phoneLink(config)}</p>
      <p><span>${words.emergency}</span> <a href="tel:911">911</a> <span aria-hidden="true">/</span> <a href="tel:988">988</a></p>
    </div>
  </header>`;
}
