"use strict";
const root = document.documentElement;
function speak(language) {
  root.dataset.language = language;
  root.lang = language;
  for (const button of document.querySelectorAll("[data-to]")) {
    button.setAttribute("aria-pressed", String(button.dataset.to === language));
  }
}
for (const button of document.querySelectorAll("[data-to]")) {
  button.addEventListener("click", () => speak(button.dataset.to));
}
speak((navigator.language || "zh").toLowerCase().startsWith("en") ? "en" : "zh");
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const details of closed) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});
