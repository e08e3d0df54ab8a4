// The calls of one phone: a socket to the simulator, keys, captions, and the browser's voice where there is one.

import { element } from "./slots.js";
import { currentLanguage, word } from "./words.js";

const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"],
  ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""]];
const SPEAKING_EVERY_MS = 3000;

export class Call {
  constructor(root, slots) {
    this.root = root;
    this.slots = slots;
    this.number = null;
    this.socket = null;
    this.status = "offline";
    this.listening = [];
    this.heardLanguage = "en-US";
    this.lastSpeaking = 0;
    this.makePad();
    // Whoever leaves the page hangs up, also where the browser keeps the page for the way back.
    window.addEventListener("pagehide", () => this.socket?.close());
    slots.dial.addEventListener("click", () => this.send({ type: this.status === "incoming" ? "answer" : "dial" }));
    slots.hangup.addEventListener("click", () => this.send({ type: this.status === "incoming" ? "decline" : "hangup" }));
    slots.speak.addEventListener("submit", (event) => { event.preventDefault(); this.say(slots.words.value); });
    slots.words.addEventListener("input", () => this.begin());
    this.prepareVoice();
    this.show();
  }

  makePad() {
    for (const [key, letters] of KEYS) {
      const button = element("button", "", key);
      button.type = "button";
      button.dataset.key = key;
      const small = element("small", "", letters);
      small.setAttribute("aria-hidden", "true");
      button.append(small);
      button.addEventListener("click", () => this.press(key));
      this.slots.pad.append(button);
    }
    // Keys of the keyboard go to the phone that has the focus, or that was used last.
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const mine = this.root.contains(document.activeElement) || Call.last === this;
      if (mine && this.status === "in-progress" && KEYS.some(([key]) => key === event.key)) this.press(event.key);
    });
    this.root.addEventListener("focusin", () => { Call.last = this; });
  }

  use(number) {
    this.number = number;
    const before = this.socket;
    this.socket = null;
    before?.close();
    this.silence();
    this.setStatus("offline");
    this.slots.captions.replaceChildren();
    if (number) this.connect();
  }

  connect() {
    const number = this.number;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/calls/live?phone=${encodeURIComponent(number)}`);
    this.socket = socket;
    socket.addEventListener("open", () => { if (this.socket === socket) this.setStatus("idle"); });
    socket.addEventListener("message", (message) => { if (this.socket === socket) this.receive(JSON.parse(message.data)); });
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.setStatus("offline");
      setTimeout(() => { if (this.socket === socket) this.connect(); }, 1500);
    });
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  receive(frame) {
    if (frame.type === "status") {
      if (frame.status === "in-progress") { this.slots.captions.replaceChildren(); this.caption(word("started"), "event"); }
      this.setStatus(frame.status);
    } else if (frame.type === "listening") {
      this.listening = frame.modes;
      this.show();
    } else if (frame.type === "event") {
      this.happen(frame.event);
    }
  }

  happen(event) {
    const spoken = { say: "them", voice: "them other", heard: "me", talk: "me" }[event.kind];
    const told = {
      pressed: () => word("pressed", { keys: event.text }),
      play: () => (event.text === "beep" ? word("beep") : event.text.startsWith("tones") ? word("tones") : word("music")),
      dial: () => word("dialing", { number: event.text }),
      queue: () => word("waiting"),
      conference: () => word("conference"),
      record: () => word("recorded"),
      pay: () => word("paying", { text: event.text }),
      interrupted: () => word("interrupted"),
      relay: () => word(event.text === "lost" ? "relayLost" : "relayOpen"),
    }[event.kind];
    if (spoken) {
      const silent = event.kind === "heard" && !event.text;
      this.caption(silent ? word("mumble") : event.text, silent ? "event" : spoken, event.language, event.who);
      if (spoken.startsWith("them")) this.readAloud(event);
    } else if (told) {
      this.caption(told(), event.kind === "pressed" ? "me" : "event");
      if (event.kind === "interrupted") this.silence();
    } else if (event.kind === "error") {
      this.caption(word("problem", { code: event.code, text: event.text }), "event wrong");
    } else if (event.kind === "gather") {
      this.heardLanguage = event.language ?? this.heardLanguage;
    } else if (event.kind === "hangup") {
      this.silence();
      this.caption(word("ended"), "event");
    }
  }

  caption(text, who, language, name) {
    const item = element("div", who);
    if (name) item.append(element("strong", "speaker", name));
    item.append(text);
    if (language) item.lang = language;
    this.slots.captions.append(item);
    this.slots.captions.scrollTop = this.slots.captions.scrollHeight;
  }

  press(key) {
    this.silence();
    this.send({ type: "key", key });
    const button = this.slots.pad.querySelector(`[data-key="${CSS.escape(key)}"]`);
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 150);
  }

  begin() {
    if (Date.now() - this.lastSpeaking < SPEAKING_EVERY_MS) return;
    this.lastSpeaking = Date.now();
    this.silence();
    this.send({ type: "speaking" });
  }

  say(words, confidence) {
    if (!words.trim()) return;
    this.silence();
    this.send({ type: "speak", words, confidence });
    this.slots.words.value = "";
    this.lastSpeaking = 0;
  }

  setStatus(status) {
    const began = status === "in-progress" && this.status !== status;
    this.status = status;
    this.listening = [];
    this.show();
    if (began) { Call.last = this; this.slots.words.focus(); }
    else if (status === "idle" && this.slots.call.contains(document.activeElement)) this.slots.dial.focus();
  }

  show() {
    const onCall = this.status === "in-progress", ringing = this.status === "incoming";
    const { slots } = this;
    this.root.classList.toggle("in-call", onCall);
    this.root.classList.toggle("ringing", ringing);
    const name = onCall ? (this.listening.length ? "listening" : "calling") : this.status;
    if (slots["call-status"].textContent !== word(name)) slots["call-status"].textContent = word(name);
    slots.captions.dataset.hint = word("quiet");
    slots.dial.disabled = onCall || this.status === "offline";
    slots.dial.textContent = word(ringing ? "answer" : "dial");
    slots.hangup.disabled = !onCall && !ringing;
    slots.hangup.textContent = word(ringing ? "decline" : "hangup");
    for (const each of [slots.words, slots.say, slots.microphone, ...slots.pad.children]) each.disabled = !onCall;
  }

  prepareVoice() {
    this.voice = "speechSynthesis" in window;
    this.slots["aloud-choice"].hidden = !this.voice;
    this.slots.aloud.addEventListener("change", () => { if (!this.slots.aloud.checked) this.silence(); });
    const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
    if (!Recognition) return;
    this.slots.microphone.hidden = false;
    this.slots.microphone.addEventListener("click", () => this.recognise(Recognition));
  }

  recognise(Recognition) {
    this.silence();
    const recognition = new Recognition();
    recognition.lang = this.heardLanguage || (currentLanguage() === "es" ? "es-US" : "en-US");
    recognition.onstart = () => { this.slots.microphone.setAttribute("aria-pressed", "true"); this.send({ type: "speaking" }); };
    recognition.onend = () => this.slots.microphone.setAttribute("aria-pressed", "false");
    recognition.onresult = (event) => {
      const best = event.results[0][0];
      this.say(best.transcript, best.confidence || undefined);
    };
    recognition.start();
  }

  readAloud(event) {
    if (!this.voice || !this.slots.aloud.checked) return;
    const utterance = new SpeechSynthesisUtterance(event.text);
    utterance.lang = event.language ?? "en-US";
    utterance.onend = () => this.send({ type: "played" });
    speechSynthesis.speak(utterance);
  }

  silence() { if (this.voice && this.slots.aloud.checked) speechSynthesis.cancel(); }
}
