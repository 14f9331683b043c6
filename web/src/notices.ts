/** What is not conversation: trouble with sending, the connection, the idle warning. Each has its words and its one next step. */
import { html, nothing, type TemplateResult } from "lit";
import type { Conversation } from "./conversation";
import type { Strings } from "./strings";
import type { Config } from "./types";

export interface NoticesView {
  words: Strings;
  config: Config | null;
  retry: () => void;
  takeBack: () => void;
  stay: () => void;
}

export function phoneLink(config: Config | null): TemplateResult | typeof nothing {
  return config ? html`<a href=${`tel:${config.phone}`}>${config.phone_display}</a>` : nothing;
}

/** Spoken at once (role=alert): something went wrong or needs an answer soon. */
export function alerts(talk: Conversation, words: Strings): string {
  const { trouble } = talk;
  if (talk.idleWarning) return words.idle;
  if (trouble?.kind === "failed") return words.failed;
  if (trouble?.kind === "refused") return trouble.detail || words.refused;
  if (trouble?.kind === "wait") return trouble.detail || words.wait(trouble.seconds);
  return "";
}

/** Spoken when there is a pause (role=status). */
export function states(talk: Conversation, online: boolean, words: Strings): string {
  if (!online || talk.trouble?.kind === "offline") return words.offline;
  if (!talk.linked) return words.reconnecting;
  if (talk.waiting === "typing") return words.typing;
  if (talk.waiting === "slow") return words.slow;
  if (talk.waiting === "silent") return words.silent;
  return "";
}

/** The same for the eyes, with the buttons. */
export function notices(talk: Conversation, online: boolean, view: NoticesView): TemplateResult | typeof nothing {
  const { words } = view;
  const alert = alerts(talk, words);
  const button = (label: string, press: () => void, main = false) =>
    html`<button type="button" class=${main ? "main" : ""} @click=${press}>${label}</button>`;
  if (talk.idleWarning) {
    return html`<div class="notice warm"><p>${alert}</p><div class="row">${button(words.stay, view.stay, true)}</div></div>`;
  }
  if (talk.trouble && alert) {
    return html`<div class="notice bad">
      <p>${alert} ${talk.trouble.kind === "failed" ? phoneLink(view.config) : nothing}</p>
      <div class="row">
        ${talk.trouble.kind === "refused" ? nothing : button(words.tryAgain, view.retry, true)}
        ${talk.trouble.message.text === undefined ? nothing : button(words.change, view.takeBack)}
      </div>
    </div>`;
  }
  if (!online || talk.trouble?.kind === "offline") return html`<div class="notice"><p>${words.offline}</p></div>`;
  if (!talk.linked) return html`<div class="notice"><p>${words.reconnecting}</p></div>`;
  if (talk.waiting === "slow") return html`<div class="notice"><p>${words.slow}</p></div>`;
  if (talk.waiting === "silent") return html`<div class="notice warm"><p>${words.silent} ${phoneLink(view.config)}</p></div>`;
  return nothing;
}
