// Small things the pages do in the browser: follow the log, keep what is typed, move the focus, ask for deeds.
const BUSY_MS = 10000;
const headgate = {
  // After the server's changes to the page have been drawn.
  soon(act) {
    requestAnimationFrame(() => requestAnimationFrame(act));
  },
  // Who has begun to type in the same form goes on where they are.
  focus(id) {
    headgate.soon(() => {
      const place = document.getElementById(id), at = document.activeElement;
      const types = at?.form && at.form === place?.form && at !== place && at.value !== at.defaultValue;
      if (!types) place?.focus();
    });
  },

  // On a phone what was opened is below the list it was chosen from.
  show(id) {
    headgate.soon(() => {
      const place = document.getElementById(id);
      if (place && place.getBoundingClientRect().top > innerHeight * 0.7) place.focus();
    });
  },

  // A button of a sheet asks for its deed.
  press(event, emit) {
    const button = event.target.closest("button[data-deed]");
    if (button) emit({ deed: button.dataset.deed, value: button.dataset.value ?? "" });
  },
  // A form of a sheet is sent once: it takes no second sending until the server has settled the first.
  send(event, emit) {
    const form = event.target;
    if (!form.dataset.deed) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    if (form.dataset.remember !== undefined) sessionStorage.setItem("headgate-search", form.querySelector("[name=query]").value);
    setTimeout(() => delete form.dataset.busy, BUSY_MS);
    const data = new FormData(form, event.submitter);
    emit({
      deed: event.submitter?.dataset.as ?? form.dataset.deed,
      value: form.dataset.value ?? "",
      form: form.id,
      fields: Object.fromEntries(data),
      chosen: data.getAll("chosen"),
    });
  },
  settle(id, done) {
    delete document.getElementById(id)?.dataset.busy;
    if (!done) return;
    headgate.soon(() => {
      const form = document.getElementById(id);
      if (form) delete form.dataset.busy;
      form?.reset();
      if (form?.dataset.choosing !== undefined) headgate.tell(form);
      for (const name of [...headgate.typed.keys()]) if (name.startsWith(`${id} `)) headgate.typed.delete(name);
    });
  },

  // The server could not even refuse: say so.
  failed() {
    const notice = document.querySelector("[data-fault]");
    if (notice) notice.textContent = notice.dataset.fault;
  },

  // What was typed into a form outlives a redrawing of it, until the form has done its work.
  typed: new Map(),
  typedName: (field) => (field.form?.id && field.name ? `${field.form.id} ${field.name} ${field.dataset.row ?? ""}` : null),
  retype(field) {
    const value = headgate.typed.get(headgate.typedName(field));
    if (value === undefined) return;
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.value !== value) field.value = value;
  },

  // A search is done again when one comes back to its page.
  remember(form) {
    form.dataset.restored = "1";
    const words = sessionStorage.getItem("headgate-search");
    const field = form.querySelector("[name=query]");
    if (words && !field.value) {
      field.value = words;
      form.requestSubmit();
    }
  },
  forget() {
    sessionStorage.removeItem("headgate-search");
  },

  open() {
    headgate.soon(() => {
      const dialog = document.getElementById("dialog");
      if (!dialog.open) dialog.showModal();
      (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
    });
  },
  close() {
    document.getElementById("dialog")?.close();
  },
  fault(name) {
    headgate.soon(() => {
      const field = document.querySelector(`dialog[open] [name="${name}"], main [name="${name}"]`);
      field?.setAttribute("aria-invalid", "true");
      field?.focus();
    });
  },

  insert(text) {
    const box = document.getElementById("answer");
    if (!box) return;
    box.value = box.value.trim() ? `${text} ${box.value}` : `${text} `;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  },
  sent(text) {
    const box = document.getElementById("answer");
    if (!box) return;
    // What was typed while it was on its way stays.
    box.value = box.value.startsWith(text) ? box.value.slice(text.length).trimStart() : box.value;
    if (box.value) sessionStorage.setItem(headgate.draftKey(box), box.value);
    else sessionStorage.removeItem(headgate.draftKey(box));
    box.focus();
  },
  draftKey: (box) => `headgate-draft-${box.dataset.draft}`,
  restore(box) {
    box.dataset.restored = "1";
    const draft = sessionStorage.getItem(headgate.draftKey(box));
    if (draft && !box.value) box.value = draft;
  },
  follow(log) {
    const end = () => (log.scrollTop = log.scrollHeight);
    let near = true;
    log.dataset.followed = "1";
    log.addEventListener("scroll", () => (near = log.scrollHeight - log.scrollTop - log.clientHeight < 80));
    new MutationObserver(() => near && end()).observe(log, { childList: true, subtree: true });
    new ResizeObserver(() => near && end()).observe(log);
    end();
  },
};
window.headgate = headgate;

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.dataset?.draft) sessionStorage.setItem(headgate.draftKey(box), box.value);
  box.removeAttribute?.("aria-invalid");
  const name = headgate.typedName(box);
  if (!name) return;
  const alike = box.type === "checkbox" || box.type === "radio";
  const chosen = () => [...box.form.elements].filter((one) => one.name === box.name && one.checked);
  headgate.typed.set(name, alike ? chosen().map((one) => one.value) : box.value);
});

// A box in the head of a list chooses all of it; the bar of the list says how many are chosen.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.dataset.choosing === undefined) return;
  const boxes = [...form.elements].filter((one) => one.name === "chosen");
  if (event.target.dataset.all !== undefined) {
    boxes.forEach((one) => (one.checked = event.target.checked));
    boxes[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  }
  headgate.tell(form);
});
headgate.tell = (form) => {
  const boxes = [...form.elements].filter((one) => one.name === "chosen");
  const count = boxes.filter((one) => one.checked).length;
  const words = form.querySelector("[data-chosen]");
  const told = words?.dataset.chosen.replace("#", count);
  if (words && words.textContent !== told) words.textContent = told;
  const all = [...form.elements].find((one) => one.dataset.all !== undefined);
  if (all) all.checked = count > 0 && count === boxes.length;
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) headgate.close();
  if (event.target.closest("[data-print]")) window.print();
});

// The focus stays where it was when what had it is drawn anew.
let focused = null;
document.addEventListener("focusin", (event) => (focused = event.target.id || null));
document.addEventListener("pointerdown", () => (focused = null));

new MutationObserver((changes) => {
  document.querySelectorAll("[role=log]:not([data-followed])").forEach(headgate.follow);
  document.querySelectorAll("textarea[data-draft]:not([data-restored])").forEach(headgate.restore);
  document.querySelectorAll("form[data-remember]:not([data-restored])").forEach(headgate.remember);
  if (!changes.some((change) => change.addedNodes.length)) return;
  if (headgate.typed.size) document.querySelectorAll("form [name], [form][name]").forEach(headgate.retype);
  document.querySelectorAll("form[data-choosing]").forEach(headgate.tell);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
}).observe(document.documentElement, { childList: true, subtree: true });
