// Small things the pages do in the browser: follow the log, keep a draft, move the focus.
const headgate = {
  focus(id) {
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));
  },
  insert(text) {
    const box = document.getElementById("answer");
    if (!box) return;
    box.value = box.value.trim() ? `${text} ${box.value}` : `${text} `;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  },
  sent() {
    const box = document.getElementById("answer");
    if (!box) return;
    sessionStorage.removeItem(headgate.draftKey(box));
    box.value = "";
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
});

new MutationObserver(() => {
  document.querySelectorAll("[role=log]:not([data-followed])").forEach(headgate.follow);
  document.querySelectorAll("textarea[data-draft]:not([data-restored])").forEach(headgate.restore);
}).observe(document.documentElement, { childList: true, subtree: true });
