/** A reply's plain text as nodes: paragraphs, lists, bold, links. Never markup: whatever looks like HTML stays text. */
import { html, type TemplateResult } from "lit";
import type { Strings } from "./strings";

type Part = TemplateResult | string;

const INLINE =
  /\[([^\]\n]{1,200})\]\(([^)\s]{1,500})\)|\*\*([^*\n]{1,300})\*\*|(https?:\/\/[^\s<>"']{1,500})|(\(\d{3}\) \d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b)|\b(911|988)\b/g;
const BULLET = /^\s*[-•*]\s+/;

/** The address when it may be a link; null for javascript:, data: and whatever else. */
export function safeUrl(text: string): string | null {
  try {
    const url = new URL(text, location.href);
    return /^(https?|mailto|tel):$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(url: string, label: string, words: Strings): Part {
  const safe = safeUrl(url);
  if (!safe) return label;
  if (/^(mailto|tel):/.test(safe)) return html`<a href=${safe} rel="noopener noreferrer">${label}</a>`;
  return html`<a href=${safe} target="_blank" rel="noopener noreferrer"
    >${label}<span class="vh"> (${words.newTab})</span></a
  >`;
}

function inline(text: string, words: Strings): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(at, found.index));
    const [all, label, url, bold, bare, phone, help] = found;
    if (label && url) parts.push(link(url, label, words));
    else if (bold) parts.push(html`<strong>${bold}</strong>`);
    else if (bare) {
      const trimmed = bare.replace(/[.,;:!?)]+$/, "");
      parts.push(link(trimmed, trimmed, words), bare.slice(trimmed.length));
    } else if (phone) parts.push(link(`tel:+1${phone.replace(/\D/g, "")}`, phone, words));
    else if (help) parts.push(link(`tel:${help}`, help, words));
    at = found.index + all.length;
  }
  parts.push(text.slice(at));
  return parts;
}

export function richText(text: string, words: Strings): TemplateResult[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter(Boolean)
    .map((block) => {
      const lines = block.split("\n");
      const first = lines.findIndex((line) => BULLET.test(line));
      if (first < 0 || !lines.slice(first).every((line) => BULLET.test(line))) return paragraph(lines, words);
      return html`${first ? paragraph(lines.slice(0, first), words) : ""}
        <ul>
          ${lines.slice(first).map((line) => html`<li>${inline(line.replace(BULLET, ""), words)}</li>`)}
        </ul>`;
    });
}

function paragraph(lines: string[], words: Strings): TemplateResult {
  return html`<p>${lines.map((line, n) => [n ? html`<br />` : "", ...inline(line, words)])}</p>`;
}
