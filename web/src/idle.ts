/** Counts the quiet minutes after which the server forgets the session, and warns in time to stay (WCAG 2.2.1). */

const WARN_BEFORE_MS = 120_000;
const LOOK_EVERY_MS = 5_000;

export class IdleWatch {
  private touched = Date.now();
  private timer = 0;
  private limit = 30 * 60_000;
  warned = false;

  constructor(
    private readonly warn: (on: boolean) => void,
    private readonly over: () => void,
  ) {}

  set minutes(minutes: number) {
    this.limit = minutes * 60_000;
  }

  start(): void {
    this.touch();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS) as unknown as number;
  }

  stop(): void {
    clearInterval(this.timer);
    this.tell(false);
  }

  touch(): void {
    this.touched = Date.now();
    this.tell(false);
  }

  private look(): void {
    const left = this.touched + this.limit - Date.now();
    if (left <= 0) {
      this.tell(false);
      this.over();
    } else if (left <= Math.min(WARN_BEFORE_MS, this.limit / 2)) {
      this.tell(true);
    }
  }

  private tell(on: boolean): void {
    if (on === this.warned) return;
    this.warned = on;
    this.warn(on);
  }
}
