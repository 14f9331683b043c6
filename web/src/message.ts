/** One message of the log. Nothing here changes after it was appended, so that it is announced once. */
import { html, nothing, type TemplateResult } from "lit";
import { link, richText, safeUrl } from "./richtext";
import { shortDate, visitTime, type Strings } from "./strings";
import type { ChatEvent, Entry, Lang, Outcome, SummaryItem } from "./types";

const COUNT = /(^|\n)(?:Step|Paso) \d+ (?:of|de) \d+: ([¿¡]?\p{L})/gu;

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
      ${body(entry.text, event, view)} ${event.outcome ? outcome(event.outcome, lang, words) : nothing}
      ${event.sources?.length ? sources(event, lang, words) : nothing}
    </div>
  </div>`;
}

/** The text without what stands beside it as a card or a bar: the lines of the summary, the count of steps. */
function body(text: string, event: ChatEvent, view: MessageView): TemplateResult {
  const { words } = view;
  if (event.progress) text = text.replace(COUNT, (_all, before: string, first: string) => before + first.toUpperCase());
  if (!event.summary?.length) return html`<div dir="auto">${richText(text, words)}</div>`;
  const rows = new Set(event.summary.map((item) => `${item.label}: ${item.value}`));
  const lines = text.split("\n");
  const from = lines.findIndex((line) => rows.has(line.trim()));
  const at = from < 0 ? lines.length : from;
  const rest = lines.slice(at).filter((line) => !rows.has(line.trim()));
  return html`<div dir="auto">${richText(lines.slice(0, at).join("\n"), words)}</div>
    ${summary(event.summary, view)}
    <div dir="auto" class="after">${richText(rest.join("\n"), words)}</div>`;
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

/** One source in the open; several behind a tap, so that a listener is not read every title after each answer. */
function sources(event: ChatEvent, lang: Lang, words: Strings): TemplateResult {
  const all = event.sources!.map((source) => html`<p>${link(source.url, source.title, words)}</p>`);
  const date = event.reviewed ? html`<p>${words.reviewed(shortDate(event.reviewed, lang))}</p>` : nothing;
  if (all.length > 1) {
    return html`<div class="sources">
      ${date}
      <details>
        <summary>${words.sourceCount(all.length)}</summary>
        ${all}
      </details>
    </div>`;
  }
  return html`<div class="sources"><p>${words.sources}:</p>${all}${date}</div>`;
}
