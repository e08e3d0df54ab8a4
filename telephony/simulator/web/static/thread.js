// The text thread of a phone: sends, and shows what arrives as it arrives.

import { currentLanguage, word } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Thread {
  constructor() {
    this.number = null;
    this.stream = null;
    this.messages = new Map();
    $("send").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    $("body").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
  }

  use(number) {
    this.stream?.close();
    this.number = number;
    this.messages.clear();
    $("send-note").textContent = "";
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
    const body = $("body").value.trim(), number = this.number;
    if (!body || !number) return;
    $("body").value = "";
    $("send-note").textContent = word("sending");
    try {
      const response = await fetch("/api/texts", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ from: number, body }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      $("send-note").textContent = answer.replies.length ? "" : word("noReply");
    } catch {
      $("send-note").textContent = word("notSent");
      $("body").value ||= body;
    }
  }

  show() {
    $("thread").replaceChildren();
    if (this.messages.size) for (const message of this.messages.values()) this.append(message);
    else this.hint();
  }

  hint() {
    const item = document.createElement("div");
    item.className = "empty";
    item.textContent = word("nothing");
    $("thread").append(item);
  }

  append(message) {
    $("thread").querySelector(".empty")?.remove();
    const mine = message.from === this.number;
    const item = document.createElement("div");
    item.className = mine ? "me" : "them";
    const who = document.createElement("span");
    who.className = "visually-hidden";
    who.textContent = `${word(mine ? "you" : "district")}: `;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.dir = "auto";
    bubble.append(who, message.body);
    for (const url of message.media) bubble.append(document.createElement("br"), url);
    const when = document.createElement("span");
    when.className = "when";
    const time = new Date(message.at).toLocaleTimeString(currentLanguage(), { hour: "numeric", minute: "2-digit" });
    when.textContent = message.segments > 1 ? `${time} · ${word("parts", { count: message.segments })}` : time;
    item.append(bubble, when);
    $("thread").append(item);
    $("thread").scrollTop = $("thread").scrollHeight;
  }
}
