"use strict";

// The timeline

// Those that overlap go below each other.
function rows(lane) {
  const ends = [];
  return lane.toSorted((one, other) => one.start - other.start).map((event) => {
    let row = ends.findIndex((end) => end <= event.start);
    if (row < 0) row = ends.length;
    ends[row] = event.end;
    return [event, row];
  });
}

function drawLanes() {
  const focused = document.activeElement?.closest?.(".bar")?.dataset.number;
  const used = scene.kinds.filter((kind) => events.some((event) => event.kind === kind));
  $("lanes").replaceChildren(...used.map((kind) => {
    const track = make("div", { className: "track" }, make("div", { className: "head" }));
    const placed = rows(events.filter((event) => event.kind === kind));
    track.style.height = `${1.9 * (1 + Math.max(...placed.map(([, row]) => row)))}rem`;
    for (const [event, row] of placed) track.append(bar(event, row));
    track.addEventListener("pointerdown", (press) => { if (press.target === track) scrub(track, press); });
    return make("div", { className: "lane" }, make("span", {}, kindName(kind)), track);
  }));
  if (focused !== undefined) document.querySelector(`.bar[data-number="${focused}"]`)?.focus();
}

function bar(event, row) {
  const label = word("bar", { kind: kindName(event.kind), start: event.start, end: event.end });
  const element = make("button", { type: "button", className: "bar", title: label, "aria-label": label });
  element.dataset.number = events.indexOf(event);
  element.append(make("span", {}, event.zone ?? ""), make("i", { className: "start" }), make("i", { className: "end" }));
  place(element, event);
  element.style.top = `${1.9 * row + 0.15}rem`;
  element.style.height = "1.5rem";
  element.addEventListener("focus", () => choose(event));
  element.addEventListener("pointerdown", (press) => drag(element, event, press));
  element.addEventListener("keydown", (key) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key.key];
    if (by) {
      key.preventDefault();
      change(event, moved(event, event, by * (key.shiftKey ? 10 : 1) / scene.fps));
    } else if (key.key === "Delete" || key.key === "Backspace") {
      removeEvent(event);
    }
  });
  return element;
}

function place(element, event) {
  element.style.left = `${100 * within(event.start / length(), 0, 1)}%`;
  element.style.width = `${100 * Math.max(0, Math.min(event.end, length()) - event.start) / length()}%`;
}

function drag(element, event, press) {
  choose(event);
  element.focus();
  const part = press.target.className, from = { ...event }, width = element.parentElement.clientWidth;
  element.setPointerCapture(press.pointerId);
  const move = (pointer) => {
    const by = Math.round((pointer.clientX - press.clientX) / width * length() * scene.fps) / scene.fps;
    Object.assign(event, moved(event, from, by, part));
    place(element, event);
    if (by) { video.pause(); seek(part === "end" ? event.end : event.start); }
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("lostpointercapture", () => {
    element.removeEventListener("pointermove", move);
    if (event.start !== from.start || event.end !== from.end) change(event, {});
  }, { once: true });
}

function scrub(track, press) {
  const go = (pointer) => {
    const box = track.getBoundingClientRect();
    seek(within((pointer.clientX - box.left) / box.width, 0, 1) * length());
  };
  track.setPointerCapture(press.pointerId);
  track.addEventListener("pointermove", go);
  track.addEventListener("lostpointercapture", () => track.removeEventListener("pointermove", go), { once: true });
  go(press);
}
