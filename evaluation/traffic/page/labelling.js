"use strict";
const root = document.documentElement;
const { name, sample, conversations } = JSON.parse(document.getElementById("data").textContent);
const questions = ["needs_human", "last_answer_right"];
const keys = {
  y: ["needs_human", "yes"],
  n: ["needs_human", "no"],
  1: ["last_answer_right", "yes"],
  2: ["last_answer_right", "no"],
  3: ["last_answer_right", "none"],
};
const place = `bilin-labels-${sample}-${name}`;
const form = document.getElementById("form");
let labels = kept();
let shown = Math.max(
  0,
  conversations.findIndex(({ id }) => !whole(id)),
);

function kept() {
  try {
    return JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {
    return {};
  }
}

function keep() {
  try {
    localStorage.setItem(place, JSON.stringify(labels));
  } catch {
    document.getElementById("lost").hidden = false;
  }
}

function whole(id) {
  return questions.every((question) => labels[id]?.[question]);
}

function word(of) {
  return document.querySelector(`template[data-word="${of}"]`).content.cloneNode(true);
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function show(index) {
  shown = index;
  const { id, turns, said } = conversations[shown];
  document.getElementById("which").textContent = `${shown + 1} / ${conversations.length}`;
  document.getElementById("turns").replaceChildren(
    ...turns.map(([sender, text]) => element("li", sender, element("b", "", word(sender)), element("p", "", text))),
  );
  for (const question of questions) {
    for (const radio of form.elements[question]) radio.checked = labels[id]?.[question] === radio.value;
    const line = document.querySelector(`[data-of="${question}"]`);
    const pair = said?.[question];
    line.hidden = !pair;
    if (pair)
      line.replaceChildren(
        ...["first", "second"].map((who, at) => element("span", "", word(who), ": ", word(`${question}.${pair[at]}`))),
      );
  }
  form.elements.note.value = labels[id]?.note ?? "";
  document.getElementById("previous").disabled = shown === 0;
  document.getElementById("next").disabled = shown === conversations.length - 1;
  count();
}

function count() {
  const judged = conversations.filter(({ id }) => whole(id)).length;
  document.getElementById("count").textContent = `${judged} / ${conversations.length}`;
  const progress = document.getElementById("progress");
  progress.max = conversations.length;
  progress.value = judged;
  [...document.getElementById("list").children].forEach((item, at) => {
    const button = item.firstChild;
    button.dataset.judged = String(whole(conversations[at].id));
    if (at === shown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

function judge(question, value) {
  const { id } = conversations[shown];
  labels = { ...labels, [id]: { ...labels[id], [question]: value } };
  keep();
  for (const radio of form.elements[question]) if (radio.type === "radio") radio.checked = radio.value === value;
  count();
}

function turnTo(index) {
  if (index < 0 || index >= conversations.length) return;
  show(index);
  document.getElementById("which").focus();
  document.getElementById("list").children[index].firstChild.scrollIntoView({ block: "nearest" });
}

function save() {
  const content = JSON.stringify({ rater: name, sample, labels }, null, 1);
  const link = element("a", "");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function speak(language) {
  root.dataset.language = language;
  root.lang = language;
  for (const button of document.querySelectorAll("[data-to]"))
    button.setAttribute("aria-pressed", String(button.dataset.to === language));
}

for (const button of document.querySelectorAll("[data-to]"))
  button.addEventListener("click", () => speak(button.dataset.to));
form.addEventListener("change", ({ target }) => judge(target.name, target.value));
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("previous").addEventListener("click", () => turnTo(shown - 1));
document.getElementById("next").addEventListener("click", () => turnTo(shown + 1));
document.getElementById("save").addEventListener("click", save);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "TEXTAREA") return;
  const key = event.key.toLowerCase();
  if (key in keys) judge(...keys[key]);
  else if (key === "j") turnTo(shown + 1);
  else if (key === "k") turnTo(shown - 1);
  else if (key === "s") save();
  else return;
  event.preventDefault();
});

document.getElementById("list").append(
  ...conversations.map((_, at) => {
    const button = element("button", "", String(at + 1));
    button.type = "button";
    button.addEventListener("click", () => turnTo(at));
    return element("li", "", button);
  }),
);
const together = conversations.some(({ said }) => said);
document.querySelector(".together").hidden = !together;
document.querySelector(".own").hidden = together;
speak((navigator.language || "zh").toLowerCase().startsWith("en") ? "en" : "zh");
show(shown);
