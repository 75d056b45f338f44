// Keys: j and k choose among cards or rows, Enter opens; any element with data-key is pressed by its key.
const TYPING = "input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]";

function rows() {
  return [...document.querySelectorAll(".card, [data-row]")];
}

export function chosen() {
  return document.querySelector(".chosen");
}

export function choose(element) {
  chosen()?.classList.remove("chosen");
  if (!element) return;
  element.classList.add("chosen");
  element.scrollIntoView({ block: "nearest" });
  element.querySelector("a.card-link, a.row-link")?.focus({ preventScroll: true });
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
  return true;
}

function press(key) {
  const scope = chosen() ?? document;
  const target = scope.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? document.querySelector(`:not(.card *)[data-key="${CSS.escape(key)}"]`);
  target?.click();
  return Boolean(target);
}

function open() {
  const link = chosen()?.querySelector("a.card-link, a.row-link");
  if (!link || document.activeElement?.closest("button, summary")) return false;
  link.click();
  return true;
}

function showSheet() {
  document.querySelector("#shortcuts")?.showModal();
  return true;
}

const ACTIONS = { "?": showSheet, Enter: open };

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPING)) return;
  const { key } = event;
  let done = false;
  if (key === "j" || key === "k") done = step(key === "j" ? 1 : -1) || press(key);
  else if (ACTIONS[key]) done = ACTIONS[key]();
  else if (key.length === 1) done = press(key);
  if (done) event.preventDefault();
}

document.addEventListener("keydown", onKey);
document.querySelector("[data-shortcuts-open]")?.addEventListener("click", showSheet);
