// The page on which events of a clip are marked. Its data and words come from «truth»; saving sends the events back.
"use strict";

const $ = (name) => document.getElementById(name);
const video = $("video");
let scene, events, chosen = null, savedAs = "", problems = [], language = "en", state = "saved";

// Words and small things

function say(name, values = {}) {
  const text = scene.words[language][name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
const word = (name, values) => say(`mark.${name}`, values);
const kindName = (kind) => say(`kind.${kind}`);
const round = (value) => Math.round(value * 1000) / 1000;
const within = (value, low, high) => Math.min(Math.max(value, low), high);
const length = () => scene.seconds || video.duration || 1;

function clock(value) {
  const tenths = Math.floor(value * 100 + 1e-6);
  return `${Math.floor(tenths / 6000)}:${String(Math.floor(tenths / 100) % 60).padStart(2, "0")}.${String(tenths % 100).padStart(2, "0")}`;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== "list") element[name] = value; else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// The clip

const frame = () => Math.floor(video.currentTime * scene.fps + 1e-3);
const now = () => round(within(frame() / scene.fps, 0, length()));

// Into the middle of a picture, so that rounding never shows the one before it.
function seek(seconds) {
  const last = Math.max(0, Math.ceil(length() * scene.fps) - 1);
  video.currentTime = (within(Math.round(seconds * scene.fps), 0, last) + 0.5) / scene.fps;
  showTime();
}

function step(frames) {
  video.pause();
  seek((frame() + frames) / scene.fps);
}

function toggle() {
  if (video.paused) video.play().catch(() => {}); else video.pause();
}

function showTime() {
  const at = now();
  $("clock").textContent = `${clock(at)} / ${clock(length())}`;
  $("position").value = at;
  $("position").setAttribute("aria-valuetext", clock(at));
  for (const head of document.querySelectorAll(".head")) head.style.left = `${100 * at / length()}%`;
  const on = events.filter((event) => event.start <= at && at <= event.end);
  $("now-on").replaceChildren(...on.map((event) => make("span", {}, kindName(event.kind))));
}

function everyPicture() {
  showTime();
  if (!video.paused) requestAnimationFrame(everyPicture);
}

function showPlaying() {
  $("play").textContent = word(video.paused ? "play" : "pause");
  if (!video.paused) everyPicture();
}

// The picture: zones, lines and masks of the camera file

function drawPlaces() {
  document.querySelector(".view").style.setProperty("--aspect", scene.width / scene.height);
  const shapes = [], names = [], focused = document.activeElement?.id;
  for (const place of scene.places) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", place.form === "line" ? "polyline" : "polygon");
    const on = chosen?.zone === place.name && place.form !== "mask" ? " chosen" : "";
    shape.setAttribute("class", place.form + on);
    shape.setAttribute("points", place.points.map((point) => point.join(",")).join(" "));
    shapes.push(shape);
    if (place.form === "mask") continue;
    const label = word("use_zone", { zone: place.name });
    const name = make("button", { type: "button", id: `place-${names.length}`, title: label, "aria-label": label }, place.name);
    name.className = place.form + on;
    name.disabled = chosen === null;
    name.addEventListener("click", () => change(chosen, { zone: place.name }));
    names.push(name);
    const [x, y] = place.points[0];
    name.style.left = `${100 * Math.min(x, 0.8)}%`;
    name.style.top = `${100 * Math.min(y, 0.92)}%`;
  }
  document.querySelector(".view svg").replaceChildren(...shapes);
  $("names").replaceChildren(...names);
  if (focused?.startsWith("place-")) $(focused)?.focus();
}

// Changes

function choose(event) {
  if (chosen === event) return;
  chosen = event;
  drawPlaces();
  markChosen();
}

function change(event, fields) {
  if (!event) return;
  Object.assign(event, fields);
  problems = problems.filter((problem) => events[problem.event] !== event);
  noteChange();
}

function noteChange() {
  state = asJson() === savedAs ? "saved" : "unsaved";
  draw();
}

function addEvent() {
  const start = now(), last = chosen ?? events.at(-1);
  const event = { kind: last?.kind ?? scene.watched[0] ?? scene.kinds[0], zone: last?.zone ?? null };
  chosen = Object.assign(event, { start, end: round(Math.min(start + 1, length())) });
  events.push(chosen);
  noteChange();
}

function removeEvent(event) {
  const number = events.indexOf(event);
  events.splice(number, 1);
  problems = problems.filter((one) => one.event !== number)
    .map((one) => (one.event > number ? { ...one, event: one.event - 1 } : one));
  chosen = events[Math.min(number, events.length - 1)] ?? null;
  noteChange();
  (document.querySelector("#list li.chosen select") ?? $("new")).focus();
}

const setStart = () => chosen && change(chosen, { start: now(), end: Math.max(now(), chosen.end) });
const setEnd = () => chosen && change(chosen, { end: now(), start: Math.min(now(), chosen.start) });

function moved(event, from, by, part) {
  if (part === "start") return { start: round(within(from.start + by, 0, from.end)) };
  if (part === "end") return { end: round(within(from.end + by, from.start, length())) };
  const shift = within(by, -from.start, Math.max(0, length() - from.end));
  return { start: round(from.start + shift), end: round(from.end + shift) };
}

// The list

function drawList() {
  const kept = document.activeElement?.id;
  $("list").replaceChildren(...events.map(row));
  $("none").hidden = events.length > 0;
  if (kept) $(kept)?.focus();
}

function row(event, number) {
  const go = make("button", { type: "button", id: `go-${number}` }, word("go"));
  go.addEventListener("click", () => { choose(event); video.pause(); seek(event.start); });
  const gone = make("button", { type: "button", id: `delete-${number}` }, word("delete"));
  gone.addEventListener("click", () => removeEvent(event));
  const title = word("number", { number: number + 1 });
  const line = make("li", { className: "sheet" }, make("div", { className: "top" }, make("span", {}, title), go, gone));
  line.setAttribute("aria-label", title);
  const zones = scene.places.filter((one) => one.form !== "mask").map((one) => one.name);
  if (event.zone != null && !zones.includes(event.zone)) zones.push(event.zone);
  const chooseKind = select(scene.kinds.map((kind) => [kind, kindName(kind)]), event.kind);
  chooseKind.addEventListener("change", () => change(event, { kind: chooseKind.value }));
  const chooseZone = select([["", word("anywhere")], ...zones.map((zone) => [zone, zone])], event.zone ?? "");
  chooseZone.addEventListener("change", () => change(event, { zone: chooseZone.value || null }));
  const controls = { kind: chooseKind, zone: chooseZone, start: time(event, "start"), end: time(event, "end") };
  for (const [name, control] of Object.entries(controls)) line.append(field(number, name, control));
  for (const text of complaints(number)) line.append(text);
  line.addEventListener("focusin", () => choose(event));
  line.addEventListener("click", () => choose(event));
  return line;
}

function select(options, value) {
  return make("select", { value }, ...options.map(([id, text]) => make("option", { value: id, selected: id === value }, text)));
}

function time(event, name) {
  const input = make("input", { type: "number", min: 0, step: "any", inputMode: "decimal", value: event[name] ?? "" });
  input.addEventListener("change", () => change(event, { [name]: input.value === "" ? null : round(input.valueAsNumber) }));
  return input;
}

function field(number, name, control) {
  control.id = `${name}-${number}`;
  const wrong = problems.some((problem) => problem.event === number && problem.field === name);
  if (wrong) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `wrong-${name}-${number}`);
  }
  return make("label", {}, word(name), control);
}

function complaints(number) {
  return problems.filter((problem) => problem.event === number)
    .map((problem) => make("p", { className: "wrong", id: `wrong-${problem.field}-${number}` }, problem.text[language]));
}

function markChosen() {
  [...$("list").children].forEach((line, number) => {
    line.classList.toggle("chosen", events[number] === chosen);
    if (events[number] === chosen) line.setAttribute("aria-current", "true"); else line.removeAttribute("aria-current");
  });
  for (const element of document.querySelectorAll(".bar")) {
    const number = Number(element.dataset.number);
    element.classList.toggle("chosen", events[number] === chosen);
    element.classList.toggle("faulty", problems.some((problem) => problem.event === number));
  }
  $("start-here").disabled = $("end-here").disabled = chosen === null;
}

// All of it

function draw() {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : language;
  document.title = `${word("title")}: ${scene.clip}`;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
    if (element.localName === "button") element.title = word(element.dataset.label);
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  $("clip-name").textContent = `${scene.clip} → ${scene.file}`;
  const general = problems.find((problem) => problem.event === null);
  $("state").textContent = general ? general.text[language] : word(state);
  $("state").dataset.state = general ? "refused" : state;
  drawPlaces();
  drawLanes();
  drawList();
  markChosen();
  showPlaying();
  showTime();
}

const asJson = () => JSON.stringify(events);
const dirty = () => asJson() !== savedAs;

async function save() {
  state = "saving";
  problems = [];
  draw();
  const sent = asJson();
  try {
    const answer = await fetch("truth", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ version: scene.version, events: JSON.parse(sent) }),
    });
    const said = await answer.json().catch(() => ({ problems: [{ text: {} }] }));
    if (answer.ok) {
      scene.version = said.version;
      savedAs = sent;
      state = dirty() ? "unsaved" : "saved";
    } else {
      problems = said.problems;
      state = "refused";
    }
  } catch {
    state = "lost";
  }
  draw();
  if (problems.length) document.querySelector("[aria-invalid=true]")?.focus();
}

function speak(wanted) {
  language = wanted;
  const address = new URL(location.href);
  address.searchParams.set("language", wanted);
  history.replaceState(null, "", address);
  draw();
}

// A key means what it says unless something that takes keys itself has the focus.
function pressed(key) {
  if ((key.ctrlKey || key.metaKey) && key.key.toLowerCase() === "s") {
    key.preventDefault();
    if (document.activeElement?.localName === "input") document.activeElement.blur();
    save();
    return;
  }
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  const at = key.target.localName;
  if (at === "select" || (at === "input" && key.target.type === "number")) return;
  if (key.key === " " && at === "button" && !key.target.closest(".bar")) return;
  const keys = { " ": toggle, ",": () => step(-1), ".": () => step(1), n: addEvent, i: setStart, o: setEnd };
  const act = keys[key.key.toLowerCase()];
  if (!act) return;
  key.preventDefault();
  act();
}

function listen() {
  for (const name of ["play", "pause", "ended"]) video.addEventListener(name, showPlaying);
  for (const name of ["seeked", "timeupdate"]) video.addEventListener(name, showTime);
  video.addEventListener("loadedmetadata", draw);
  video.addEventListener("error", () => { $("cannot-play").hidden = false; });
  if (video.error) $("cannot-play").hidden = false;
  video.addEventListener("click", toggle);
  const does = { play: toggle, back: () => step(-1), forward: () => step(1), new: addEvent, save };
  Object.assign(does, { "start-here": setStart, "end-here": setEnd });
  for (const [name, act] of Object.entries(does)) $(name).addEventListener("click", act);
  $("position").addEventListener("input", () => { video.pause(); seek(Number($("position").value)); });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => speak(button.dataset.language));
  }
  document.addEventListener("keydown", pressed);
  window.addEventListener("beforeunload", (leaving) => { if (dirty()) leaving.preventDefault(); });
}

async function begin() {
  const answer = await fetch("truth");
  const said = await answer.json().catch(() => ({ problems: [{ text: {} }] }));
  const wanted = new URLSearchParams(location.search).get("language");
  if (!answer.ok) {
    const texts = said.problems.map(({ text }) => text[wanted] ?? text[said.language] ?? String(answer.status));
    document.body.prepend(...texts.map((text) => make("p", { className: "sheet warning" }, text)));
    return;
  }
  scene = said;
  events = scene.events;
  savedAs = asJson();
  chosen = events[0] ?? null;
  language = wanted in scene.words ? wanted : scene.language;
  $("position").max = length();
  $("position").step = 1 / scene.fps;
  $("no-camera").hidden = scene.camera;
  document.querySelector("main").hidden = false;
  listen();
  draw();
}

begin();
