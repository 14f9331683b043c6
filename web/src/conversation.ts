/** One conversation: what was said, what is on its way, and how the connection is. Knows no page. */
import { Api, Problem } from "./api";
import { IdleWatch } from "./idle";
import type { Memory } from "./memory";
import { Outbox, type Trouble } from "./outbox";
import { EventStream } from "./stream";
import type { ChatEvent, Config, Entry, Unsent } from "./types";

const LONG_WAIT_MS = 15_000;
const SILENT_MS = 60_000;
const QUIET_GAP_MS = 1_500;
const RESTORE_AGAIN_MS = 2_000;

export type Gone = "idle" | "ended" | null;

export class Conversation {
  entries: Entry[] = [];
  trouble: Trouble | null = null;
  /** "slow" after a quarter of a minute without an answer, "silent" after a minute. */
  waiting: "" | "typing" | "slow" | "silent" = "";
  linked = true;
  restoring = false;
  idleWarning = false;
  gone: Gone = null;
  /** Text given back to the patient because its session was over. */
  returned = "";
  /** Local clock minus the server's, in milliseconds, from the last live event. */
  skew = 0;

  readonly api = new Api();
  private readonly outbox: Outbox;
  private readonly stream: EventStream;
  private readonly idle: IdleWatch;
  private open: Promise<void> | null = null;
  private linkTimer = 0;
  private waitTimers: number[] = [];
  private seqs = new Map<number, string>();

  constructor(
    private readonly memory: Memory,
    private readonly changed: () => void,
    private readonly heard: (entry: Entry) => void,
  ) {
    this.outbox = new Outbox(memory, {
      deliver: (message) => this.deliver(message),
      expired: (message) => this.expire(message),
      trouble: (trouble) => this.onTrouble(trouble),
    });
    this.stream = new EventStream(this.api, {
      event: (event) => this.take(event, true),
      link: (up) => this.onLink(up),
      refused: () => this.expire(),
    });
    this.idle = new IdleWatch(
      (on) => {
        this.idleWarning = on;
        this.changed();
      },
      () => void this.confirmIdle(),
    );
  }

  configure(config: Config): void {
    if (config.idle_minutes) this.idle.minutes = config.idle_minutes;
  }

  /** After a reload: fetch what was said, quietly, then listen. */
  async resume(): Promise<void> {
    this.api.token = this.memory.get("token") ?? "";
    if (this.api.token && !(await this.restore())) return;
    for (const message of this.outbox.waiting) this.show(message);
    if (this.outbox.waiting.length) this.startWaiting();
    this.outbox.go();
    this.changed();
  }

  /** False when the session was over. */
  private async restore(): Promise<boolean> {
    this.restoring = true;
    this.changed();
    for (;;) {
      try {
        const page = await this.api.since(this.lastSeq, 0);
        for (const event of page) this.take(event, false);
        if (!page.length) break;
      } catch (error) {
        if (error instanceof Problem && error.status < 500 && error.status !== 429) {
          this.restoring = false;
          this.expire(this.outbox.waiting[0]);
          return false;
        }
        this.onLink(false);
        await new Promise((resolve) => setTimeout(resolve, RESTORE_AGAIN_MS));
      }
    }
    this.onLink(true);
    this.restoring = false;
    this.stream.start(this.lastSeq);
    this.idle.start();
    return true;
  }

  say(text: string): void {
    this.put({ id: newId(), label: text, text });
  }

  choose(choice_id: string, label: string): void {
    this.put({ id: newId(), label, choice_id });
  }

  retry(): void {
    this.trouble = null;
    this.outbox.go();
    this.changed();
  }

  /** Take the message that will not go out back into the patient's hands. */
  takeBack(): string {
    const message = this.trouble?.message;
    this.trouble = null;
    if (!message) return "";
    this.outbox.drop(message.id);
    this.entries = this.entries.filter((entry) => entry.key !== message.id);
    this.settle();
    this.outbox.go();
    this.changed();
    return message.text ?? "";
  }

  /** "I am still here": tells the server, which counts from now again. The warning stays while that has not worked. */
  async stay(): Promise<void> {
    try {
      await this.api.stay();
      this.idle.touch();
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.expire();
    }
  }

  async end(): Promise<void> {
    const end = this.api.token ? this.api.end().catch(() => {}) : Promise.resolve();
    this.forget("ended");
    await end;
  }

  online(): void {
    this.stream.nudge();
    if (this.outbox.waiting.length && this.trouble?.kind !== "wait" && this.trouble?.kind !== "refused") this.retry();
    this.changed();
  }

  seen(): void {
    this.stream.nudge();
  }

  private lastSeq = 0;

  private put(message: Unsent): void {
    this.gone = null;
    this.show(message);
    this.startWaiting();
    this.outbox.add(message);
    this.changed();
  }

  private show(message: Unsent): void {
    this.entries = [
      ...this.entries,
      { key: message.id, from: "user", text: message.label, time: new Date().toISOString(), sent: "waiting" },
    ];
  }

  private async deliver(message: Unsent): Promise<void> {
    if (!this.api.token) {
      this.open ??= this.api.open().finally(() => (this.open = null));
      await this.open;
      this.memory.set("token", this.api.token);
      this.lastSeq = 0;
      this.stream.start(0);
      this.idle.start();
    }
    const { seq } = await this.api.send(message);
    this.seqs.set(seq, message.id);
    this.idle.touch();
    this.mark(message.id, "sent");
  }

  private mark(key: string, sent: "waiting" | "sent" | "failed"): void {
    this.entries = this.entries.map((entry) => (entry.key === key ? { ...entry, sent } : entry));
    this.changed();
  }

  private take(event: ChatEvent, live: boolean): void {
    this.lastSeq = Math.max(this.lastSeq, event.seq);
    if (live) this.skew = Date.now() - Date.parse(event.time) || 0;
    if (event.type === "status") {
      if (event.state === "typing" && live) this.startWaiting();
      if (event.state === "idle" && this.isLatest(event.in_reply_to)) this.settle();
    } else if (event.type === "user") {
      this.takeOwn(event);
    } else {
      const entry: Entry = { key: `e${event.seq}`, from: "bot", text: event.text ?? "", time: event.time, event };
      this.entries = [...this.entries, entry];
      if (live) this.heard(entry);
    }
    this.changed();
  }

  /** The server's copy of what the patient said: ours when we sent it, new when another tab or an earlier load did. */
  private takeOwn(event: ChatEvent): void {
    const known = event.client_msg_id ?? event.in_reply_to ?? this.seqs.get(event.seq);
    const mine =
      this.entries.find((entry) => entry.key === known) ??
      this.entries.find((entry) => entry.from === "user" && entry.sent === "waiting" && entry.text === event.text);
    if (known) this.outbox.drop(known);
    if (mine) {
      this.outbox.drop(mine.key);
      this.mark(mine.key, "sent");
      return;
    }
    this.entries = [
      ...this.entries,
      { key: known ?? `e${event.seq}`, from: "user", text: event.text ?? "", time: event.time, sent: "sent" },
    ];
  }

  private isLatest(id: string | undefined): boolean {
    const own = this.entries.filter((entry) => entry.from === "user").at(-1);
    return !id || !own || own.key === id || own.sent === "failed";
  }

  private startWaiting(): void {
    this.settle();
    this.waiting = "typing";
    const later = (state: "slow" | "silent", after: number) =>
      setTimeout(() => {
        this.waiting = state;
        this.changed();
      }, after) as unknown as number;
    this.waitTimers = [later("slow", LONG_WAIT_MS), later("silent", SILENT_MS)];
  }

  private settle(): void {
    this.waitTimers.forEach(clearTimeout);
    this.waiting = "";
  }

  private onTrouble(trouble: Trouble | null): void {
    this.trouble = trouble;
    if (trouble) {
      this.settle();
      this.mark(trouble.message.id, trouble.kind === "failed" || trouble.kind === "refused" ? "failed" : "waiting");
    } else if (this.entries.some((entry) => entry.sent === "waiting")) {
      this.startWaiting();
    }
    this.changed();
  }

  private onLink(up: boolean): void {
    clearTimeout(this.linkTimer);
    if (up === this.linked) return;
    const apply = () => {
      this.linked = up;
      this.changed();
    };
    if (up) apply();
    else this.linkTimer = setTimeout(apply, QUIET_GAP_MS) as unknown as number;
  }

  private async confirmIdle(): Promise<void> {
    this.idle.stop();
    try {
      await this.api.since(this.stream.last, 0);
      this.idle.start();
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.expire();
      else this.idle.start();
    }
  }

  private expire(message?: Unsent): void {
    this.returned = message?.text ?? "";
    this.forget("idle");
  }

  private forget(gone: Gone): void {
    this.stream.stop();
    this.idle.stop();
    this.settle();
    this.api.token = "";
    this.memory.set("token", undefined);
    this.outbox.clear();
    if (gone === "ended") this.memory.clear();
    this.entries = [];
    this.seqs.clear();
    this.lastSeq = 0;
    this.linked = true;
    this.trouble = null;
    this.gone = gone;
    this.changed();
  }
}

/** Random and unique; `crypto.randomUUID` is missing on plain http. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
