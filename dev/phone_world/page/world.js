// What the pages of both worlds do alike: ask the world, and change only what changed, so that focus, half-typed
// words and what a screen reader has read stay where they are.

export const EVERY = 500; // milliseconds between two looks at the world
const EASTERN = "America/New_York";
export const dayAndTime = new Intl.DateTimeFormat("en-US", {
  timeZone: EASTERN, weekday: "short", month: "short", day: "numeric",
  hour: "numeric", minute: "2-digit", second: "2-digit",
});
export const hourAndMinute = new Intl.DateTimeFormat("en-US", { timeZone: EASTERN, hour: "numeric", minute: "2-digit" });
export const exactTime = new Intl.DateTimeFormat("en-GB", {
  timeZone: EASTERN, hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});

export const byId = (id) => document.getElementById(id);

export async function ask(path, document_) {
  const told = document_ === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document_),
  };
  const answer = await fetch(path, told);
  const reply = await answer.json();
  if (!answer.ok) throw new Error(reply.error);
  return reply;
}

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function settle(select, value) {
  if (select !== document.activeElement && select.value !== value) select.value = value;
}

export function say(words) {
  write(byId("news"), words);
}
