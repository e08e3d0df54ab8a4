// Puts the page together: the language, the phones, the network.

import { Network } from "./network.js";
import { Phone } from "./phone.js";
import { currentLanguage, speakLanguage } from "./words.js";

const PHONES_MAX = 6;
const $ = (id) => document.getElementById(id);
const directory = { customers: [], desks: [], available: true };
const phones = [];

function add() {
  const phone = new Phone(directory, remove);
  phones.push(phone);
  $("phones").append(phone.root);
  phone.translate();
  phone.pick(phones.length - 1);
  count();
  return phone;
}

function remove(phone) {
  phones.splice(phones.indexOf(phone), 1);
  phone.root.remove();
  count();
  phones.at(-1)?.slots.customer.focus();
}

function count() {
  $("phones").dataset.count = String(phones.length);
  $("add").disabled = phones.length >= PHONES_MAX;
  for (const phone of phones) phone.slots.remove.hidden = phones.length === 1;
}

async function start() {
  try {
    const response = await fetch("/api/phones");
    const found = await response.json();
    directory.customers = found.customers ?? [];
    directory.desks = found.desks ?? [];
    directory.available = response.ok && found.available;
  } catch {
    directory.available = false;
  }
  speakLanguage(currentLanguage());
  new Network();
  add();
}

$("add").addEventListener("click", () => add().slots.customer.focus());
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speakLanguage(button.dataset.language);
    for (const phone of phones) phone.translate();
  });
}
start();
