// Puts the page together: whose phone it is, the language, the phone and the thread.

import { Phone } from "./phone.js";
import { Thread } from "./thread.js";
import { currentLanguage, speakLanguage, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const OTHER = "other";
const phone = new Phone();
const thread = new Thread();
let customers = [];
let available = true;

function use(number) {
  phone.use(number);
  thread.use(number);
}

function fillChooser() {
  const chosen = $("customer").value;
  const options = customers.map((customer) => {
    const situation = word(customer.situation);
    return new Option(`${customer.name} (${situation})`, customer.phone);
  });
  $("customer").replaceChildren(...options, new Option(word("other"), OTHER));
  if (chosen) $("customer").value = chosen;
}

function showFacts() {
  const customer = customers.find((each) => each.phone === $("customer").value);
  $("other").hidden = Boolean(customer);
  $("who-note").textContent = available ? "" : word("backendDown");
  const money = new Intl.NumberFormat(currentLanguage() === "es" ? "es-US" : "en-US", { style: "currency", currency: "USD" });
  const facts = customer ? [
    ["phone", customer.phone], ["account", customer.account_number], ["pin", customer.pin], ["zip", customer.zip],
    ["balance", money.format(customer.balance_cents / 100)], ["address", customer.service_address],
    ["prefers", word(customer.language === "es" ? "spanish" : "english")],
  ] : [];
  $("facts").replaceChildren(...facts.flatMap(([name, value]) => {
    const term = document.createElement("dt"), fact = document.createElement("dd");
    term.textContent = word(name);
    fact.textContent = value ?? "";
    return [term, fact];
  }));
}

function choose() {
  showFacts();
  const chosen = $("customer").value;
  use(chosen === OTHER ? normalise($("number").value) : chosen);
}

function normalise(text) {
  const digits = text.replace(/[\s().-]/g, "");
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  if (/^\d{10}$/.test(digits)) return `+1${digits}`;
  return /^1\d{10}$/.test(digits) ? `+${digits}` : null;
}

async function start() {
  try {
    const response = await fetch("/api/phones");
    const found = await response.json();
    customers = found.customers ?? [];
    available = response.ok && found.available;
  } catch {
    available = false;
  }
  speakLanguage(currentLanguage());
  fillChooser();
  phone.show();
  choose();
}

$("customer").addEventListener("change", choose);
$("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = normalise($("number").value);
  $("number-problem").textContent = number ? "" : word("notANumber");
  $("number").setAttribute("aria-invalid", String(!number));
  if (number) { $("number").value = number; use(number); }
});
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speakLanguage(button.dataset.language);
    fillChooser();
    showFacts();
    phone.show();
    thread.show();
  });
}
start();
