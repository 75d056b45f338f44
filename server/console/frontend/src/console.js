// What every page has: htmx, keys, relative times, notes that go away, copying, live lists.
import htmx from "htmx.org";
import { follow } from "./live.js";
import { refreshAgo } from "./times.js";
import { say, toast } from "./texts.js";
import { choose, chosen } from "./keys.js";

window.htmx = htmx;
const TOAST_MS = 6000;

new MutationObserver((changes) => {
  for (const note of changes.flatMap((change) => [...change.addedNodes])) setTimeout(() => note.remove(), TOAST_MS);
}).observe(document.querySelector("#toasts"), { childList: true });

document.addEventListener("htmx:sendError", () => toast(say("script.failed"), true));
document.addEventListener("htmx:afterSettle", () => refreshAgo());

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.querySelector("span").textContent = say("script.copied");
});

// A move that needs a note says so before it is sent; the server checks it all the same.
document.addEventListener("submit", (event) => {
  const note = event.target.elements.note;
  if (!event.target.matches("[data-moves]") || !event.submitter?.hasAttribute("data-needs-note") || note.value.trim()) return;
  event.preventDefault();
  note.setAttribute("aria-invalid", "true");
  note.focus();
  toast(say("script.note_needed"), true);
});

// Parts that follow what changes, as a whole; not while somebody types or has something open in them.
const refreshed = document.querySelector("[data-refresh]");
if (refreshed) {
  let waiting;
  const refresh = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const part = document.querySelector("#live-part");
      if (part.querySelector("details[open]") || [...part.querySelectorAll("textarea")].some((note) => note.value)) return;
      const link = chosen()?.querySelector("a.row-link")?.getAttribute("href");
      htmx.ajax("GET", refreshed.dataset.path ?? location.pathname + location.search, { target: "#live-part", select: "#live-part", swap: "outerHTML" }).then(() => {
        if (link) choose(document.querySelector(`a.row-link[href="${CSS.escape(link)}"]`)?.closest("[data-row]"));
      });
    }, 150);
  };
  let first = true;
  follow({
    onHello: (changed) => {
      if (changed || !first) refresh();
      first = false;
    },
    onChange: (kind) => refreshed.dataset.refresh.split(" ").includes(kind) && refresh(),
  });
}
