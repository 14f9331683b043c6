/** Keeps the newest message in view unless the patient is reading further up: then says that something is new. */
import type { Entry } from "./types";

const NEAR_PX = 120;
const ABOVE_PX = 12;

export class Scroller {
  hasNew = false;
  private box: HTMLElement | null = null;
  private count = 0;
  /** How far there is to scroll. */
  private height = 0;
  private following = true;
  private reply = "";
  private target = -1;

  constructor(private readonly changed: () => void) {}

  /** After each update of the page. */
  settle(box: HTMLElement, entries: readonly Entry[], restoring: boolean): void {
    this.box = box;
    const grown = entries.length > this.count;
    const shrunk = entries.length < this.count;
    const first = grown ? entries[this.count] : undefined;
    this.count = entries.length;
    if (shrunk) this.following = true;
    if (restoring) this.following = true;
    if (entries.length && box.scrollHeight - box.clientHeight !== this.height) {
      this.height = box.scrollHeight - box.clientHeight;
      this.reply = restoring ? "" : firstOfTurn(entries);
      if (this.following) this.show();
    }
    if (grown && !this.following && !this.hasNew && first?.from === "bot") {
      this.hasNew = true;
      this.changed();
    }
  }

  moved(): void {
    if (!this.box) return;
    const near = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_PX;
    this.following = near || this.pinned(this.box);
    if (near && this.hasNew) {
      this.hasNew = false;
      this.changed();
    }
  }

  follow(): void {
    this.following = true;
    this.hasNew = false;
  }

  toEnd(): void {
    this.follow();
    this.keep();
    this.box?.focus({ preventScroll: true });
    this.changed();
  }

  keep(): void {
    if (this.following) this.show();
  }

  private pinned(box: HTMLElement): boolean {
    return Math.abs(box.scrollTop - this.target) < 4;
  }

  /** To the end, but never past the beginning of the reply that just came. */
  private show(): void {
    const { box } = this;
    if (!box) return;
    let top = box.scrollHeight - box.clientHeight;
    if (this.reply) {
      const start = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.reply)}"]`);
      if (start) top = Math.min(top, start.offsetTop - ABOVE_PX);
    }
    box.scrollTop = top;
    this.target = box.scrollTop;
  }
}

/** The key of the reply that opens the current turn, "" while it is awaited. */
function firstOfTurn(entries: readonly Entry[]): string {
  let key = "";
  for (const entry of [...entries].reverse()) {
    if (entry.from === "user") break;
    key = entry.key;
  }
  return key;
}
