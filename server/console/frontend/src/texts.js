// The sentences that scripts say, in the page's language, as the server put them on <body>.
const words = JSON.parse(document.body.dataset.texts);

/** A sentence with its {arguments} filled in; an id not known stands as it is. */
export function say(id, values = {}) {
  return (words[id] ?? id).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What a detector's label is called, or the label itself. */
export function noun(label) {
  return words[`object.${label}`] ?? label;
}

export function toast(text, bad = false) {
  const note = Object.assign(document.createElement("p"), { className: bad ? "toast toast-bad" : "toast", textContent: text });
  document.querySelector("#toasts").append(note);
}
