/** The panel's side of the talk with the page that frames it. The framing page's origin comes in the address fragment; the browser delivers to that origin only, and frame-ancestors says who may frame at all. */

export interface HostEvents {
  opened: (byTouch: boolean) => void;
  closed: () => void;
}

export class Host {
  readonly framed = window.parent !== window;
  private readonly origin: string;

  constructor(events: HostEvents) {
    this.origin = new URLSearchParams(location.hash.slice(1)).get("host") ?? "";
    if (!this.framed) return;
    window.addEventListener("message", (message) => {
      if (message.source !== window.parent || message.origin !== this.origin) return;
      const data = message.data as { tmsChat?: string };
      if (data?.tmsChat === "opened") events.opened(matchMedia("(pointer: coarse)").matches);
      if (data?.tmsChat === "closed") events.closed();
    });
    this.tell("ready");
  }

  close(): void {
    this.tell("close");
  }

  unread(count: number): void {
    this.tell("unread", count);
  }

  private tell(what: string, count?: number): void {
    if (!this.framed || !this.origin) return;
    try {
      window.parent.postMessage({ tmsChat: what, count }, this.origin);
    } catch {
      // A made-up origin in the address: nobody to tell.
    }
  }
}

export function langFromAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("lang");
}
