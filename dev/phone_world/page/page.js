// The phone world's page: it asks for the world's state twice a second.

import { EVERY, ask, byId, dayAndTime, exactTime, hourAndMinute, say, settle, write } from "./world.js";

const ANSWERS = [
  ["PERSON", "A person"], ["VOICEMAIL", "Voicemail"], ["BUSY", "Busy"], ["RINGS_OUT", "Rings out"],
  ["PHONE_MENU", "Phone menu"], ["FULL_VOICEMAIL", "Full voicemail"], ["WRONG_NUMBER", "Wrong number"],
  ["CANT_CONNECT", "Can’t connect"],
];
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const KEY_NAMES = { "*": "star", "#": "pound" };

const phones = new Map();
const offices = new Map();
const pinned = new Set();
let latest = null;

// Asking

async function act(path, document_) {
  try {
    await ask(path, document_);
  } catch (error) {
    say(`That did not work: ${error.message}`);
  }
  await refresh();
}

const phoneAct = (number, what, more = {}) => act("/world/phones", { number, do: what, ...more });

async function refresh() {
  let state;
  try {
    state = await ask("/world/state");
  } catch {
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
  if (state.next_webhooks === 0) settle(byId("webhook"), "once");
  if (state.next_creates === 0) settle(byId("create"), "");
  settle(byId("keywords"), state.keywords);
  for (const phone of state.phones) showPhone(phone, state);
  drop(phones, new Set(state.phones.map((phone) => phone.number)));
  showOffices(state.offices);
  showSoFar(state.so_far);
  showWire(state.wire);
  showComplaints(state.complaints);
  sound.keep(state.phones.some((phone) => phone.status === "ringing"));
}

function drop(shown, kept) {
  for (const [number, one] of shown) {
    if (kept.has(number)) continue;
    one.root.remove();
    shown.delete(number);
  }
}

function fromTemplate(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

const STATES = {
  idle: ["No call", "off"], ringing: ["Ringing", "wait"], calling: ["Calling", "wait"], "in-progress": ["In a call", ""],
};

function showTag(tag, status, seconds) {
  const [words, kind] = STATES[status];
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  write(tag, status === "idle" ? words : `${words}, ${time}`);
  tag.className = `tag ${kind}`;
}

// Phones

function newPhone(phone) {
  const root = fromTemplate("phone-template");
  const one = {
    root, number: phone.number, status: "idle", sid: null, lines: 0, texts: 0, aloud: false, called: false,
    part: (selector) => root.querySelector(selector),
  };
  root.setAttribute("aria-labelledby", titled(root.querySelector("h2"), phone.number));
  for (const key of KEYS) one.part(".pad").append(keyButton(one, key));
  for (const button of root.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => phoneAct(phone.number, button.dataset.do));
  }
  one.part(".speaker").addEventListener("click", () => switchSpeaker(one));
  root.addEventListener("keydown", (event) => typedKey(one, event));
  byId("phones").append(root);
  phones.set(phone.number, one);
  return one;
}

function titled(heading, number) {
  heading.id = `of-${number.slice(1)}`;
  return heading.id;
}

function keyButton(one, key) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = key;
  if (KEY_NAMES[key]) button.setAttribute("aria-label", KEY_NAMES[key]);
  button.addEventListener("click", () => press(one, key));
  button.dataset.key = key;
  return button;
}

function press(one, key) {
  const button = [...one.part(".pad").children].find((child) => child.dataset.key === key);
  button.classList.add("hit");
  setTimeout(() => button.classList.remove("hit"), 160);
  phoneAct(one.number, "press", { keys: key });
}

function typedKey(one, event) {
  const isTyping = event.target.matches("input, select, textarea");
  if (one.status !== "in-progress" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!KEYS.includes(event.key)) return;
  event.preventDefault();
  press(one, event.key);
}

function showPhone(phone, state) {
  const one = phones.get(phone.number) ?? newPhone(phone);
  const whose = phone.name || "A phone";
  write(one.part("h2"), phone.name ? `${phone.name}’s phone` : `The phone ${phone.shown}`);
  write(one.part(".owner"), `${whose}, ${phone.shown}`);
  write(one.part(".head"), heading(phone));
  write(one.part(".shown"), phone.status === "ringing" ? phone.call.shown : "");
  one.part(".tag").hidden = phone.status === "idle";
  showTag(one.part(".tag"), phone.status, phone.seconds);
  if (one.status !== phone.status || !one.drawn) changePhone(one, phone, whose);
  showWaysToCall(one, phone, state.numbers);
  showLines(one, phone);
  showTexts(one, phone, state, whose);
}

function heading(phone) {
  if (phone.status === "ringing") return "Incoming call";
  return phone.status === "idle" ? "No call" : phone.call.shown;
}

function changePhone(one, phone, whose) {
  const before = document.activeElement;
  const hadFocus = one.root.contains(before);
  one.status = phone.status;
  one.drawn = true;
  one.root.classList.toggle("ringing", phone.status === "ringing");
  one.part(".when-ringing").hidden = phone.status !== "ringing";
  one.part(".when-talking").hidden = phone.status !== "in-progress";
  one.part(".when-calling").hidden = phone.status !== "calling";
  one.part(".when-idle").hidden = phone.status !== "idle";
  if (phone.status === "ringing") say(`${whose}: the phone is ringing`);
  if (phone.status === "idle") silence(one);
  if (hadFocus && before.closest("[hidden]")) firstIn(one, phone.status).focus();
}

function firstIn(one, status) {
  const places = { ringing: "[data-do=answer]", "in-progress": ".pad button", calling: ".when-calling button" };
  return one.part(places[status] ?? ".when-idle button") ?? one.part(".heard");
}

function showWaysToCall(one, phone, numbers) {
  const ours = numbers.find((number) => number.takes_calls);
  const form = one.part(".dial");
  form.hidden = !ours;
  if (one.called || !ours) return;
  one.called = true;
  const [number, hides] = form.querySelectorAll("input");
  number.id = `dial-${phone.number.slice(1)}`;
  number.value = ours.number;
  form.querySelector(".send label").htmlFor = number.id;
  for (const [part, name] of [[".hint", "hint"], [".wrong", "wrong"]]) form.querySelector(part).id = `${number.id}-${name}`;
  number.setAttribute("aria-describedby", `${number.id}-hint ${number.id}-wrong`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dial(form, { number: phone.number, to: number.value, hides: hides.checked });
  });
}

async function dial(form, call) {
  const wrong = form.querySelector(".wrong");
  try {
    await ask("/world/calls", call);
    wrong.hidden = true;
  } catch (error) {
    wrong.hidden = false;
    write(wrong, `The phone doesn’t dial that: ${error.message}`);
    form.querySelector("input").focus();
  }
  await refresh();
}

function showLines(one, phone) {
  const list = one.part(".log");
  const sid = phone.call?.sid ?? null;
  if (sid !== one.sid) {
    list.replaceChildren();
    one.sid = sid;
    one.lines = 0;
  }
  one.part(".heard").hidden = one.part(".log-title").hidden = phone.lines.length === 0;
  const title = phone.status === "idle" ? `The last call: ${phone.call?.status ?? ""}` : "What the line says";
  write(one.part(".log-title"), title);
  one.part(".heard").setAttribute("aria-label", `Transcript of ${phone.name || phone.shown}`);
  for (const line of phone.lines.slice(one.lines)) {
    list.append(lineOf(line));
    if (one.aloud && phone.status === "in-progress") speak(line);
  }
  if (phone.lines.length > one.lines) one.part(".heard").scrollTop = one.part(".heard").scrollHeight;
  one.lines = phone.lines.length;
}

function lineOf(line) {
  const item = document.createElement("li");
  const time = span("t", line.at);
  item.className = "fresh";
  item.append(time, " ", ...wordsOf(line));
  return item;
}

function wordsOf(line) {
  if (line.kind === "pressed") return [span("keyed", `${line.who} pressed ${line.text}`)];
  if (line.kind === "happened") return [span("quiet", line.mine ? `${line.who} ${line.text}` : line.text)];
  if (line.kind === "played") return [span("quiet", `♪ ${line.text}`)];
  const words = span("", line.text);
  if (line.language) words.lang = line.language;
  return line.kind === "spoke" ? [span("voice", `${line.who}:`), " ", words] : [words];
}

function span(kind, text) {
  const element = document.createElement("span");
  if (kind) element.className = kind;
  element.textContent = text;
  return element;
}

function showTexts(one, phone, { numbers, suggested }, whose) {
  const ours = numbers.find((number) => number.takes_texts);
  one.part(".texts").hidden = !ours && phone.texts.length === 0;
  const form = one.part(".texts form");
  form.hidden = !ours;
  showSuggested(one, ours, suggested);
  showBecomes(one, phone);
  if (ours && !form.dataset.ready) readyTexts(one, form, ours, whose);
  const list = one.part(".sms");
  if (phone.texts.length < one.texts) {
    list.replaceChildren();
    one.texts = 0;
  }
  for (const text of phone.texts.slice(one.texts)) list.append(textOf(text));
  phone.texts.forEach((text, index) => write(list.children[index].querySelector("time"), underText(text)));
  if (phone.texts.length > one.texts) list.scrollTop = list.scrollHeight;
  one.texts = phone.texts.length;
}

const LINK = /(https?:\/\/[^\s]+[^\s.,;:!?)])/;

function textOf(text) {
  const item = document.createElement("li");
  if (text.mine) item.className = "mine";
  item.append(...text.body.split(LINK).map((part, index) => (index % 2 ? linkTo(part) : part)), document.createElement("time"));
  return item;
}

function linkTo(address) {
  const link = document.createElement("a");
  link.href = link.textContent = address;
  link.target = "_blank";
  link.rel = "noreferrer";
  return link;
}

function underText(text) {
  const parts = text.segments > 1 ? `, ${text.segments} parts` : "";
  const lost = ["undelivered", "failed"].includes(text.status) ? `, ${text.status} (${text.code})` : "";
  return hourAndMinute.format(new Date(text.at)) + parts + lost;
}

function readyTexts(one, form, ours, whose) {
  const input = form.querySelector("input");
  input.id = `text-${one.number.slice(1)}`;
  form.querySelector("label").htmlFor = input.id;
  form.querySelector("label").textContent = `Text ${ours.shown}`;
  one.part(".sms").setAttribute("aria-label", `Texts of ${whose}`);
  form.dataset.ready = "yes";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    sendText(one, ours, input.value);
    input.value = "";
  });
}

const sendText = (one, ours, body) => act("/world/texts", { number: one.number, to: ours.number, body });

function showBecomes(one, phone) {
  const select = one.part(".becomes select");
  if (!select.id) {
    select.id = `becomes-${one.number.slice(1)}`;
    one.part(".becomes label").htmlFor = select.id;
    select.addEventListener("change", () => act("/world/fates", { number: one.number, becomes: [select.value] }));
  }
  settle(select, phone.becomes);
}

function showSuggested(one, ours, words) {
  const chips = one.part(".chips");
  chips.hidden = !ours || words.length === 0;
  chips.setAttribute("aria-label", "Texts to try");
  fill(chips, words, (word) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "btn small";
    chip.textContent = word;
    chip.setAttribute("aria-label", `Text ${word}`);
    chip.addEventListener("click", () => sendText(one, ours, word));
    return chip;
  });
}

// Offices

function showOffices(all) {
  const used = all.filter((office) => office.calls > 0).sort((one, other) => other.last - one.last);
  const chosen = all.filter((office) => office.calls === 0 && pinned.has(office.number));
  const shown = used.length + chosen.length ? [...used, ...chosen] : all.slice(0, 1);
  for (const office of shown) showOffice(office);
  drop(offices, new Set(shown.map((office) => office.number)));
  putInOrder(shown);
  showPicker(all.filter((office) => !offices.has(office.number)));
}

function putInOrder(shown) {
  // A card somebody is in keeps its place: nothing moves away under a finger.
  if (byId("offices").contains(document.activeElement)) return;
  shown.forEach((office, index) => {
    const root = offices.get(office.number).root;
    if (byId("offices").children[index] !== root) byId("offices").insertBefore(root, byId("offices").children[index] ?? null);
  });
}

function showPicker(rest) {
  byId("more").hidden = rest.length === 0;
  const wanted = rest.map((office) => office.number).join();
  const pick = byId("pick");
  if (pick.dataset.numbers === wanted) return;
  pick.dataset.numbers = wanted;
  pick.replaceChildren(...rest.map((office) => new Option(`${office.name || "Office"}, ${office.shown}`, office.number)));
}

function newOffice(office) {
  const root = fromTemplate("office-template");
  root.setAttribute("aria-labelledby", titled(root.querySelector("h2"), office.number));
  for (const [answer, words] of ANSWERS) root.querySelector(".choice").append(answerChoice(office, answer, words));
  for (const button of root.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => phoneAct(office.number, button.dataset.do));
  }
  choiceOf(root, office, "busy-for", (count) => ({ first: Array(Number(count)).fill("BUSY") }));
  choiceOf(root, office, "at-once", (count) => ({ at_once: count ? Number(count) : null }));
  byId("offices").append(root);
  const one = { root, status: null };
  offices.set(office.number, one);
  return one;
}

function choiceOf(root, office, name, told) {
  const select = root.querySelector(`select.${name}`);
  select.id = `${name}-${office.number.slice(1)}`;
  root.querySelector(`label.${name}`).htmlFor = select.id;
  select.addEventListener("change", () => act("/world/offices", { number: office.number, ...told(select.value) }));
}

function answerChoice(office, answer, words) {
  const label = document.createElement("label");
  label.className = "pick";
  const input = document.createElement("input");
  input.type = "radio";
  input.name = `answers-${office.number.slice(1)}`;
  input.value = answer;
  input.addEventListener("change", () => act("/world/offices", { number: office.number, answers: answer }));
  label.append(input, span("", words));
  return label;
}

function showOffice(office) {
  const one = offices.get(office.number) ?? newOffice(office);
  const part = (selector) => one.root.querySelector(selector);
  write(part("h2"), office.name || "An office");
  write(part("legend"), `How does ${office.shown} answer?`);
  showTag(part(".tag"), office.status, office.seconds);
  const chosen = part(`input[value=${office.answers}]`);
  if (!chosen.checked) chosen.checked = true;
  settle(part("select.busy-for"), String(office.first.length));
  settle(part("select.at-once"), String(office.at_once ?? ""));
  showSeen(one, office.saw);
  const inCall = office.status !== "idle";
  part(".display").hidden = !inCall;
  if (inCall) {
    const calls = office.now > 1 ? ` It has ${office.now} calls at once.` : "";
    write(part(".display"), `Its display shows ${seen(office.saw.at(-1))}.${calls}`);
  }
  if (one.status === office.status) return;
  one.status = office.status;
  one.root.classList.toggle("ringing", office.status === "ringing");
  part("[data-do=answer]").hidden = office.status !== "ringing";
  part("[data-do=hang_up]").hidden = !inCall;
  write(part("[data-do=hang_up]"), office.status === "ringing" ? "Turn it away" : "Hang up");
}

const WHOSE = { ours: "the organization’s number", own: "the caller’s own number" };

function seen(one) {
  return one.whose === "hidden" ? "no number" : `${one.shown}, ${WHOSE[one.whose]}`;
}

function showSeen(one, saw) {
  one.root.querySelector(".saw").hidden = saw.length === 0;
  fill(one.root.querySelector(".seen"), [...saw].reverse(), (call) => {
    const item = document.createElement("li");
    item.append(span("t", hourAndMinute.format(new Date(call.at))), " ", `They saw ${seen(call)}.`);
    return item;
  });
}

// What happened

function showSoFar(so_far) {
  const extras = ["twice", "late", "lost", "forged"].filter((name) => so_far[name]).map((name) => `${so_far[name]} ${name}`);
  const rows = [
    ["Calls placed", so_far.calls],
    ["Office lines dialled", so_far.legs],
    [["Webhooks sent", ...extras].join(", "), so_far.webhooks],
    ["Wrong Twilio spoken by the app", so_far.complaints ? `${so_far.complaints} ✗` : "0 ✓"],
  ];
  if (so_far.texts) rows.splice(2, 0, ["Texts", so_far.texts]);
  fill(byId("so-far"), rows, ([words, value]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = words;
    row.append(head, cell(String(value), "n"));
    return row;
  });
}

function fill(place, items, make) {
  const now = JSON.stringify(items);
  if (place.dataset.now === now) return;
  place.dataset.now = now;
  place.replaceChildren(...items.map(make));
}

function cell(text, kind = "") {
  const element = document.createElement("td");
  element.className = kind;
  element.textContent = text;
  return element;
}

const LONG_ID = /\/[^/]{14,}(?=\/|$)/g;
const SIGNATURES = { valid: ["ok", "✓ valid"], missing: ["no", "✗ missing"], wrong: ["no", "✗ wrong"], ours: ["quiet", "the app’s key"] };

function showWire(entries) {
  byId("quiet-wire").hidden = entries.length > 0;
  byId("quiet-wire").previousElementSibling.hidden = entries.length === 0;
  fill(byId("wire"), entries, (entry) => {
    const row = document.createElement("tr");
    const [kind, words] = SIGNATURES[entry.signature] ?? ["quiet", entry.signature];
    const signature = cell("");
    signature.append(span(kind, words));
    const answer = cell("", "n");
    answer.append(span(entry.answer >= 400 || entry.answer === null ? "no" : "", entry.answer === null ? "none" : String(entry.answer)));
    const detail = [entry.with, entry.note === entry.label ? "" : entry.note].filter(Boolean).join("; ");
    const what = cell(entry.what.replace(LONG_ID, "/…"), "mono");
    what.title = entry.what;
    row.append(
      cell(exactTime.format(new Date(entry.at)), "mono nowrap"), cell(entry.way, "nowrap"), what,
      cell(detail), signature, answer, cell(`${Math.round(entry.took_ms) || "<1"} ms`, "n"),
    );
    return row;
  });
}

function showComplaints(complaints) {
  byId("complaints").hidden = complaints.length === 0;
  fill(byId("complaint-list"), complaints, (complaint) => {
    const item = document.createElement("li");
    item.textContent = `${complaint.code}: ${complaint.message} ${complaint.url}`;
    return item;
  });
}

// Sound: the ringing of phones, and the line's words in their own language

const sound = {
  on: false, timer: null, context: null,
  keep(ringing) {
    if (ringing && this.on && !this.timer) {
      this.ring();
      this.timer = setInterval(() => this.ring(), 4000);
    } else if ((!ringing || !this.on) && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  },
  ring() {
    this.context ??= new AudioContext();
    const start = this.context.currentTime;
    const volume = this.context.createGain();
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.05);
    volume.gain.setValueAtTime(0.08, start + 1.6);
    volume.gain.linearRampToValueAtTime(0, start + 1.8);
    volume.connect(this.context.destination);
    for (const pitch of [440, 480]) {
      const tone = this.context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(start);
      tone.stop(start + 1.8);
    }
  },
};

function switchSpeaker(one) {
  one.aloud = !one.aloud;
  const button = one.part(".speaker");
  button.setAttribute("aria-pressed", String(one.aloud));
  write(button, one.aloud ? "Speaker on" : "Speaker off");
  if (!one.aloud) silence(one);
}

function silence(one) {
  if (one.aloud || ![...phones.values()].some((other) => other.aloud)) globalThis.speechSynthesis?.cancel();
}

function speak(line) {
  if (!globalThis.speechSynthesis) return;
  if (line.kind === "pressed") speechSynthesis.cancel();
  if (line.kind !== "said" && !(line.kind === "spoke" && !line.mine)) return;
  const words = new SpeechSynthesisUtterance(line.text);
  words.lang = line.language || "en-US";
  speechSynthesis.speak(words);
}

// Buttons that stand from the beginning

byId("pause").addEventListener("click", () => act("/world/clock", { pause: !latest?.clock.paused }));
byId("skip").addEventListener("click", () => act("/world/clock", { skip: 60 }));
byId("forge").addEventListener("click", () => act("/world/forge", {}));
byId("webhook").addEventListener("change", (event) => act("/world/next-webhook", { plan: event.target.value }));
byId("keywords").addEventListener("change", (event) => act("/world/keywords", { twilio: event.target.value }));
byId("create").addEventListener("change", (event) => {
  if (event.target.value) act("/world/next-create", { trouble: event.target.value });
});
byId("sound").addEventListener("click", (event) => {
  sound.on = !sound.on;
  event.currentTarget.setAttribute("aria-pressed", String(sound.on));
  write(event.currentTarget, sound.on ? "Ring aloud: on" : "Ring aloud: off");
});
byId("show").addEventListener("click", () => {
  pinned.add(byId("pick").value);
  refresh();
});
byId("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const digits = byId("number").value.replace(/[^0-9+]/g, "");
  const number = digits.startsWith("+") ? digits : digits.length === 10 ? `+1${digits}` : `+${digits}`;
  try {
    await ask("/world/supporters", { number, name: byId("name").value.trim() });
    byId("number-wrong").hidden = true;
    byId("add").reset();
  } catch {
    byId("number-wrong").hidden = false;
    write(byId("number-wrong"), "Enter a phone number, like (404) 555-0123");
    byId("number").focus();
  }
  refresh();
});

keepAsking();
