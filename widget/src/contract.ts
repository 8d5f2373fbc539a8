// What travels between the chat and the server's `webchat` channel, as its OpenAPI tells it.

export interface Button {
  id: string;
  title: string;
}

export interface Source {
  topic: string;
  document: string;
  section: string;
  publisher: string;
  address?: string | null;
  reviewed: string;
  by: string;
}

export interface Phone {
  label: string;
  number: string;
}

export type Outcome =
  | "answered"
  | "asked_back"
  | "declined"
  | "safety"
  | "conversation"
  | "form"
  | "failed";

export interface Reply {
  text: string;
  outcome: Outcome;
  buttons: Button[];
  sources: Source[];
  phones: Phone[];
}

export interface Turn {
  number: number;
  id: string;
  said: string;
  replies: Reply[];
}

/** What the clinic tells everybody before a chat begins. */
export interface Facts {
  clinic: string;
  phone: string;
  booking: string;
  privacy: string;
  emergency: Phone;
  crisis: Phone;
  demo: boolean;
  keep_days: number;
  starters: string[];
  language: string;
}

/** One message on its way: typed words, or the id of a button that was offered. */
export interface Message {
  id: string;
  said: string;
  button?: string;
}
