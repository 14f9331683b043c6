/** Messages on their way: kept until the server has stored them, sent one at a time in order, each with an id the server knows repeats by. */
import { Problem, Unreachable } from "./api";
import type { Memory } from "./memory";
import type { Unsent } from "./types";

const QUIET_RETRIES_MS = [1_000, 3_000];

export type Trouble =
  | { kind: "failed"; message: Unsent }
  | { kind: "offline"; message: Unsent }
  | { kind: "wait"; message: Unsent; seconds: number; detail: string }
  | { kind: "refused"; message: Unsent; detail: string };

export interface Carrier {
  deliver(message: Unsent): Promise<void>;
  expired(message: Unsent): void;
  trouble(trouble: Trouble | null): void;
}

export class Outbox {
  private queue: Unsent[];
  private busy = false;
  private timer = 0;
  private quiet = 0;

  constructor(
    private readonly memory: Memory,
    private readonly carrier: Carrier,
  ) {
    this.queue = memory.get("unsent") ?? [];
  }

  get waiting(): readonly Unsent[] {
    return this.queue;
  }

  add(message: Unsent): void {
    this.queue.push(message);
    this.save();
    this.go();
  }

  /** Take a message back, for editing or because the server has it. */
  drop(id: string): Unsent | undefined {
    const found = this.queue.find((message) => message.id === id);
    this.queue = this.queue.filter((message) => message !== found);
    this.save();
    return found;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.queue = [];
    this.save();
    this.carrier.trouble(null);
  }

  /** Try now: something was added, the patient asked, or the network is back. */
  go(): void {
    clearTimeout(this.timer);
    this.quiet = 0;
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let head = this.queue[0]; head; head = this.queue[0]) {
        if (!(await this.attempt(head))) break;
      }
    } finally {
      this.busy = false;
    }
  }

  private async attempt(message: Unsent): Promise<boolean> {
    try {
      await this.carrier.deliver(message);
    } catch (error) {
      if (!this.queue.includes(message)) return true;
      this.explain(error, message);
      return false;
    }
    this.quiet = 0;
    this.drop(message.id);
    this.carrier.trouble(null);
    return true;
  }

  private explain(error: unknown, message: Unsent): void {
    if (error instanceof Problem) {
      if (error.status === 401) {
        this.clear();
        this.carrier.expired(message);
        return;
      }
      if (error.status === 429) {
        const seconds = error.retryAfter || 5;
        this.carrier.trouble({ kind: "wait", message, seconds, detail: error.detail });
        this.again(seconds * 1000);
        return;
      }
      if (!error.retryable) {
        this.carrier.trouble({ kind: "refused", message, detail: error.detail });
        return;
      }
    } else if (!(error instanceof Unreachable)) {
      throw error;
    }
    if (!navigator.onLine) {
      this.carrier.trouble({ kind: "offline", message });
      return;
    }
    const delay = QUIET_RETRIES_MS[this.quiet++];
    if (delay === undefined) this.carrier.trouble({ kind: "failed", message });
    else this.again(delay);
  }

  private again(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.pump(), delay) as unknown as number;
  }

  private save(): void {
    this.memory.set("unsent", this.queue.length ? this.queue : undefined);
  }
}
