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

export const thisPage = () => location.href.split("#")[0];

// The server takes a form and leads on from there; a page opened by itself, after the
// form had got lost on its way, comes from elsewhere or without being led.
function cameOfSending(copy) {
  const [here] = performance.getEntriesByType("navigation");
  return document.referrer === copy.from && (here?.redirectCount ?? 1) > 0;
}

// A copy that was sent has arrived when an ordinary page of its writer's came of it.
// After a refusal, the page of sign-in or its own form it has not: it is offered again.
export function settleCopies(shown) {
  const isOrdinary = person && !document.querySelector("[data-problem]");
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const copy = readCopy(key);
    const isForeign = !isOrdinary || !key.startsWith(own);
    const hasArrived = copy?.isSent && !isForeign && !shown.has(key) && cameOfSending(copy);
    if (!copy || Date.now() - copy.at > OLDEST || hasArrived) dropCopy(key);
    else if (copy.isSent) storeCopy(key, { ...copy, isSent: false });
  }
}
