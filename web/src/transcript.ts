/** The conversation as a text file, made in the browser: no server sees or keeps the copy. */
import type { Strings } from "./strings";
import type { Entry, Lang } from "./types";

export function transcript(entries: Entry[], clinic: string, words: Strings, lang: Lang): string {
  const time = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const lines = entries.map((entry) => {
    const at = new Date(entry.time);
    const stamp = Number.isNaN(at.getTime()) ? "" : `[${time.format(at)}] `;
    const more = entry.event?.summary?.map((item) => `\n  ${item.label}: ${item.value}`).join("") ?? "";
    const from = entry.event?.sources?.map((source) => `\n  ${words.sources}: ${source.title} ${source.url}`).join("") ?? "";
    return `${stamp}${entry.from === "user" ? words.you : words.helper}: ${entry.text}${more}${from}`;
  });
  return [words.transcript(clinic), "", ...lines, ""].join("\n");
}

export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
