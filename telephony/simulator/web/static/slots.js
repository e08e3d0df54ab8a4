// A phone's own elements, found by name inside it: several phones share one template.

let made = 0;

export function fromTemplate(id) {
  const root = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const slots = {};
  made += 1;
  for (const element of root.querySelectorAll("[data-slot]")) slots[element.dataset.slot] = element;
  for (const label of root.querySelectorAll("[data-for]")) {
    const field = slots[label.dataset.for];
    field.id = `${label.dataset.for}-${made}`;
    label.htmlFor = field.id;
  }
  slots.number.setAttribute("aria-describedby", `number-problem-${made}`);
  slots["number-problem"].id = `number-problem-${made}`;
  slots.name.parentElement.id = `phone-${made}`;
  root.setAttribute("aria-labelledby", `phone-${made}`);
  return { root, slots };
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
