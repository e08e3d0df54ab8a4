// What goes wrong on the network today, switched on by hand; and what it has noticed.

import { element } from "./slots.js";
import { currentLanguage, word } from "./words.js";

const LATE_SECONDS = 3;
const $ = (id) => document.getElementById(id);

export class Network {
  constructor() {
    $("conditions").addEventListener("change", () => this.apply());
    $("conditions").addEventListener("submit", (event) => event.preventDefault());
    $("refresh").addEventListener("click", () => this.look());
    $("network").addEventListener("toggle", () => { if ($("network").open) this.read(); });
  }

  async read() {
    const now = await (await fetch("/api/conditions")).json();
    const fields = $("conditions").elements;
    fields.late.checked = now.callbacks.late_seconds > 0;
    fields.doubled.checked = now.callbacks.doubled;
    fields.out_of_order.checked = now.callbacks.out_of_order;
    fields.fault.value = now.rest.fault;
    fields.limits.checked = now.limits;
    fields.relay.checked = now.relay === "unreachable";
    fields.pay.checked = now.pay_connector === "unavailable";
    await this.look();
  }

  async apply() {
    const fields = $("conditions").elements;
    const wanted = {
      callbacks: {
        late_seconds: fields.late.checked ? LATE_SECONDS : 0,
        doubled: fields.doubled.checked,
        out_of_order: fields.out_of_order.checked,
      },
      rest: { fault: fields.fault.value },
      limits: fields.limits.checked,
      relay: fields.relay.checked ? "unreachable" : "normal",
      pay_connector: fields.pay.checked ? "unavailable" : "normal",
    };
    const answer = await fetch("/api/conditions", {
      method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted),
    });
    $("conditions-note").textContent = word(answer.ok ? "applied" : "notApplied");
  }

  async look() {
    const errors = await (await fetch("/api/errors")).json();
    const items = errors.slice(0, 20).map((each) => {
      const item = element("li");
      const time = new Date(each.at).toLocaleTimeString(currentLanguage());
      item.append(element("strong", "", `${each.code}`), ` ${each.detail} `, element("span", "note", time));
      return item;
    });
    $("errors").replaceChildren(...(items.length ? items : [element("li", "note", word("noErrors"))]));
  }
}
