/** One message of the log. Nothing here changes after it was appended, so that it is announced once. */
import { html, nothing, type TemplateResult } from "lit";
import { link, richText, safeUrl } from "./richtext";
import { shortDate, visitTime, type Strings } from "./strings";
import type { ChatEvent, Entry, Lang, Outcome, SummaryItem } from "./types";

export interface MessageView {
  words: Strings;
  lang: Lang;
  /** The last thing the bot said: only its controls still work. */
  active: boolean;
  choose: (choice_id: string, label: string) => void;
}

export function message(entry: Entry, view: MessageView): TemplateResult {
  return entry.from === "user" ? own(entry, view.words) : reply(entry, view);
}

function own(entry: Entry, words: Strings): TemplateResult {
  const note = entry.sent === "waiting" ? words.sending : entry.sent === "failed" ? words.notSent : "";
  return html`<div class="msg user" data-key=${entry.key}>
    <span class="vh">${words.you}: </span>
    <div class="bubble" dir="auto">${entry.text}</div>
    <small class="sent" aria-hidden="true">${note}</small>
  </div>`;
}

function reply(entry: Entry, view: MessageView): TemplateResult {
  const event = entry.event as ChatEvent;
  const lang = event.lang ?? view.lang;
  const { words } = view;
  return html`<div class="msg bot" data-key=${entry.key} lang=${lang}>
    <span class="vh" lang=${view.lang}>${words.helper}: </span>
    <div class="bubble">
      ${event.progress ? progress(event.progress, words) : nothing}
      <div dir="auto">${richText(entry.text, words)}</div>
      ${event.summary?.length ? summary(event.summary, view) : nothing} ${event.outcome ? outcome(event.outcome, lang, words) : nothing}
      ${event.sources?.length ? sources(event, lang, words) : nothing}
    </div>
  </div>`;
}

function progress(at: { step: number; of: number }, words: Strings): TemplateResult {
  const steps = Array.from({ length: Math.min(at.of, 12) }, (_, n) => html`<i class=${n < at.step ? "done" : ""}></i>`);
  return html`<div class="progress"><span>${words.step(at.step, at.of)}</span><span class="steps" aria-hidden="true">${steps}</span></div>`;
}

function summary(items: SummaryItem[], view: MessageView): TemplateResult {
  const row = (item: SummaryItem) => html`<div>
    <dt>${item.label}</dt>
    <dd dir="auto">${item.value}</dd>
    ${view.active && item.id
      ? html`<dd class="act">
          <button type="button" @click=${() => view.choose(item.id!, `${view.words.changeItem}: ${item.label}`)}>
            ${view.words.changeItem}<span class="vh"> ${item.label}</span>
          </button>
        </dd>`
      : nothing}
  </div>`;
  return html`<dl class="summary">${items.map(row)}</dl>`;
}

function outcome(done: Outcome, lang: Lang, words: Strings): TemplateResult {
  const calendar = done.calendar_url ? safeUrl(done.calendar_url) : null;
  return html`<div class=${`outcome ${done.kind}`}>
    <p class="head"><span aria-hidden="true">${done.kind === "cancelled" ? "–" : "✓"}</span> ${words.outcome[done.kind] ?? ""}</p>
    ${done.start ? html`<p>${visitTime(done.start, done.tz, lang)}</p>` : nothing}
    ${typeof done.location === "string" ? html`<p>${done.location}</p>` : nothing}
    ${calendar ? html`<p><a href=${calendar} rel="noopener noreferrer" download>${words.calendar}</a></p>` : nothing}
  </div>`;
}

function sources(event: ChatEvent, lang: Lang, words: Strings): TemplateResult {
  return html`<div class="sources">
    ${event.sources!.map((source) => html`<p>${words.sources}: ${link(source.url, source.title, words)}</p>`)}
    ${event.reviewed ? html`<p>${words.reviewed(shortDate(event.reviewed, lang))}</p>` : nothing}
  </div>`;
}
