/**
 * The one script tag on the clinic's page: `<script src="https://chat.example/static/loader.js" async></script>`.
 * Puts a launcher on the page; nothing is stored or requested before the first opening, which brings the panel in a frame
 * from the chat's own origin, where no script of the page can read it. Optional: data-lang="en|es", data-clinic="…".
 */
import css from "./loader.css";

const script = document.currentScript as HTMLScriptElement | null;
const origin = new URL(script?.src ?? location.href).origin;
const lang = script?.dataset["lang"] ?? (document.documentElement.lang || navigator.language);
const spanish = lang.toLowerCase().startsWith("es");
const clinic = script?.dataset["clinic"] ?? "";
const words = spanish
  ? { open: "Chatee con nosotros", close: "Cerrar el chat", unread: "mensajes nuevos", frame: "Chat", page: "Abrir el chat en su propia página" }
  : { open: "Chat with us", close: "Close chat", unread: "new messages", frame: "Chat", page: "Open the chat in its own page" };
const FRAME_PATIENCE_MS = 8_000;

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function start(): void {
  const host = document.createElement("tms-chat-launcher");
  host.lang = spanish ? "es" : "en";
  const root = host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Safari before 16.4.
    root.append(element("style", "", css));
  }

  const region = element("section", "");
  region.setAttribute("aria-label", words.frame);
  const panel = element("div", "panel");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", clinic || words.frame);
  const button = element("button", "launcher");
  button.type = "button";
  const label = element("span", "label", words.open);
  const badge = element("span", "badge");
  badge.hidden = true;
  button.append(label, badge);
  button.setAttribute("aria-expanded", "false");
  region.append(panel, button);
  root.append(region);

  const phone = matchMedia("(max-width: 480px), (max-height: 480px)");
  let frame: HTMLIFrameElement | null = null;
  let ready = false;
  let open = false;
  let stilled: Element[] = [];

  const tell = (what: string) => frame?.contentWindow?.postMessage({ tmsChat: what }, origin);

  /** On a phone the panel covers the page: what is behind must not be reached. */
  const still = (on: boolean) => {
    stilled.forEach((other) => other.removeAttribute("inert"));
    stilled = on ? [...document.body.children].filter((other) => other !== host && !other.hasAttribute("inert")) : [];
    stilled.forEach((other) => other.setAttribute("inert", ""));
    document.documentElement.style.overflow = on ? "hidden" : "";
  };

  const setUnread = (count: number) => {
    badge.hidden = !count;
    badge.textContent = count ? `${count}` : "";
    if (count) badge.append(element("span", "vh", ` ${words.unread}`));
  };

  const build = () => {
    frame = element("iframe", "");
    frame.title = `${words.frame}${clinic ? ` – ${clinic}` : ""}`;
    frame.src = `${origin}/chat#host=${encodeURIComponent(location.origin)}&lang=${spanish ? "es" : "en"}`;
    panel.append(frame);
    setTimeout(() => {
      if (ready) return;
      const link = element("a", "page", words.page);
      link.href = `${origin}/chat`;
      link.target = "_blank";
      link.rel = "noopener";
      panel.append(link);
    }, FRAME_PATIENCE_MS);
  };

  const show = () => {
    if (open) return;
    open = true;
    panel.hidden = false;
    host.className = "open";
    region.classList.add("open");
    button.setAttribute("aria-expanded", "true");
    label.textContent = words.close;
    setUnread(0);
    if (!frame) build();
    frame?.focus();
    if (ready) tell("opened");
    still(phone.matches);
  };

  const hide = () => {
    if (!open) return;
    open = false;
    panel.hidden = true;
    region.classList.remove("open");
    button.setAttribute("aria-expanded", "false");
    label.textContent = words.open;
    still(false);
    tell("closed");
    button.focus();
  };

  button.addEventListener("click", () => (open ? hide() : show()));
  phone.addEventListener("change", () => open && still(phone.matches));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open && (document.activeElement === host || document.activeElement === document.body)) hide();
  });
  addEventListener("click", (event) => {
    const opener = (event.target as Element | null)?.closest?.("[data-tms-chat]");
    if (!opener) return;
    event.preventDefault();
    show();
  });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const data = event.data as { tmsChat?: string; count?: number };
    if (data?.tmsChat === "ready") {
      ready = true;
      panel.querySelector("a")?.remove();
      if (open) {
        frame.focus();
        tell("opened");
      }
    }
    if (data?.tmsChat === "close") hide();
    if (data?.tmsChat === "unread" && !open) setUnread(Number(data.count) || 0);
  });
  document.body.append(host);
  // What has the focus must not lie under the launcher (WCAG 2.4.11).
  if (!document.documentElement.style.scrollPaddingBottom) document.documentElement.style.scrollPaddingBottom = "5rem";
}

if (!document.querySelector("tms-chat-launcher")) {
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
}
