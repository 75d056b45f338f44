// The page of one alert: the player, its keys, and parts that renew themselves when evidence or a revision arrives.
import htmx from "htmx.org";
import { follow } from "./live.js";
import { Player } from "./player.js";

const root = document.querySelector("[data-alert]");
let player = new Player(document.querySelector("#player"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=range]), textarea, select, button, summary, a")) return;
  const actions = { " ": () => player.playOrPause(), ",": () => player.step(-1), ".": () => player.step(1) };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});

/** Asks for the page anew and takes over the parts that differ; a part somebody types in stays. */
async function renew() {
  const turn = ++turns;
  const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== turns) return; // a newer answer is on its way: an older one must not come after it
  for (const part of page.querySelectorAll("[data-part]")) {
    const shown = document.getElementById(part.id);
    const same = shown.dataset.signature === part.dataset.signature;
    if (same || shown.contains(document.activeElement?.closest("input, textarea, select"))) continue;
    const fresh = document.adoptNode(part);
    const pill = shown.querySelector("[data-live]");
    if (pill) fresh.querySelector("[data-live]")?.replaceWith(pill);
    shown.replaceWith(fresh);
    htmx.process(fresh);
    if (fresh.id === "player") player = new Player(fresh);
  }
}

let turns = 0;
let waiting;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(renew, 100);
}

follow({
  onHello: soon,
  onChange: (kind, { id }) => {
    if ((kind === "alert" && id === root.dataset.alert) || kind === "evidence" || kind === "snooze") soon();
  },
});
