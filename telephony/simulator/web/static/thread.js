// The text thread of one phone: sends, and shows what arrives as it arrives.

import { element } from "./slots.js";
import { currentLanguage, word } from "./words.js";

export class Thread {
  constructor(slots) {
    this.slots = slots;
    this.number = null;
    this.stream = null;
    this.messages = new Map();
    slots.send.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    slots.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
  }

  use(number) {
    this.stream?.close();
    this.number = number;
    this.messages.clear();
    this.slots["send-note"].textContent = "";
    this.show();
    if (!number) return;
    this.stream = new EventSource(`/api/phones/${encodeURIComponent(number)}/stream`);
    this.stream.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (this.messages.has(message.sid)) return;
      this.messages.set(message.sid, message);
      this.append(message);
    };
  }

  async send() {
    const body = this.slots.body.value.trim(), number = this.number, note = this.slots["send-note"];
    if (!body || !number) return;
    this.slots.body.value = "";
    note.textContent = word("sending");
    try {
      const response = await fetch("/api/texts", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ from: number, body }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      note.textContent = answer.replies.length ? "" : word("noReply");
    } catch {
      note.textContent = word("notSent");
      this.slots.body.value ||= body;
    }
  }

  show() {
    this.slots.thread.replaceChildren();
    if (this.messages.size) for (const message of this.messages.values()) this.append(message);
    else this.slots.thread.append(element("div", "empty", word("nothing")));
  }

  append(message) {
    this.slots.thread.querySelector(".empty")?.remove();
    const mine = message.from === this.number;
    const item = element("div", mine ? "me" : "them");
    const bubble = element("div", "bubble");
    bubble.dir = "auto";
    bubble.append(element("span", "visually-hidden", `${word(mine ? "you" : "district")}: `), message.body);
    for (const url of message.media) bubble.append(document.createElement("br"), url);
    const time = new Date(message.at).toLocaleTimeString(currentLanguage(), { hour: "numeric", minute: "2-digit" });
    const parts = message.segments > 1 ? `${time} · ${word("parts", { count: message.segments })}` : time;
    item.append(bubble, element("span", "when", parts));
    this.slots.thread.append(item);
    this.slots.thread.scrollTop = this.slots.thread.scrollHeight;
  }
}
