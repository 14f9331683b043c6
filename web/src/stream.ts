/** Numbered events from the server: a fetch-read event stream, long polling where a proxy holds the stream back. */
import { createParser } from "eventsource-parser";
import { Problem, Unreachable, type Api } from "./api";
import type { ChatEvent } from "./types";

const FIRST_BYTE_MS = 4_000;
const SILENCE_MS = 50_000;
const STALE_MS = 25_000;

export interface Listener {
  event(event: ChatEvent): void;
  link(up: boolean): void;
  refused(problem: Problem): void;
}

/** The response began but nothing came through: somebody in between buffers. */
class Buffered extends Error {}

export class EventStream {
  last = 0;
  private run: AbortController | null = null;
  private wake: () => void = () => {};
  private polling = false;
  private failures = 0;
  private heard = 0;

  constructor(
    private readonly api: Api,
    private readonly listener: Listener,
  ) {}

  start(after: number): void {
    this.stop();
    this.last = after;
    this.failures = 0;
    this.run = new AbortController();
    void this.loop(this.run.signal);
  }

  stop(): void {
    this.run?.abort();
    this.run = null;
    this.wake();
  }

  get running(): boolean {
    return this.run !== null;
  }

  /** The network is back or the page is in view again: do not wait for the back-off, do not trust a silent stream. */
  nudge(): void {
    if (!this.run) return;
    if (Date.now() - this.heard > STALE_MS) this.start(this.last);
    else this.wake();
  }

  private async loop(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const before = this.last;
      const began = Date.now();
      try {
        await (this.polling ? this.poll(stop) : this.read(stop));
        const fruitful = this.last > before || Date.now() - began > 3_000;
        this.failures = fruitful ? 0 : this.failures + 1;
      } catch (error) {
        if (stop.aborted) return;
        if (error instanceof Problem && (error.status === 401 || error.status === 403)) {
          this.run = null;
          this.listener.refused(error);
          return;
        }
        this.failures = this.last > before ? 0 : this.failures + 1;
        if (error instanceof Buffered) {
          this.polling = true;
          continue;
        }
        if (this.failures && this.failures % 4 === 0) this.polling = !this.polling;
      }
      if (stop.aborted) return;
      if (this.failures > 1) this.listener.link(false);
      if (!this.polling || this.failures) await this.pause(stop);
    }
  }

  /** Jittered back-off: at once after progress, up to half a minute without any. */
  private pause(stop: AbortSignal): Promise<void> {
    const most = this.failures ? Math.min(30_000, 500 * 2 ** this.failures) : 200;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most * (0.4 + 0.6 * Math.random()));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stop.aborted) this.wake();
    });
  }

  private async poll(stop: AbortSignal): Promise<void> {
    const events = await this.api.since(this.last, 20, stop);
    this.hear();
    for (const event of events) this.take(event);
  }

  private async read(stop: AbortSignal): Promise<void> {
    const mine = new AbortController();
    const cancel = () => mine.abort();
    stop.addEventListener("abort", cancel);
    let silent = false;
    let timer = setTimeout(() => this.silence(mine, () => (silent = true)), FIRST_BYTE_MS);
    let first = true;
    const parser = createParser({
      onEvent: (message) => {
        const event = parse(message.data);
        if (event) this.take(event);
      },
    });
    try {
      const response = await this.api.stream(this.last, mine.signal);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        first = false;
        clearTimeout(timer);
        timer = setTimeout(() => this.silence(mine, () => (silent = true)), SILENCE_MS);
        this.hear();
        parser.feed(value);
      }
    } catch (error) {
      if (silent && first) throw new Buffered();
      throw error instanceof Problem ? error : new Unreachable();
    } finally {
      clearTimeout(timer);
      stop.removeEventListener("abort", cancel);
      mine.abort();
    }
  }

  private silence(mine: AbortController, note: () => void): void {
    note();
    mine.abort();
  }

  private hear(): void {
    this.heard = Date.now();
    this.listener.link(true);
  }

  private take(event: ChatEvent): void {
    if (event.seq <= this.last) return;
    this.last = event.seq;
    this.listener.event(event);
  }
}

function parse(data: string): ChatEvent | null {
  try {
    const event = JSON.parse(data) as ChatEvent;
    return typeof event.seq === "number" ? event : null;
  } catch {
    return null;
  }
}
