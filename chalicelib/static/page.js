/* Forms without a reload, and a call's page kept current. Every word stays the server's: its HTML is fetched and
   only what changed in it is swapped. */

const QUICK = 2000, SLOW = 5000, LONGEST = 30000; // milliseconds between two looks at a call
const QUICK_LOOKS = 90;

const byId = (id) => document.getElementById(id);
const main = () => byId("main");
const parts = (element) => new Map([...element.children].filter((part) => part.id).map((part) => [part.id, part.outerHTML]));
let sent = new Map(); // id → the server's HTML of each part now shown, before anybody opened or typed anything
let timer = 0, looks = 0, faults = 0, skew = null, shownAt = location.pathname;

remember(document);
begin();
zoned();

function begin() {
  const page = main();
  looks = faults = 0;
  note(page);
  tick();
  if (!("updating" in page.dataset)) return;
  const here = new URL(location);
  if (!here.searchParams.has("live")) {
    // This document came with a Refresh header, which only leaving it can stop.
    here.searchParams.set("live", "1");
    return location.replace(here);
  }
  plan(QUICK);
}

/* Times are told in this clock's zone: a page that tells them in another is left once for the right one. */
function zoned() {
  const told = main().dataset.zone, here = new URL(location), mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!told || !mine || told === mine || here.searchParams.has("zone")) return;
  here.searchParams.set("zone", mine);
  location.replace(here);
}

/* How far this clock is from the server's: read once, lest seconds jump. */
function note(page) {
  if (page.dataset.now) skew ??= page.dataset.now * 1000 - Date.now();
}

function remember(source) {
  sent = new Map();
  for (const element of source.querySelectorAll("#main, [data-parts]")) {
    for (const [id, html] of parts(element)) sent.set(id, html);
  }
}

/* Looking again */

function plan(delay) {
  clearTimeout(timer);
  timer = setTimeout(look, delay);
}

async function look() {
  if (document.hidden) return; // visibilitychange looks again
  const url = location.href;
  try {
    const answer = await fetch(url, { cache: "no-store" });
    if (answer.status >= 500) throw new Error("fault");
    const html = await answer.text();
    if (url !== location.href) return;
    faults = 0;
    byId("offline-note")?.remove();
    show(html);
  } catch {
    faults += 1;
    if (faults > 1 || !navigator.onLine) offline(look);
  }
  if ("updating" in main().dataset) plan(pause());
}

function pause() {
  looks += 1;
  if (faults) return Math.min(LONGEST, QUICK * 2 ** faults);
  return looks > QUICK_LOOKS ? SLOW : QUICK;
}

function offline(again) {
  if (byId("offline-note")) return;
  const words = byId("offline");
  if (!words) return;
  const notice = words.content.cloneNode(true);
  notice.querySelector("[data-retry]").addEventListener("click", again);
  (document.querySelector("form[data-api]") ?? main()).prepend(notice);
}

/* Swapping */

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const next = fresh.getElementById("main");
  document.title = fresh.title;
  document.documentElement.lang = fresh.documentElement.lang;
  const lost = document.activeElement?.closest("#main [id]")?.id;
  if (next.dataset.page === "live" && main().dataset.page === "live") {
    main().className = next.className;
    for (const name of ["now", "updating"]) copy(name, next);
    note(next);
    merge(main(), next);
    refocus(lost);
    document.getElementById("problem")?.focus();
  } else {
    replace(fresh, next);
  }
  tick();
}

function copy(name, next) {
  if (name in next.dataset) main().dataset[name] = next.dataset[name];
  else delete main().dataset[name];
}

function replace(fresh, next) {
  main().replaceWith(document.adoptNode(next));
  for (const part of [".top", ".foot"]) document.querySelector(part).replaceWith(document.adoptNode(fresh.querySelector(part)));
  byId("offline")?.remove();
  const words = fresh.getElementById("offline");
  if (words) document.body.append(document.adoptNode(words));
  remember(document);
  scrollTo(0, 0);
  (byId("problem") ?? byId("found") ?? main().querySelector("h1"))?.focus();
}

function merge(shown, next) {
  const fresh = parts(next);
  for (const part of [...shown.children]) {
    if (part.id && part.id !== "offline-note" && !fresh.has(part.id)) { part.remove(); sent.delete(part.id); }
  }
  let after = null;
  for (const part of [...next.children]) {
    const html = fresh.get(part.id);
    let old = byId(part.id);
    if (old && "parts" in part.dataset) merge(old, part);
    else if (old && part.getAttribute("role") === "status") fill(old, part, html);
    else if (!old || sent.get(part.id) !== html) {
      const made = document.adoptNode(part);
      old?.replaceWith(made);
      old = made;
    }
    sent.set(old.id, html);
    if ((after ? after.nextElementSibling : shown.firstElementChild) !== old) after ? after.after(old) : shown.prepend(old);
    after = old;
  }
}

/* The status speaks when the state changes; within one (a place further) it changes without a sound. */
function fill(status, next, html) {
  if (sent.get(status.id) === html) return;
  const same = status.dataset.state === next.dataset.state;
  if (same) status.setAttribute("aria-live", "off");
  status.dataset.state = next.dataset.state;
  status.replaceChildren(...next.childNodes);
  if (same) setTimeout(() => status.removeAttribute("aria-live"), 1000);
}

function refocus(id) {
  if (!id || document.activeElement !== document.body) return;
  (document.querySelector(`#${id} :is(a, button, summary)`) ?? main().querySelector("h1"))?.focus({ preventScroll: true });
}

/* The time connected; hidden from screen readers */

function tick() {
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
  const shown = byId("timer");
  if (!shown) return;
  const seconds = Math.max(0, Math.round((Date.now() + skew) / 1000 - shown.dataset.since));
  shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

setInterval(tick, 1000);

/* Sending */

addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.dataset.sending) return; // a second tap
  form.dataset.sending = "1";
  const words = button?.querySelector(".txt"), rest = words?.textContent;
  if (words) { words.textContent = button.dataset.busy; button.ariaBusy = "true"; }
  send(form, button).catch(() => unsent(form, button)).finally(() => {
    delete form.dataset.sending;
    if (words) { words.textContent = rest; button.ariaBusy = null; }
  });
});

async function send(form, button) {
  clearTimeout(timer);
  byId("offline-note")?.remove();
  const fields = new URLSearchParams(new FormData(form, button));
  // A ZIP code typed beside this form, and not looked up, counts too.
  const zip = byId("zip")?.value;
  if ((form.dataset.api || form.dataset.tap) && zip) fields.set("zip", zip);
  const created = form.dataset.api && (await create(form, fields));
  if (created) return open(created);
  // Whatever stands in the way, the server's own page says it, at the field or instead of the form.
  const proof = !form.dataset.api && (await proved(form));
  if (proof) fields.set("proof", proof);
  const answer = await fetch(form.action, { method: "POST", body: fields });
  if (proof && (answer.redirected || !answer.ok)) work = null; // it may be used up
  await arrive(answer);
  if (form.dataset.tap && !onDesk()) document.querySelector("#dial a")?.click();
}

const onDesk = () => matchMedia("(min-width: 60rem) and (hover: hover) and (pointer: fine)").matches;

/* Offline a phone still calls. */
function unsent(form, button) {
  if (!form.dataset.tap || onDesk()) return offline(() => form.requestSubmit(button));
  Object.assign(document.createElement("a"), { href: `tel:${form.dataset.tap}` }).click();
}

async function create(form, fields, again = true) {
  const language = document.documentElement.lang, proof = await proved(form);
  if (!proof) return null;
  fields.set("proof", proof);
  const answer = await fetch(form.dataset.api, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...Object.fromEntries([...fields].filter(([, value]) => value)), language }),
  });
  const call = await answer.json().catch(() => ({}));
  const refused = call.error?.code === "proof_refused";
  if (answer.ok || refused) work = null; // each is good for one call
  if (refused && again) return create(form, fields, false);
  if (!answer.ok) return null;
  return `${form.dataset.calls}${encodeURIComponent(call.id)}?lang=${language}`;
}

/* The proof of work (ALTCHA 2), begun when the form gets the focus, so that it is done by the tap. A browser without
   Web Crypto, or a challenge that doesn't come, sends the form as without a script. */

const FRESH = 540000; // milliseconds: a challenge lives ten minutes
const MOST_GUESSES = 1000;
let work = null; // the one under way or done: {address, until, proof}

addEventListener("focusin", (event) => event.target.form && proved(event.target.form));

function proved(form) {
  const address = form.dataset.challenge;
  if (!address || !globalThis.crypto?.subtle) return null;
  if (work?.address !== address || work.until < Date.now()) {
    const begun = { address, until: Date.now() + FRESH };
    begun.proof = solved(address).catch(() => { if (work === begun) work = null; return null; });
    work = begun;
  }
  return work.proof;
}

async function solved(address) {
  const challenge = await (await fetch(address, { cache: "no-store" })).json();
  const asked = challenge.parameters, salt = bytes(asked.salt), password = bytes(`${asked.nonce}00000000`);
  const last = new DataView(password.buffer, password.length - 4);
  const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: asked.cost };
  for (let counter = 0; counter < MOST_GUESSES; counter += 1) {
    last.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(way, key, asked.keyLength * 8));
    if (derivedKey.startsWith(asked.keyPrefix)) return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
  }
  throw new Error("unsolved");
}

const bytes = (text) => Uint8Array.from(text.match(/../g), (two) => parseInt(two, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function open(address) {
  await arrive(await fetch(address, { cache: "no-store" }));
}

async function arrive(answer) {
  const html = await answer.text();
  const here = new URL(answer.url);
  const isCall = answer.ok && here.pathname.includes("/calls/");
  if (isCall) here.searchParams.set("live", "1");
  const isElsewhere = isCall || (answer.ok && answer.redirected);
  if (isElsewhere && here.pathname !== location.pathname) history.pushState(null, "", here);
  else if (isElsewhere) history.replaceState(null, "", here);
  shownAt = location.pathname;
  show(html);
  begin();
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-check], a[data-leave], [data-share]");
  if (!link) return;
  event.preventDefault();
  if ("leave" in link.dataset) location.replace(link.href);
  else if ("share" in link.dataset) navigator.share({ title: link.dataset.title, url: link.dataset.share }).catch(() => {})
  else look();
});

/* Back to another page is loaded; a jump within this one is none of our business. */
addEventListener("popstate", () => { if (location.pathname !== shownAt) location.reload(); });
addEventListener("online", () => "updating" in main().dataset && look());
document.addEventListener("visibilitychange", () => !document.hidden && "updating" in main().dataset && look());
