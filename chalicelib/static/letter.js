/* A letter while it is written: kept in this browser, measured here, and told to nobody. This script asks for nothing
   over the network; every page works without it. */

const LIVES = 7 * 24 * 3600 * 1000; // milliseconds: a draft that nobody came back to is forgotten, as the letter would be
const LONGEST = 5000;
const FIELDS = ["name", "email", "zip"];

const byId = (id) => document.getElementById(id);
const main = byId("main"), form = byId("write"), body = byId("body");
const language = document.documentElement.lang;

if (form) {
  if ("typed" in form.dataset) keep();
  else restore();
  form.addEventListener("input", () => { keep(); measure(); });
  byId("kept").querySelector("button").addEventListener("click", startOver);
  measure();
}
if (main?.dataset.sent) sent(main.dataset.sent);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
  document.querySelector("[data-menu]").hidden = true;
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button));
}

/* The draft: one for each campaign, with the words of each language. A browser that keeps nothing keeps nothing. */

function draftIn(place, slug) {
  try {
    const draft = JSON.parse(place.getItem(`letter ${slug}`));
    return draft && Date.now() - draft.at < LIVES ? draft : null;
  } catch { return null; }
}

function put(place, slug, draft) {
  try {
    if (draft) place.setItem(`letter ${slug}`, JSON.stringify(draft));
    else place.removeItem(`letter ${slug}`);
  } catch { /* full, or forbidden */ }
}

function keep() {
  const slug = form.dataset.draft, draft = draftIn(localStorage, slug) ?? {};
  for (const name of FIELDS) if (byId(name)) draft[name] = byId(name).value;
  draft.bodies = { ...draft.bodies, [language]: body.value === body.dataset.sample ? "" : body.value };
  draft.at = Date.now();
  put(localStorage, slug, draft);
}

function restore() {
  const slug = form.dataset.draft, draft = draftIn(localStorage, slug) ?? draftIn(sessionStorage, slug);
  if (!draft) return;
  for (const name of FIELDS) if (byId(name)) byId(name).value = draft[name] || byId(name).value;
  if (!draft.bodies?.[language]) return;
  body.value = draft.bodies[language];
  byId("kept").hidden = false;
}

function startOver() {
  body.value = body.dataset.sample;
  byId("kept").hidden = true;
  keep();
  measure();
  body.focus();
}

/* Sent: the draft is deleted. Until this tab closes it can be had again, for another address. */
function sent(slug) {
  const draft = draftIn(localStorage, slug);
  if (draft) put(sessionStorage, slug, draft);
  put(localStorage, slug, null);
  const address = draftIn(sessionStorage, slug)?.email;
  if (address) byId("address").textContent = address;
}

/* How much of it is the writer's own, as domain/resemblance.py measures it: tests/vectors holds both to one measure. */

function measure() {
  const own = ownFifths(body.value, body.dataset.sample), words = byId("own"), used = byId("length");
  words.querySelector("span").textContent = words.dataset.words.split("|")[own];
  document.querySelectorAll(".meter i").forEach((part, at) => part.classList.toggle("on", at < own));
  const characters = [...body.value.replace(/[^\S\n]+$/gm, "").replace(/^\n+|\n+$/g, "")].length;
  used.textContent = used.dataset.words.replace("#", characters.toLocaleString("en-US"));
  used.classList.toggle("error", characters > LONGEST);
  used.hidden = false;
}

export function ownFifths(text, sample) {
  const words = wordsOf(text), size = Math.min(3, words.length);
  const shingles = shinglesOf(words, size), known = new Set(shinglesOf(wordsOf(sample), size));
  const own = shingles.filter((shingle) => !known.has(shingle)).length;
  if (!own || own === shingles.length) return own ? 5 : 0;
  return Math.min(Math.max(Math.floor((10 * own + shingles.length) / (2 * shingles.length)), 1), 4);
}

function wordsOf(text) {
  return text.toLowerCase().normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? [];
}

function shinglesOf(words, size) {
  if (!size || words.length < size) return [];
  return words.slice(size - 1).map((_, at) => words.slice(at, at + size).join(" "));
}

/* Small things */

async function copy(button) {
  await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
  button.querySelector(".txt").textContent = button.dataset.done;
}

addEventListener("submit", (event) => {
  const words = byId("offline");
  if (navigator.onLine || !words) return;
  event.preventDefault();
  byId("offline-note")?.remove();
  const notice = words.content.cloneNode(true), { target, submitter } = event;
  notice.querySelector("[data-retry]").addEventListener("click", () => target.requestSubmit(submitter));
  target.prepend(notice);
});

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-leave]");
  if (!link) return;
  event.preventDefault();
  location.replace(link.href);
});
