// The phone: a socket to the simulator, keys, captions, and the browser's voice where there is one.

import { currentLanguage, word } from "./words.js";

const KEYS = [["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"],
  ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""]];
const SPEAKING_EVERY_MS = 3000;
const $ = (id) => document.getElementById(id);

export class Phone {
  constructor() {
    this.number = null;
    this.socket = null;
    this.status = "offline";
    this.listening = [];
    this.heardLanguage = "en-US";
    this.lastSpeaking = 0;
    this.makePad();
    $("dial").addEventListener("click", () => this.send({ type: this.status === "incoming" ? "answer" : "dial" }));
    $("hangup").addEventListener("click", () => this.send({ type: this.status === "incoming" ? "decline" : "hangup" }));
    $("speak").addEventListener("submit", (event) => { event.preventDefault(); this.say($("words").value); });
    $("words").addEventListener("input", () => this.begin());
    this.prepareVoice();
    this.show();
  }

  makePad() {
    for (const [key, letters] of KEYS) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = key;
      button.append(key);
      const small = document.createElement("small");
      small.textContent = letters;
      small.setAttribute("aria-hidden", "true");
      button.append(small);
      button.addEventListener("click", () => this.press(key));
      $("pad").append(button);
    }
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (this.status === "in-progress" && KEYS.some(([key]) => key === event.key)) this.press(event.key);
    });
  }

  use(number) {
    this.number = number;
    const before = this.socket;
    this.socket = null;
    before?.close();
    this.setStatus("offline");
    $("captions").replaceChildren();
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
      if (frame.status === "in-progress") { $("captions").replaceChildren(); this.caption(word("started"), "event"); }
      this.setStatus(frame.status);
    } else if (frame.type === "listening") {
      this.listening = frame.modes;
      this.show();
    } else if (frame.type === "event") {
      this.happen(frame.event);
    }
  }

  happen(event) {
    if (event.kind === "say") {
      this.caption(event.text, "them", event.language);
      this.readAloud(event);
    } else if (event.kind === "heard") this.caption(event.text, "me", event.language);
    else if (event.kind === "pressed") this.caption(word("pressed", { keys: event.text }), "me");
    else if (event.kind === "play") this.caption(event.text === "beep" ? word("beep") : word("music"), "event");
    else if (event.kind === "dial") this.caption(word("dialing", { number: event.text }), "event");
    else if (event.kind === "queue") this.caption(word("waiting"), "event");
    else if (event.kind === "record") this.caption(word("recorded"), "event");
    else if (event.kind === "error") this.caption(word("problem", { code: event.code, text: event.text }), "event wrong");
    else if (event.kind === "gather") this.heardLanguage = event.language ?? this.heardLanguage;
    else if (event.kind === "hangup") { this.silence(); this.caption(word("ended"), "event"); }
  }

  caption(text, who, language) {
    const item = document.createElement("div");
    item.className = who;
    item.textContent = text;
    if (language) item.lang = language;
    $("captions").append(item);
    $("captions").scrollTop = $("captions").scrollHeight;
  }

  press(key) {
    this.silence();
    this.send({ type: "key", key });
    const button = $("pad").querySelector(`[data-key="${CSS.escape(key)}"]`);
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
    $("words").value = "";
    this.lastSpeaking = 0;
  }

  setStatus(status) {
    const began = status === "in-progress" && this.status !== status;
    this.status = status;
    this.listening = [];
    this.show();
    if (began) $("words").focus();
    else if (status === "idle" && $("phone").contains(document.activeElement)) $("dial").focus();
  }

  show() {
    const onCall = this.status === "in-progress", ringing = this.status === "incoming";
    $("phone").classList.toggle("in-call", onCall);
    $("phone").classList.toggle("ringing", ringing);
    const name = onCall ? (this.listening.length ? "listening" : "calling") : this.status;
    if ($("call-status").textContent !== word(name)) $("call-status").textContent = word(name);
    $("captions").dataset.hint = word("quiet");
    $("dial").disabled = onCall || this.status === "offline";
    $("dial").textContent = word(ringing ? "answer" : "dial");
    $("hangup").disabled = !onCall && !ringing;
    $("hangup").textContent = word(ringing ? "decline" : "hangup");
    for (const element of [$("words"), $("say"), $("microphone"), ...$("pad").children]) element.disabled = !onCall;
  }

  prepareVoice() {
    this.voice = "speechSynthesis" in window;
    $("aloud-choice").hidden = !this.voice;
    $("aloud").addEventListener("change", () => { if (!$("aloud").checked) this.silence(); });
    const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
    if (!Recognition) return;
    $("microphone").hidden = false;
    $("microphone").addEventListener("click", () => this.recognise(Recognition));
  }

  recognise(Recognition) {
    this.silence();
    const recognition = new Recognition();
    recognition.lang = this.heardLanguage || (currentLanguage() === "es" ? "es-US" : "en-US");
    recognition.onstart = () => { $("microphone").setAttribute("aria-pressed", "true"); this.send({ type: "speaking" }); };
    recognition.onend = () => $("microphone").setAttribute("aria-pressed", "false");
    recognition.onresult = (event) => {
      const best = event.results[0][0];
      this.say(best.transcript, best.confidence || undefined);
    };
    recognition.start();
  }

  readAloud(event) {
    if (!this.voice || !$("aloud").checked) return;
    const utterance = new SpeechSynthesisUtterance(event.text);
    utterance.lang = event.language ?? "en-US";
    utterance.onend = () => this.send({ type: "played" });
    speechSynthesis.speak(utterance);
  }

  silence() { if (this.voice) speechSynthesis.cancel(); }
}
