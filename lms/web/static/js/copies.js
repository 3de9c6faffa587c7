// Copies of what is typed, in this browser alone, each person's apart from the others'.
const OLDEST = 7 * 24 * 3600 * 1000;
const PREFIX = "typed:";
const { person } = document.body.dataset;
const own = `${PREFIX}${person}:`;

export const copyKey = (name) => own + name;

export function storeCopy(key, copy) {
  try {
    localStorage.setItem(key, JSON.stringify(copy));
  } catch {
    // a full or forbidden store: the server has what it has
  }
}

export function readCopy(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export const dropCopy = (key) => localStorage.removeItem(key);

// A copy that was sent has arrived when an ordinary page of its writer's came after it.
// After a refusal, the page of sign-in or its own form it has not: it is offered again.
export function settleCopies(shown) {
  const isOrdinary = person && !document.querySelector("[data-problem]");
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const copy = readCopy(key);
    const hasArrived = copy?.isSent && isOrdinary && key.startsWith(own) && !shown.has(key);
    if (!copy || Date.now() - copy.at > OLDEST || hasArrived) dropCopy(key);
    else if (copy.isSent) storeCopy(key, { ...copy, isSent: false });
  }
}
