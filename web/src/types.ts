/** The shapes of the chat API (docs/architecture.md). What the gateway adds later is ignored, never an error. */

export type Lang = "en" | "es";

export interface Choice {
  id: string;
  label: string;
  kind: "slot" | "answer" | "topic" | "more";
  day?: string;
}

export interface Source {
  title: string;
  url: string;
}

export interface SummaryItem {
  item: string;
  label: string;
  value: string;
  /** Present when the patient may change this item. */
  id?: string;
}

export interface Outcome {
  kind: "booked" | "moved" | "cancelled" | "confirmed" | "waitlisted" | "requested";
  start?: string;
  end?: string;
  tz?: string;
  location?: string;
  sessions?: unknown;
  calendar_url?: string;
}

export type Expects = "choice" | "name" | "date_of_birth" | "phone" | "code" | "time" | "yes_no";

export interface ChatEvent {
  seq: number;
  type: "user" | "bot" | "status";
  time: string;
  in_reply_to?: string;
  client_msg_id?: string;
  lang?: Lang;
  text?: string;
  choices?: Choice[];
  expects?: Expects;
  progress?: { step: number; of: number };
  outcome?: Outcome;
  sources?: Source[];
  reviewed?: string;
  hold_expires_at?: string;
  summary?: SummaryItem[];
  state?: "typing" | "idle";
}

/** GET /chat/config. Only the clinic's name and phone are counted on. */
export interface Config {
  clinic: string;
  phone: string;
  phone_display: string;
  languages?: Lang[];
  privacy_url?: string | null;
  idle_minutes?: number;
  max_chars?: number;
}

/** One line of the conversation as the patient sees it. */
export interface Entry {
  key: string;
  from: "user" | "bot";
  text: string;
  time: string;
  sent?: "waiting" | "sent" | "failed";
  event?: ChatEvent;
}

/** A message not yet acknowledged by the server. */
export interface Unsent {
  id: string;
  label: string;
  text?: string;
  choice_id?: string;
}
