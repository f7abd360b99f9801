// The mail world's page: it asks for the world's state twice a second.

import { EVERY, ask, byId, dayAndTime, exactTime, hourAndMinute, say, settle, write } from "./world.js";

const OUTCOMES = [
  ["", "as usual"], ["delivered", "is delivered"], ["bounces", "bounces"], ["bounces_late", "bounces late"],
  ["full", "finds a full mailbox"], ["refused", "is refused as spam"], ["too_large", "is too large"],
  ["unclear", "bounces, unclear why"], ["delayed", "is delayed"], ["complaint", "is called spam"],
  ["away", "meets an auto-reply"], ["virus", "holds a virus"], ["silence", "is never heard of"],
];
const WORDS = new Map([...OUTCOMES, ["scripted", "follows a script"]]);
const FATES = {
  "on its way": "wait", delayed: "wait", delivered: "", bounced: "bad", complained: "bad",
  rejected: "bad", suppressed: "bad", "never heard of": "off",
};
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

const mailboxes = new Map();
let latest = null;
let open = null;
let opened = "";

// Asking

async function act(path, document_) {
  try {
    await ask(path, document_);
  } catch (error) {
    say(`That did not work: ${error.message}`);
  }
  await refresh();
}

async function refresh() {
  let state;
  try {
    state = await ask("/world/state");
    if (open) showLetter(await ask(`/world/letters/${open}`));
  } catch (error) {
    if (open && error.message.startsWith("there is no")) return closeLetter();
    byId("gone").hidden = false;
    return;
  }
  byId("gone").hidden = true;
  latest = state;
  show(state);
}

async function keepAsking() {
  if (!document.hidden || !latest) await refresh();
  setTimeout(keepAsking, EVERY);
}

// Showing

function show(state) {
  write(byId("now"), dayAndTime.format(new Date(state.clock.now)));
  write(byId("pause"), state.clock.paused ? "Go on" : "Pause");
  if (state.next_sends === 0) settle(byId("send"), "");
  if (state.next_events === 0) settle(byId("event"), "once");
  settle(byId("sender"), state.sender);
  for (const box of state.mailboxes) showMailbox(box);
  drop(new Set(state.mailboxes.map((box) => box.address)));
  showSoFar(state);
  showWire(state.wire);
  byId("complaints").hidden = state.complaints.length === 0;
  fill(byId("complaint-list"), state.complaints, (words) => element("li", words));
}

function drop(kept) {
  for (const [address, root] of mailboxes) {
    if (kept.has(address)) continue;
    root.remove();
    mailboxes.delete(address);
  }
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function fill(place, items, make) {
  const now = JSON.stringify(items);
  if (place.dataset.now === now) return;
  place.dataset.now = now;
  place.replaceChildren(...items.map(make));
}

function tag(fate) {
  return element("span", fate, `tag ${FATES[fate] ?? ""}`);
}

// Mailboxes

function newMailbox(box) {
  const root = byId("mailbox-template").content.firstElementChild.cloneNode(true);
  const number = mailboxes.size + 1;
  const [heading, label, select] = [root.querySelector("h2"), root.querySelector("label"), root.querySelector("select")];
  heading.id = `mailbox-${number}-${Date.now()}`;
  root.setAttribute("aria-labelledby", heading.id);
  select.id = `next-${heading.id}`;
  label.htmlFor = select.id;
  for (const [value, words] of OUTCOMES) select.add(new Option(words, value));
  select.addEventListener("change", () => {
    if (select.value) act("/world/next", { address: box.address, outcome: select.value });
    select.value = "";
  });
  byId("mailboxes").append(root);
  mailboxes.set(box.address, root);
  return root;
}

function showMailbox(box) {
  const root = mailboxes.get(box.address) ?? newMailbox(box);
  const part = (selector) => root.querySelector(selector);
  write(part("h2"), box.name || box.address);
  part(".address").hidden = !box.name;
  write(part(".address"), box.address);
  write(part(".tag"), box.arrived === 1 ? "1 letter" : `${box.arrived} letters`);
  part(".listed").hidden = !box.suppressed;
  write(part(".listed"), `SES sends nothing here after a ${box.suppressed.toLowerCase()}.`);
  part(".planned").hidden = box.next.length === 0 && box.usually === "delivered";
  const planned = [...box.next.map((name) => WORDS.get(name)), `then each ${WORDS.get(box.usually)}`];
  write(part(".planned"), `Next: ${planned.join(", ")}.`);
  part(".none").hidden = box.letters.length > 0;
  const letters = box.letters.map((letter) => ({ ...letter, current: letter.id === open }));
  const list = part(".letters");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.letter : "";
  fill(list, letters, letterLine);
  if (focused) list.querySelector(`[data-letter="${focused}"]`)?.focus();
}

function letterLine(letter) {
  const item = element("li");
  const button = element("button");
  button.type = "button";
  button.dataset.letter = letter.id;
  if (letter.current) button.setAttribute("aria-current", "true");
  const row = element("span", "", "row");
  row.append(element("span", hourAndMinute.format(new Date(letter.at))), tag(letter.fate));
  button.append(element("b", letter.subject || "(no subject)"), element("span", letter.from), row);
  button.addEventListener("click", () => openLetter(letter.id));
  item.append(button);
  return item;
}

// One letter

async function openLetter(id) {
  open = id;
  await refresh();
  byId("letter-title").focus();
}

function closeLetter() {
  const from = document.querySelector(`[data-letter="${open}"]`);
  open = null;
  opened = "";
  byId("letter").hidden = true;
  byId("no-letter").hidden = false;
  from?.focus();
}

function showLetter(letter) {
  if (letter.id !== open) return;
  byId("letter").hidden = false;
  byId("no-letter").hidden = true;
  fill(byId("history"), letter.copies.flatMap((copy) => copy.history.map(([at, fate, note]) => [at, fate, note, copy.recipient])), turn);
  if (letter.id === opened) return;
  opened = letter.id;
  write(byId("letter-title"), letter.subject || "(no subject)");
  const lines = [
    ["From", letter.from], ["To", letter.to], ["Reply to", letter.reply_to.join(", ")],
    ["Sent", dayAndTime.format(new Date(letter.at))],
    ["Tags", Object.entries(letter.tags).map((pair) => pair.join("=")).join(", ")],
  ].filter(([, words]) => words);
  byId("lines").replaceChildren(...lines.flatMap(([name, words]) => [element("dt", name), element("dd", words)]));
  byId("text").replaceChildren(...linked(letter.text));
  fill(byId("headers"), letter.headers, ([name, value]) => {
    const row = element("tr");
    const head = element("th", name);
    head.scope = "row";
    row.append(head, element("td", value, "mono"));
    return row;
  });
  byId("html").src = letter.has_html ? `/letters/${letter.id}` : "about:blank";
  byId("as-html").hidden = !letter.has_html;
  byId("as-text").hidden = !letter.text;
  turnTo(letter.has_html && !letter.text ? "html" : "text");
}

function turn([at, fate, note, recipient]) {
  const item = element("li");
  const words = [recipient, note].filter(Boolean).join(": ");
  item.append(element("span", exactTime.format(new Date(at)).slice(0, 8), "t"), tag(fate), ` ${words}`);
  return item;
}

function turnTo(part) {
  byId("html").hidden = part !== "html";
  byId("text").hidden = part !== "text";
  byId("as-html").setAttribute("aria-pressed", String(part === "html"));
  byId("as-text").setAttribute("aria-pressed", String(part === "text"));
}

// Words of a letter, its links made such that they open; nothing in it is taken for HTML.
function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const link = element("a", found[0]);
    link.href = found[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    parts.push(text.slice(end, found.index), link);
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

// Tables

function showSoFar({ so_far, rules }) {
  const extras = ["twice", "lost"].filter((name) => so_far[name]).map((name) => `${so_far[name]} ${name}`);
  const most = rules.max_24_hour_send < 0 ? "no limit" : rules.max_24_hour_send;
  const rows = [
    ["Letters accepted", so_far.accepted], ["Refused", so_far.refused], ["Without an answer", so_far.unanswered],
    ["Hidden retries", so_far.retries], [["Events", ...extras].join(", "), so_far.events],
    ["Today’s quota", `${rules.sent} of ${most}`], ["Most in a second", rules.max_send_rate],
  ];
  fill(byId("so-far"), rows, ([words, value]) => {
    const row = element("tr");
    const head = element("th", words);
    head.scope = "row";
    row.append(head, element("td", String(value), "n"));
    return row;
  });
}

function showWire(entries) {
  byId("quiet-wire").hidden = entries.length > 0;
  byId("quiet-wire").previousElementSibling.hidden = entries.length === 0;
  fill(byId("wire"), entries, (entry) => {
    const row = element("tr");
    const answer = element("td", "", "n");
    const bad = entry.answer === null || entry.answer >= 400;
    answer.append(element("span", entry.answer === null ? "none" : String(entry.answer), bad ? "no" : ""));
    row.append(
      element("td", exactTime.format(new Date(entry.at)), "mono nowrap"), element("td", entry.way, "nowrap"),
      element("td", entry.what, "mono"), element("td", entry.with), answer,
    );
    return row;
  });
}

// Buttons that stand from the beginning

byId("pause").addEventListener("click", () => act("/world/clock", { pause: !latest?.clock.paused }));
byId("skip").addEventListener("click", () => act("/world/clock", { skip: 60 }));
byId("send").addEventListener("change", (event) => {
  if (event.target.value) act("/world/next-send", { trouble: event.target.value });
});
byId("event").addEventListener("change", (event) => act("/world/next-event", { plan: event.target.value }));
byId("sender").addEventListener("change", (event) => act("/world/sender", { trouble: event.target.value }));
byId("close").addEventListener("click", () => {
  closeLetter();
  refresh();
});
byId("as-text").addEventListener("click", () => turnTo("text"));
byId("as-html").addEventListener("click", () => turnTo("html"));
byId("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("/world/mailboxes", { address: byId("address").value.trim(), name: byId("name").value.trim() });
    byId("address-wrong").hidden = true;
    byId("add").reset();
  } catch {
    byId("address-wrong").hidden = false;
    write(byId("address-wrong"), "Enter an address, like ana@people.example");
    byId("address").focus();
  }
  refresh();
});

keepAsking();
