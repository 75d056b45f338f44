// The live board: puts new and changed cards in their place within a moment of their event.
import htmx from "htmx.org";
import { choose, chosen } from "./keys.js";
import { follow } from "./live.js";
import { refreshAgo } from "./times.js";

const GATHER_MS = 30;
const NODES_MS = 1000;
const AGAIN_MS = 1000;
const LONGEST_MS = 10000;
const MOST_CARDS = 200;
const MOST_IDS = 100;
const title = document.title;
let unseen = 0;

const board = () => document.querySelector("#board");
const list = () => document.querySelector("#cards");

function place(fresh) {
  const old = document.getElementById(fresh.id);
  if (old?.dataset.signature === fresh.dataset.signature) return false;
  if (old) {
    const wasChosen = old === chosen();
    old.replaceWith(fresh);
    if (wasChosen) choose(fresh);
  } else {
    const after = [...list().children].find((card) => card.dataset.came <= fresh.dataset.came);
    list().insertBefore(fresh, after ?? null);
    fresh.classList.add("arriving");
  }
  htmx.process(fresh);
  return !old;
}

function merge(html, asked) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["watching", "quiet", "snoozes"]) {
    const part = parts.getElementById(id);
    if (!part) continue;
    document.getElementById(id).replaceWith(document.adoptNode(part));
    htmx.process(part);
  }
  awaitSnoozes();
  const fresh = [...parts.querySelectorAll(".card")].reverse();
  const arrived = fresh.filter((card) => place(document.adoptNode(card)));
  const shown = new Set(fresh.map((card) => card.dataset.id));
  for (const id of asked) if (!shown.has(id)) document.getElementById(`card-${id}`)?.remove();
  for (const card of [...list().children].slice(MOST_CARDS)) card.remove();
  for (const count of parts.querySelectorAll("[data-undecided]")) {
    for (const shown of document.querySelectorAll(`.chip [data-undecided="${count.dataset.undecided}"]`)) shown.textContent = count.value ?? count.textContent;
  }
  const empty = list().children.length === 0;
  document.querySelector("#quiet").hidden = !empty;
  if (!empty) document.querySelector("#filters").hidden = false;
  refreshAgo();
  return arrived.filter((card) => !card.dataset.verdict);
}

const waiting = new Set();
let gathering;
let queue = Promise.resolve();

/** One question at a time, so that an older answer never overwrites a newer one. */
function inTurn(question) {
  queue = queue.then(question).catch(() => {}); // what failed is asked again at the next hello
}

async function read(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_MS) });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

function ask(id, soonMs = GATHER_MS) {
  waiting.add(id);
  gathering ??= setTimeout(() => inTurn(fetchCards), soonMs);
}

async function fetchCards() {
  clearTimeout(gathering);
  gathering = undefined;
  const ids = [...waiting].slice(0, MOST_IDS);
  for (const id of ids) waiting.delete(id);
  const query = new URLSearchParams(board().dataset.query);
  for (const id of ids) query.append("id", id);
  try {
    announce(merge(await read(`/board/cards?${query}`), ids));
    if (waiting.size) inTurn(fetchCards);
  } catch {
    for (const id of ids) ask(id, AGAIN_MS);
  }
}

async function reloadAll() {
  if (board().dataset.newest === "true") announce(merge(await read(`/?${board().dataset.query}`), []));
}

function announce(cards) {
  if (!cards.length) return;
  if (document.hidden) {
    unseen += cards.length;
    document.title = `(${unseen}) ${title}`;
  }
  if (soundOn()) ring(cards.some((card) => ["high", "critical"].includes(card.dataset.severity)));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = title;
});

// Sound: two soft tones, higher for what is severe. Browsers allow it only after a first click, which the switch is.
const SOUND = "shouwang.sound";
const soundButton = document.querySelector("[data-sound]");
let audio;
const soundOn = () => localStorage.getItem(SOUND) === "on";

function showSound() {
  soundButton.setAttribute("aria-pressed", String(soundOn()));
  const use = soundButton.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, soundOn() ? "#bell" : "#bell-off"));
}

function ring(severe) {
  audio ??= new AudioContext();
  const now = audio.currentTime;
  for (const [at, pitch] of [[0, severe ? 880 : 587], [0.16, severe ? 1175 : 784]]) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, now + at);
    loudness.gain.linearRampToValueAtTime(0.12, now + at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, now + at + 0.3);
    tone.connect(loudness).connect(audio.destination);
    tone.start(now + at);
    tone.stop(now + at + 0.32);
  }
}

soundButton.addEventListener("click", () => {
  localStorage.setItem(SOUND, soundOn() ? "off" : "on");
  showSound();
  if (soundOn()) ring(false);
});
showSound();

// After a verdict by key, the choice moves on to the card that follows.
document.addEventListener("htmx:beforeSwap", (event) => {
  const card = event.detail.target.closest?.(".card");
  if (!card || card !== chosen() || event.detail.xhr.status >= 400) return;
  const next = card.nextElementSibling;
  setTimeout(() => choose(next ?? document.getElementById(card.id)), 0);
});

// On the first day the page itself changes with each step; later only the number of cameras that watch.
let looking;
function lookAtNodes() {
  looking ??= setTimeout(() => {
    looking = undefined;
    inTurn(document.querySelector("[data-first-steps]") ? reloadAll : fetchCards);
  }, NODES_MS);
}

// When a snooze is over by itself, what is still going on comes up.
let snoozing;
function awaitSnoozes() {
  clearTimeout(snoozing);
  const overInS = document.querySelector("#snoozes").dataset.overInS;
  if (overInS !== undefined) snoozing = setTimeout(() => inTurn(reloadAll), (Number(overInS) + 1) * 1000);
}
awaitSnoozes();

function onChange(kind, { id }) {
  if (kind === "snooze") inTurn(board().dataset.newest === "true" ? reloadAll : fetchCards);
  if (kind === "node") lookAtNodes();

  const known = document.getElementById(`card-${id}`);
  if (kind === "alert" && (known || board().dataset.newest === "true")) ask(id);
  if (kind === "evidence") {
    for (const card of document.querySelectorAll(`.card[data-evidence~="${CSS.escape(id)}"]`)) ask(card.dataset.id);
  }
}

follow({ onHello: () => inTurn(reloadAll), onChange });
