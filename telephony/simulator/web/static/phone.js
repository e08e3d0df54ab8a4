// One phone: whose it is, its calls and its texts.

import { Call } from "./call.js";
import { element, fromTemplate } from "./slots.js";
import { Thread } from "./thread.js";
import { currentLanguage, translate, word } from "./words.js";

const OTHER = "other";

export class Phone {
  constructor(directory, onRemove) {
    const { root, slots } = fromTemplate("phone");
    this.root = root;
    this.slots = slots;
    this.directory = directory;
    this.call = new Call(root, slots);
    this.thread = new Thread(slots);
    slots.customer.addEventListener("change", () => this.choose());
    slots.other.addEventListener("submit", (event) => { event.preventDefault(); this.chooseNumber(); });
    slots.remove.addEventListener("click", () => { this.use(null); onRemove(this); });
  }

  use(number) {
    this.call.use(number);
    this.thread.use(number);
  }

  pick(index) {
    this.fill();
    const { options } = this.slots.customer;
    this.slots.customer.selectedIndex = Math.min(index, options.length - 1);
    this.choose();
  }

  choose() {
    this.showFacts();
    const chosen = this.slots.customer.value;
    this.use(chosen === OTHER ? normalise(this.slots.number.value) : chosen);
  }

  chooseNumber() {
    const number = normalise(this.slots.number.value);
    this.slots["number-problem"].textContent = number ? "" : word("notANumber");
    this.slots.number.setAttribute("aria-invalid", String(!number));
    if (!number) return;
    this.slots.number.value = number;
    this.showFacts();
    this.use(number);
  }

  fill() {
    const { customer } = this.slots, chosen = customer.value;
    const people = this.directory.customers.map((each) => new Option(`${each.name} (${word(each.situation)})`, each.phone));
    const desks = this.directory.desks.map((each) => new Option(each.name[currentLanguage()] ?? each.name.en, each.phone));
    customer.replaceChildren(...people);
    if (desks.length) {
      const group = document.createElement("optgroup");
      group.label = word("desks");
      group.append(...desks);
      customer.append(group);
    }
    customer.append(new Option(word("other"), OTHER));
    if (chosen) customer.value = chosen;
  }

  showFacts() {
    const chosen = this.slots.customer.value;
    const customer = this.directory.customers.find((each) => each.phone === chosen);
    const desk = this.directory.desks.find((each) => each.phone === chosen);
    this.slots.other.hidden = chosen !== OTHER;
    this.slots["who-note"].textContent = this.directory.available ? (desk ? word("deskNote") : "") : word("backendDown");
    this.slots.name.textContent = customer?.name ?? (desk ? desk.name[currentLanguage()] ?? desk.name.en : word("phone"));
    const money = new Intl.NumberFormat(currentLanguage() === "es" ? "es-US" : "en-US", { style: "currency", currency: "USD" });
    const facts = customer ? [
      ["phone", customer.phone], ["account", customer.account_number], ["pin", customer.pin], ["zip", customer.zip],
      ["balance", money.format(customer.balance_cents / 100)], ["address", customer.service_address],
      ["prefers", word(customer.language === "es" ? "spanish" : "english")],
    ] : desk ? [["phone", desk.phone]] : [];
    this.slots.facts.replaceChildren(...facts.map(([name, value]) => {
      const pair = element("div");
      pair.append(element("dt", "", word(name)), element("dd", "", value ?? ""));
      return pair;
    }));
  }

  translate() {
    translate(this.root);
    this.fill();
    this.showFacts();
    this.call.show();
    this.thread.show();
  }
}

function normalise(text) {
  const digits = text.replace(/[\s().-]/g, "");
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  if (/^\d{10}$/.test(digits)) return `+1${digits}`;
  return /^1\d{10}$/.test(digits) ? `+${digits}` : null;
}
