/** The panel: puts the conversation on the page and the patient's gestures into the conversation. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { composer } from "./composer";
import { Conversation } from "./conversation";
import { dialog, type Asking } from "./dialogs";
import { header } from "./header";
import { Host, langFromAddress } from "./host";
import { Memory } from "./memory";
import { message } from "./message";
import { alerts, notices, states } from "./notices";
import { countChoices, options } from "./options";
import { safeUrl } from "./richtext";
import { Scroller } from "./scroller";
import { preferredLang, strings } from "./strings";
import { saveText, transcript } from "./transcript";
import type { ChatEvent, Config, Entry, Lang } from "./types";

const CONFIG_AGAIN_MS = 3_000;
const HOLD_LOOK_MS = 10_000;

export class Panel extends LitElement {
  private readonly memory = new Memory();
  private readonly talk = new Conversation(this.memory, () => this.requestUpdate(), (entry) => this.onReply(entry));
  private readonly scroller = new Scroller(() => this.requestUpdate());
  private readonly host: Host;
  private config: Config | null = null;
  private language: Lang;
  private langChosen: boolean;
  private draft = this.memory.get("draft") ?? "";
  private picked = "";
  private complaint = "";
  private hint = "";
  private menuOpen = false;
  private asking: Asking = null;
  private askedFrom: HTMLElement | null = null;
  private unread = 0;
  private shown = true;
  /** History is put in place before the log speaks. */
  private speaks = false;

  constructor() {
    super();
    const asked = this.memory.get("lang") ?? langFromAddress();
    this.langChosen = this.memory.get("lang") !== undefined;
    this.language = asked === "en" || asked === "es" ? asked : preferredLang();
    this.host = new Host({
      opened: (byTouch) => this.onOpened(byTouch),
      closed: () => (this.shown = false),
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    addEventListener("online", () => this.talk.online());
    addEventListener("offline", () => this.requestUpdate());
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("click", (event) => this.onClickAnywhere(event));
    document.addEventListener("visibilitychange", () => this.onVisible());
    visualViewport?.addEventListener("resize", () => this.fitKeyboard());
    setInterval(() => this.activeReply()?.hold_expires_at && this.requestUpdate(), HOLD_LOOK_MS);
    void this.configure();
    void this.talk.resume().then(() => setTimeout(() => this.startSpeaking(), 300));
  }

  private startSpeaking(): void {
    this.speaks = true;
    this.requestUpdate();
  }

  private async configure(): Promise<void> {
    try {
      this.config = await this.talk.api.config();
      this.talk.configure(this.config);
      if (!this.langChosen && this.config.languages && !this.config.languages.includes(this.language)) this.language = "en";
      document.title = strings(this.language).transcript(this.config.clinic);
      this.requestUpdate();
    } catch {
      setTimeout(() => void this.configure(), CONFIG_AGAIN_MS);
    }
  }

  protected override render(): TemplateResult {
    const words = strings(this.language);
    const { talk } = this;
    const active = this.activeReply();
    return html`${header({
        words,
        config: this.config,
        framed: this.host.framed,
        bilingual: (this.config?.languages ?? ["en", "es"]).length > 1,
        otherLang: this.language === "en" ? "es" : "en",
        talked: talk.entries.length > 0,
        menuOpen: this.menuOpen,
        toggleMenu: () => this.set({ menuOpen: !this.menuOpen }),
        copy: (how) => this.ask(how),
        switchLang: () => this.switchLang(),
        end: () => this.ask("end"),
        close: () => this.host.close(),
      })}
      <main>
      <div class="scroll" role="region" aria-label=${words.conversation} tabindex="0" @scroll=${() => this.scroller.moved()}>
        ${this.intro()}
        <div role="log" aria-label=${words.messages} aria-live=${this.speaks && !talk.restoring ? "polite" : "off"}>
          ${repeat(
            talk.entries,
            (entry) => entry.key,
            (entry) => message(entry, { words, lang: this.language, active: entry.event === active, choose: (id, label) => this.choose(id, label) }),
          )}
        </div>
        ${talk.waiting ? html`<div class="typing" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
        ${active ? options(active, this.optionsView(active)) : nothing} ${talk.entries.length ? nothing : this.starters()}
      </div>
      ${this.scroller.hasNew
        ? html`<div class="below"><button type="button" @click=${() => this.scroller.toEnd()}>${words.newBelow} <span aria-hidden="true">↓</span></button></div>`
        : nothing}
      <div class="notices">
        ${notices(talk, navigator.onLine, { words, config: this.config, retry: () => this.retry(), takeBack: () => this.takeBack(), stay: () => this.stay() })}
      </div>
      ${composer({
        words,
        draft: this.draft,
        expects: active?.expects,
        most: this.config?.max_chars ?? 1000,
        describedBy: talk.entries.length ? "" : "intro",
        type: (text) => this.onType(text),
        send: () => this.send(),
      })}
      </main>
      <div role="status" class="vh">${states(talk, navigator.onLine, words) || this.hint}</div>
      <div role="alert" class="vh">${alerts(talk, words) || this.complaint}</div>
      ${dialog(this.asking, words, () => void this.confirmed(), () => this.answered())}`;
  }

  protected override updated(_changed: PropertyValues): void {
    document.documentElement.lang = this.language;
    this.scroller.settle(this.querySelector(".scroll")!, this.talk.entries, this.talk.restoring);
    const box = this.querySelector("dialog")!;
    if (this.asking && !box.open) box.showModal();
    if (!this.asking && box.open) box.close();
    if (this.talk.returned) {
      this.onType(this.draft ? `${this.talk.returned} ${this.draft}` : this.talk.returned);
      this.talk.returned = "";
    }
  }

  private intro(): TemplateResult {
    const words = strings(this.language);
    const { gone } = this.talk;
    const privacy = this.config?.privacy_url ? safeUrl(this.config.privacy_url) : null;
    return html`${gone
        ? html`<p class="gone" role="status">${gone === "ended" ? words.ended : words.goneIdle}${gone === "idle" && this.draft ? ` ${words.goneReturned}` : ""}</p>`
        : nothing}
      <div class="msg bot" id="intro">
        <div class="bubble">
          <p>${words.hello(this.config?.clinic ?? "…")}</p>
          <p>${words.notFor}</p>
          <p>${words.helloMore}</p>
          <p class="fine">
            ${words.kept} ${privacy ? html`<a href=${privacy} target="_blank" rel="noopener noreferrer">${words.privacy}<span class="vh"> (${words.newTab})</span></a>` : nothing}
          </p>
        </div>
      </div>`;
  }

  private starters(): TemplateResult {
    const words = strings(this.language);
    return html`<div class="options">
      <div class="choices" role="group" aria-label=${words.starters}>
        ${words.starterList.map((text) => html`<button type="button" @click=${() => this.say(text)}>${text}</button>`)}
      </div>
    </div>`;
  }

  /** The reply whose choices still count: the last said thing, when nothing is on its way. */
  private activeReply(): ChatEvent | null {
    const { entries, waiting } = this.talk;
    if (waiting) return null;
    const turn: ChatEvent[] = [];
    for (const entry of [...entries].reverse()) {
      if (entry.sent === "failed") continue;
      if (!entry.event) break;
      turn.push(entry.event);
    }
    return turn.find((event) => event.choices?.length || event.summary?.length) ?? turn[0] ?? null;
  }

  private optionsView(event: ChatEvent) {
    return {
      words: strings(this.language),
      lang: event.lang ?? this.language,
      picked: this.picked,
      complaint: this.complaint,
      holdMinutes: this.holdMinutes(event),
      pick: (id: string) => this.set({ picked: id, complaint: "" }),
      complain: (text: string) => this.set({ complaint: text }),
      choose: (id: string, label: string) => this.choose(id, label),
      say: (text: string) => this.say(text),
    };
  }

  private holdMinutes(event: ChatEvent): number | null {
    if (!event.hold_expires_at) return null;
    const left = Date.parse(event.hold_expires_at) + this.talk.skew - Date.now();
    return Number.isNaN(left) ? null : Math.max(0, Math.ceil(left / 60_000));
  }

  private send(): void {
    const text = this.draft.trim();
    if (text) this.say(text, true);
    else this.field()?.focus();
  }

  private say(text: string, typed = false): void {
    if (typed) this.onType("");
    this.acted();
    this.talk.say(text);
    if (typed) this.field()?.focus();
  }

  private choose(id: string, label: string): void {
    this.acted();
    this.talk.choose(id, label);
  }

  private retry(): void {
    this.acted();
    this.talk.retry();
  }

  private takeBack(): void {
    this.onType([this.talk.takeBack(), this.draft].filter(Boolean).join(" "));
    this.field()?.focus();
  }

  private stay(): void {
    this.acted();
    void this.talk.stay();
  }

  /** After a gesture on a control that is about to go: focus to the message box, or to the talk where that would raise a keyboard. */
  private acted(): void {
    this.set({ picked: "", complaint: "", hint: "" });
    this.scroller.follow();
    const touch = matchMedia("(pointer: coarse)").matches;
    if (touch) this.querySelector<HTMLElement>(".scroll")?.focus({ preventScroll: true });
    else this.field()?.focus();
  }

  private onReply(entry: Entry): void {
    const event = entry.event!;
    const words = strings(this.language);
    const { slots, others } = countChoices(event);
    this.hint = slots ? words.timesSaid(slots) : others ? words.optionsSaid(others) : "";
    if (!this.langChosen && event.lang && event.lang !== this.language && strings(event.lang)) this.language = event.lang;
    if (!this.shown || document.hidden) this.host.unread(++this.unread);
  }

  private onOpened(byTouch: boolean): void {
    this.shown = true;
    this.read();
    const target = byTouch ? this.querySelector<HTMLElement>("#title") : this.field();
    target?.focus();
  }

  private onVisible(): void {
    if (document.hidden) return;
    this.talk.seen();
    if (this.shown) this.read();
  }

  private read(): void {
    if (this.unread) this.host.unread((this.unread = 0));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.asking) return;
    if (this.menuOpen) {
      this.set({ menuOpen: false });
      this.querySelector<HTMLElement>(".more > button")?.focus();
    } else if (this.host.framed) this.host.close();
  }

  private onClickAnywhere(event: Event): void {
    if (this.menuOpen && !(event.target as Element).closest(".more")) this.set({ menuOpen: false });
  }

  private onType(text: string): void {
    this.draft = text;
    this.memory.set("draft", text);
    this.requestUpdate();
  }

  private switchLang(): void {
    this.langChosen = true;
    this.language = this.language === "en" ? "es" : "en";
    this.memory.set("lang", this.language);
    this.set({ menuOpen: false, hint: "" });
    this.querySelector<HTMLElement>(".more > button")?.focus();
  }

  private ask(what: Asking): void {
    this.askedFrom = this.querySelector<HTMLElement>(what === "end" ? "button.end" : ".more > button");
    this.set({ asking: what, menuOpen: false });
  }

  private answered(): void {
    this.asking = null;
    this.requestUpdate();
    void this.updateComplete.then(() => this.askedFrom?.focus());
  }

  private async confirmed(): Promise<void> {
    const { asking } = this;
    const words = strings(this.language);
    this.answered();
    await this.updateComplete;
    if (asking === "save") saveText(transcript(this.talk.entries, this.config?.clinic ?? "", words, this.language), "chat.txt");
    if (asking === "print") print();
    if (asking === "end") {
      this.draft = "";
      void this.talk.end();
      await this.updateComplete;
      this.field()?.focus();
    }
  }

  /** iOS lays its keyboard over the page: give the page the height that is left. */
  private fitKeyboard(): void {
    const height = visualViewport && visualViewport.scale === 1 ? `${Math.round(visualViewport.height)}px` : "";
    document.documentElement.style.setProperty("--view", height);
    this.scroller.keep();
  }

  private field(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#message");
  }

  private set(change: Partial<Record<"picked" | "complaint" | "hint", string>> & { menuOpen?: boolean; asking?: Asking }): void {
    Object.assign(this, change);
    this.requestUpdate();
  }
}
