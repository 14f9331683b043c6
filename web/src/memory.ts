/** What survives a reload, in this tab only: the token, what was not sent yet, the draft and the language. */
import type { Lang, Unsent } from "./types";

const KEY = "tms-chat";

export interface Kept {
  token?: string;
  unsent?: Unsent[];
  draft?: string;
  lang?: Lang;
}

export class Memory {
  private kept: Kept = {};

  constructor() {
    try {
      this.kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Kept;
    } catch {
      this.kept = {};
    }
  }

  get<K extends keyof Kept>(name: K): Kept[K] {
    return this.kept[name];
  }

  set<K extends keyof Kept>(name: K, value: Kept[K]): void {
    if (value === undefined || value === "") delete this.kept[name];
    else this.kept[name] = value;
    this.save();
  }

  /** Everything but the language goes: the next person at this screen sees nothing. */
  clear(): void {
    this.kept = this.kept.lang ? { lang: this.kept.lang } : {};
    this.save();
  }

  private save(): void {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // Storage refused by the browser: the chat works, a reload starts anew.
    }
  }
}
