/* <headgate-chat lang="en" district="…" phone="…" [server="https://…"] [demonstration]>: the chat of a water district.
   No dependencies. The socket's protocol is in telephony/webchat/protocol.py. Apache-2.0 */
(() => {
"use strict";
const SERVER = new URL(document.currentScript?.src || location.href).origin;
const WORDS = {
  en: {
    chat: "Chat", title: "Chat with {district}", close: "Close the chat", other: "Español", otherLabel: "Cambiar a español",
    label: "Your message", send: "Send", log: "Conversation", choices: "Choices", waiting: "Waiting to be sent",
    you: "You", assistant: "Assistant", person: "Representative", system: "Note", automated: "Automated assistant",
    withPerson: "A person has this conversation", ended: "This conversation has ended. Write to start a new one.",
    connecting: "Connecting…", away: "No connection. Your messages are kept and sent when it is back.", typing: "The assistant is writing…",
    help: "Talk to a person", helpWords: "I'd like to talk to a person", news: "{n} new messages",
    safe: "Please don't share card or bank numbers here.", demo: "Demonstration: nothing here is real.", empty: "Write a message first.",
    call: "Or call {phone}",
  },
  es: {
    chat: "Chat", title: "Chat con {district}", close: "Cerrar el chat", other: "English", otherLabel: "Switch to English",
    label: "Su mensaje", send: "Enviar", log: "Conversación", choices: "Opciones", waiting: "Por enviarse",
    you: "Usted", assistant: "Asistente", person: "Representante", system: "Nota", automated: "Asistente automático",
    withPerson: "Una persona tiene esta conversación", ended: "Esta conversación terminó. Escriba para empezar otra.",
    connecting: "Conectando…", away: "Sin conexión. Sus mensajes se guardan y se envían cuando vuelva.", typing: "El asistente está escribiendo…",
    help: "Hablar con una persona", helpWords: "Quiero hablar con una persona", news: "{n} mensajes nuevos",
    safe: "Por favor no comparta aquí números de tarjeta o de banco.", demo: "Demostración: nada de esto es real.", empty: "Primero escriba un mensaje.",
    call: "O llame al {phone}",
  },
};
const CSS = `
:host{--deep:#0b4f6c;--ink:#12303b;--soft:#48626c;--water:#e8f3f6;--line:#7d98a3;--focus:#b4531a;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:var(--ink)}
*{box-sizing:border-box}
[hidden]{display:none!important}
button,textarea{font:inherit;color:inherit}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launch{position:fixed;right:1.25rem;bottom:1.25rem;z-index:2147483000;display:flex;gap:.5rem;align-items:center;min-height:3.25rem;padding:0 1.375rem;border:2px solid #fff;border-radius:999px;background:var(--deep);color:#fff;font-weight:650;box-shadow:0 4px 16px rgba(8,58,80,.35)}
.launch svg{width:1.25rem;height:1.25rem}
.count{background:#fff;color:var(--deep);border-radius:999px;min-width:1.5rem;padding:0 .375rem;text-align:center}
.panel{position:fixed;right:1.25rem;bottom:1.25rem;z-index:2147483001;display:flex;flex-direction:column;width:min(25rem,calc(100vw - 2.5rem));height:min(40rem,calc(100vh - 2.5rem));background:#fff;border:1px solid var(--line);border-radius:1rem;overflow:hidden;box-shadow:0 12px 40px rgba(8,58,80,.3)}
.head{display:flex;align-items:center;gap:.375rem;background:var(--deep);color:#fff;padding:.625rem .625rem .625rem 1rem}
.head div{flex:1;min-width:0}
.head h2{font-size:1rem;line-height:1.3;margin:0}
.head p{margin:0;font-size:.8125rem;color:#d4ebf2}
.head button{min-width:2.75rem;min-height:2.75rem;background:none;border:1px solid #7fa9b9;border-radius:.5rem;color:#fff;padding:0 .5rem}
.head button:hover{border-color:#fff;background:#083a50}
.head :focus-visible{outline-color:#ffd9a0}
.demo{background:#fff4e0;color:#5a3a06;margin:0;padding:.25rem 1rem;font-size:.8125rem}
.scroll{flex:1;overflow-y:auto;padding:1rem;overscroll-behavior:contain}
.scroll:focus-visible{outline-offset:-3px}
.m{max-width:86%;margin:0 0 .625rem;padding:.5rem .875rem;border-radius:1rem 1rem 1rem .25rem;background:var(--water);white-space:pre-wrap;overflow-wrap:anywhere;width:fit-content}
.m.customer{margin-left:auto;background:var(--deep);color:#fff;border-radius:1rem 1rem .25rem 1rem}
.m.person{background:#fff;border:1px solid var(--deep)}
.m.system,.m.notice{background:#fff4e0;color:#5a3a06}
.m a{color:inherit}
.who{display:block;font-size:.75rem;color:var(--soft)}
.pending .m{background:#fff;color:var(--ink);border:1px dashed var(--line)}
.choices{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .75rem}
.choices button,.help{min-height:2.75rem;padding:.25rem 1rem;border:1.5px solid var(--deep);border-radius:999px;background:#fff;color:var(--deep);font-weight:600;text-align:left}
.choices button:hover,.help:hover{background:var(--water)}
.status{min-height:1.5rem;margin:0;padding:0 1rem;font-size:.875rem;color:var(--soft)}
form{display:flex;gap:.5rem;padding:.5rem 1rem;align-items:flex-end}
textarea{flex:1;min-width:0;min-height:2.75rem;max-height:8rem;resize:none;padding:.5rem .75rem;border:1.5px solid var(--line);border-radius:.75rem;background:#fff}
.send{min-height:2.75rem;padding:0 1rem;border:0;border-radius:.75rem;background:var(--deep);color:#fff;font-weight:650}
.error{margin:0;padding:0 1rem;color:#9b2c0b;font-size:.875rem}
.foot{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;padding:.25rem 1rem .75rem;font-size:.8125rem;color:var(--soft)}
.foot p{margin:0;flex:1 1 10rem}
.help{font-size:.875rem}
@media (max-width:30rem){.panel{right:0;bottom:0;width:100vw;height:100vh;height:100dvh;border-radius:0;border:0}}
@media (prefers-reduced-motion:no-preference){.panel{animation:rise .16s ease-out}@keyframes rise{from{transform:translateY(.75rem);opacity:0}}}
@media (forced-colors:active){.m,.send,.launch{border:1px solid}}`;
const HTML = `<style>${CSS}</style>
<button class="launch" type="button" aria-expanded="false"><svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5.5 4.5V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"/></svg><span data-w="chat"></span><span class="count" hidden></span></button>
<section class="panel" role="dialog" aria-labelledby="t" hidden>
<div class="head"><div><h2 id="t"></h2><p class="mode"></p></div><button class="language" type="button"></button><button class="close" type="button"><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path stroke="currentColor" stroke-width="2.5" stroke-linecap="round" d="M5 5l14 14M19 5L5 19"/></svg></button></div>
<p class="demo" hidden data-w="demo"></p>
<div class="scroll" tabindex="0" role="group"><div class="log" role="log" aria-live="polite"></div><div class="now"></div><div class="pending" role="group" hidden></div></div>
<p class="status" role="status"></p>
<p class="error" id="e" role="alert"></p>
<form novalidate><label class="sr" for="i" data-w="label"></label><textarea id="i" rows="1" maxlength="10000" aria-describedby="e" enterkeyhint="send" autocomplete="off"></textarea><button class="send" data-w="send"></button></form>
<div class="foot"><p><span data-w="safe"></span> <span class="call"></span></p><button class="help" type="button" data-w="help"></button></div>
</section>`;

const make = (tag, cls, text) => {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  return node;
};
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

class HeadgateChat extends HTMLElement {
  #root; #socket = null; #ready = false; #attempt = 0; #retry = 0; #alive = 0; #resend = 0;
  #conversation = null; #seq = 0; #mode = "assistant"; #language = "en"; #pending = []; #token = null; #unread = 0; #opener = null; #typing = false; #greeted = false;

  connectedCallback() {
    if (this.#root) return;
    this.server = (this.getAttribute("server") || SERVER).replace(/\/$/, "");
    this.#root = this.attachShadow({ mode: "open" });
    this.#root.innerHTML = HTML;
    this.#restore();
    this.#wire();
    this.#words();
    this.#showPending();
    addEventListener("online", () => this.#greeted && this.#connect());
    addEventListener("offline", () => this.#drop());
    if (this.#token && this.#kept("open") === "1") this.open(null, false);
  }

  /* Opens the panel; focus returns to `opener` on close. */
  open(opener = null, focus = true) {
    this.#opener = opener;
    this.#$(".panel").hidden = false;
    this.#$(".launch").hidden = true;
    this.#$(".launch").setAttribute("aria-expanded", "true");
    this.#keep("open", "1");
    this.#unread = 0;
    this.#words();
    this.#greeted = true;
    if (!this.#socket) this.#connect();
    if (focus) this.#$("textarea").focus();
    this.#bottom();
  }

  close() {
    this.#$(".panel").hidden = true;
    this.#$(".launch").hidden = false;
    this.#$(".launch").setAttribute("aria-expanded", "false");
    this.#keep("open", "0");
    (this.#opener || this.#$(".launch")).focus();
  }

  #$(selector) { return this.#root.querySelector(selector); }
  #w(name, values = {}) { return WORDS[this.#language][name].replace(/{(\w+)}/g, (_, key) => values[key] ?? ""); }

  #wire() {
    this.#$(".launch").onclick = () => this.open();
    this.#$(".close").onclick = () => this.close();
    this.#$(".panel").addEventListener("keydown", (e) => { if (e.key === "Escape") this.close(); });
    this.#$(".help").onclick = () => this.#say(this.#w("helpWords"), null);
    this.#$(".language").onclick = () => this.#switch();
    const input = this.#$("textarea");
    input.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); this.#$("form").requestSubmit(); }
    });
    input.addEventListener("input", () => {
      this.#error("");
      input.style.height = "auto";
      input.style.height = Math.min(input.scrollHeight + 3, 128) + "px";
    });
    this.#$("form").onsubmit = (e) => {
      e.preventDefault();
      const text = input.value.trim();
      if (!text) { this.#error(this.#w("empty")); input.focus(); return; }
      input.value = "";
      input.style.height = "auto";
      this.#say(text, null);
    };
  }

  #words() {
    const root = this.#root, district = this.getAttribute("district") || "", phone = this.getAttribute("phone");
    this.lang = this.#language;
    this.#$(".panel").lang = this.#language;
    for (const node of root.querySelectorAll("[data-w]")) node.textContent = this.#w(node.dataset.w);
    this.#$("h2").textContent = this.#w("title", { district });
    const other = this.#$(".language");
    other.textContent = this.#w("other");
    other.lang = this.#language === "en" ? "es" : "en";
    other.setAttribute("aria-label", this.#w("otherLabel"));
    this.#$(".close").setAttribute("aria-label", this.#w("close"));
    this.#$(".log").setAttribute("aria-label", this.#w("log"));
    this.#$(".scroll").setAttribute("aria-label", this.#w("log"));
    this.#$(".pending").setAttribute("aria-label", this.#w("waiting"));
    this.#$(".call").textContent = phone ? this.#w("call", { phone }) + "." : "";
    this.#$(".demo").hidden = !this.hasAttribute("demonstration");
    this.#$(".mode").textContent = this.#w(this.#mode === "person" ? "withPerson" : "automated");
    const count = this.#$(".count"), launch = this.#$(".launch");
    count.hidden = !this.#unread;
    count.textContent = this.#unread || "";
    if (this.#unread) launch.setAttribute("aria-label", `${this.#w("chat")}, ${this.#w("news", { n: this.#unread })}`);
    else launch.removeAttribute("aria-label");
    this.#status();
  }

  #status() {
    let words = "";
    if (this.#greeted && !this.#ready) words = this.#w(this.#attempt > 1 || !navigator.onLine ? "away" : "connecting");
    else if (this.#typing) words = this.#w("typing");
    else if (this.#mode === "closed") words = this.#w("ended");
    const node = this.#$(".status");
    if (node.textContent !== words) node.textContent = words;
  }

  #error(words) { this.#$(".error").textContent = words; }

  /* ---- what is kept in the browser: session token, language, messages that are not acked ---- */
  #keep(name, value) { try { localStorage.setItem(`headgate-chat:${this.server}:${name}`, value); } catch { /* private mode: this page only */ } }
  #kept(name) { try { return localStorage.getItem(`headgate-chat:${this.server}:${name}`); } catch { return null; } }
  #restore() {
    this.#token = this.#kept("token");
    const page = this.getAttribute("lang");
    this.#language = page === "es" || page === "en" ? page : "en";
    try { this.#pending = JSON.parse(this.#kept("pending") || "[]").filter((p) => p && p.id); } catch { this.#pending = []; }
  }
  #keepPending() { this.#keep("pending", JSON.stringify(this.#pending)); }

  /* ---- the socket ---- */
  #connect() {
    clearTimeout(this.#retry);
    if (this.#socket || !navigator.onLine) { this.#status(); return; }
    const socket = new WebSocket(this.server.replace(/^http/, "ws") + "/webchat/socket");
    this.#socket = socket;
    this.#attempt += 1;
    this.#status();
    socket.onopen = () => this.#send({ type: "hello", token: this.#token, conversation_id: this.#conversation, last_seq: this.#seq, language: this.#language });
    socket.onmessage = (e) => { if (socket === this.#socket) this.#take(JSON.parse(e.data)); };
    socket.onclose = () => { if (socket === this.#socket) this.#drop(); };
    this.#watch();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = this.#typing = false;
    clearInterval(this.#alive);
    if (socket) socket.close();
    this.#status();
    clearTimeout(this.#retry);
    if (this.#greeted) this.#retry = setTimeout(() => this.#connect(), Math.min(15000, 500 * 2 ** Math.min(this.#attempt, 6)) * (0.7 + 0.6 * Math.random()));
  }

  /* A socket can be dead without knowing: no sign of life for two rounds means connect again. */
  #watch() {
    let quiet = 0;
    this.#heard = () => { quiet = 0; };
    clearInterval(this.#alive);
    this.#alive = setInterval(() => {
      if (++quiet > 2) this.#drop();
      else if (this.#ready) this.#send({ type: "ping" });
    }, 12000);
  }
  #heard = () => {};

  #send(frame) { if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame)); }

  #take(frame) {
    this.#heard();
    switch (frame.type) {
      case "welcome":
        this.#token = frame.token;
        this.#keep("token", frame.token);
        this.#ready = true;
        this.#attempt = 0;
        this.#record(frame, true);
        this.#sendPending();
        break;
      case "messages": this.#record(frame, false); break;
      case "notice": this.#notice(frame); break;
      case "typing": this.#typing = frame.on; this.#status(); this.#bottom(); break;
      case "error": this.#refused(frame); break;
    }
  }

  #record(frame, restoring) {
    if (frame.conversation_id && frame.conversation_id !== this.#conversation) { this.#conversation = frame.conversation_id; this.#seq = 0; }
    this.#mode = frame.mode || "assistant";
    if (frame.language && frame.language !== this.#language && (!restoring || frame.messages.length)) this.#language = frame.language;
    const log = this.#$(".log"), fresh = frame.messages.filter((m) => m.seq > this.#seq);
    const acks = new Set(frame.acks || []);
    if (restoring && fresh.length > 2) { log.setAttribute("aria-live", "off"); setTimeout(() => log.setAttribute("aria-live", "polite"), 500); }
    this.#pending = this.#pending.filter((p) => !acks.has(p.id));
    this.#keepPending();
    if (fresh.length || acks.size) this.#$(".now").replaceChildren();
    for (const message of fresh) {
      this.#seq = message.seq;
      if (message.from === "customer") for (const old of log.querySelectorAll(".choices")) old.remove();
      const twin = message.from === "customer" && this.#pending.find((p) => p.text === message.text && !p.hidden);
      if (twin) twin.hidden = true;
      log.append(...this.#bubbles(message, frame.language));
      if (message.from !== "customer" && this.#$(".panel").hidden && !restoring) this.#unread += 1;
    }
    this.#showPending();
    this.#words();
    if (fresh.length) this.#bottom();
  }

  #notice(frame) {
    const now = this.#$(".now");
    now.replaceChildren(...frame.messages.flatMap((m) => this.#bubbles({ ...m, from: "notice" }, frame.language)));
    now.setAttribute("role", "status");
    this.#bottom();
    clearTimeout(this.#resend);
    this.#resend = setTimeout(() => this.#sendPending(), 10000);
  }

  #refused(frame) {
    const pending = this.#pending.find((p) => p.id === frame.id);
    this.#error(frame.detail || "");
    if (!pending) return;
    if (frame.error === "too_fast") {
      clearTimeout(this.#resend);
      this.#resend = setTimeout(() => { this.#error(""); this.#sendPending(); }, 4000);
      return;
    }
    this.#pending = this.#pending.filter((p) => p !== pending);
    this.#keepPending();
    this.#showPending();
    const input = this.#$("textarea");
    if (!input.value) input.value = pending.text;
  }

  /* ---- what the visitor says ---- */
  #say(text, payload) {
    this.#error("");
    const said = { id: newId(), text, payload };
    this.#pending.push(said);
    this.#keepPending();
    for (const old of this.#root.querySelectorAll(".choices")) old.remove();
    this.#showPending();
    this.#bottom();
    this.#greeted = true;
    if (this.#ready) this.#send({ type: "say", ...said });
    else if (!this.#socket) this.#connect();
    this.#$("textarea").focus();
  }

  #sendPending() { if (this.#ready) for (const { id, text, payload } of this.#pending) this.#send({ type: "say", id, text, payload }); }

  #switch() {
    const title = this.#w("other");
    this.#language = this.#language === "en" ? "es" : "en";
    this.#words();
    if (this.#conversation) this.#say(title, null);
  }

  /* ---- what is seen ---- */
  #bubbles(message, language) {
    const who = { customer: "you", assistant: "assistant", person: "person", notice: "assistant" }[message.from] || "system";
    const bubble = make("div", `m ${message.from}`);
    bubble.lang = message.language || language || this.#language;
    const name = message.from === "person" && message.name ? message.name : this.#w(who);
    const label = make("span", message.from === "person" || message.from === "system" ? "who" : "sr", name + ": ");
    label.lang = this.#language;
    bubble.append(label, ...this.#linked(message.text));
    const nodes = message.text ? [bubble] : [];
    if (message.choices?.length && message.from !== "customer") nodes.push(this.#choices(message.choices, bubble.lang));
    return nodes;
  }

  #linked(text) {
    return String(text).split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/).map((part, i) => {
      if (i % 2 === 0) return part;
      const link = make("a", "", part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return link;
    });
  }

  #choices(choices, language) {
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.#w("choices"));
    group.lang = language;
    for (const { title, payload } of choices) {
      const button = make("button", "", title);
      button.type = "button";
      button.onclick = () => this.#say(title, payload || null);
      group.append(button);
    }
    return group;
  }

  #showPending() {
    const box = this.#$(".pending"), shown = this.#pending.filter((p) => !p.hidden);
    box.hidden = !shown.length;
    box.replaceChildren(...shown.map((p) => make("div", "m customer", p.text)));
  }

  #bottom() { const scroll = this.#$(".scroll"); scroll.scrollTop = scroll.scrollHeight; }
}
customElements.define("headgate-chat", HeadgateChat);
})();
