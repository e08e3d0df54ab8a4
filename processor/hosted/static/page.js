// One press is enough. The server takes a second one for the same page as nothing new, so this is only for the eye.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) setTimeout(() => button.setAttribute("aria-disabled", "true"));
  });
}
