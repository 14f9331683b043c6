/** The chat API over fetch: one method per route, errors as Problem (the server answered) or Unreachable (it did not). */
import type { ChatEvent, Config, Unsent } from "./types";

const PATIENCE_MS = 15_000;

export class Unreachable extends Error {}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfter: number,
  ) {
    super(code);
  }

  /** Worth sending again unchanged. */
  get retryable(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

export class Api {
  token = "";

  config(): Promise<Config> {
    return this.json<Config>("config");
  }

  async open(): Promise<void> {
    this.token = (await this.json<{ token: string }>("session", { method: "POST", body: "{}" })).token;
  }

  send(message: Unsent): Promise<{ seq: number; duplicate: boolean }> {
    const { id, text, choice_id } = message;
    const body = choice_id === undefined ? { client_msg_id: id, text } : { client_msg_id: id, choice_id };
    return this.json("messages", { method: "POST", body: JSON.stringify(body) });
  }

  /** Keeps a quiet session open. */
  async stay(): Promise<void> {
    await this.call("stay", { method: "POST", body: "{}" }, PATIENCE_MS);
  }

  async end(): Promise<void> {
    await this.call("end", { method: "POST", body: "{}" }, PATIENCE_MS);
  }

  /** Events after `after`; the server waits up to `wait` seconds for one. */
  async since(after: number, wait: number, signal?: AbortSignal): Promise<ChatEvent[]> {
    const init: RequestInit = signal ? { signal } : {};
    const response = await this.call(`events?after=${after}&wait=${wait}`, init, (wait + 10) * 1000);
    return ((await this.read(response)) as { events: ChatEvent[] }).events;
  }

  /** The event stream as it comes; no time limit here, the reader watches for silence. */
  stream(after: number, signal: AbortSignal): Promise<Response> {
    return this.call("events", { signal, headers: { Accept: "text/event-stream", "Last-Event-ID": String(after) } }, 0);
  }

  private async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return (await this.read(await this.call(path, init, PATIENCE_MS))) as T;
  }

  private async read(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch {
      throw new Unreachable();
    }
  }

  private async call(path: string, init: RequestInit, patience: number): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", ...(init.headers as Record<string, string>) };
    if (init.body) headers["Content-Type"] = "application/json";
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    const limit = new AbortController();
    const timer = patience ? setTimeout(() => limit.abort(), patience) : 0;
    const outer = init.signal;
    outer?.addEventListener("abort", () => limit.abort(), { once: true });
    if (outer?.aborted) limit.abort();
    let response: Response;
    try {
      response = await fetch(`/chat/${path}`, {
        ...init,
        headers,
        signal: limit.signal,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    const wait = Number(response.headers.get("Retry-After"));
    throw new Problem(response.status, problem.code ?? "", problem.detail ?? "", wait > 0 ? Math.min(wait, 300) : 0);
  }
}
