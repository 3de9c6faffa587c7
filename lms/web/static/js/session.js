// Says in time that the sign-in is about to end, and lets the reader stay.
const BEFORE = 5 * 60_000;
const SHARED = "stay-ends";
const notice = document.querySelector("[data-stay-notice]");

function note(seconds) {
  if (!Number.isFinite(seconds)) return;
  const ends = Date.now() + seconds * 1000;
  try {
    localStorage.setItem(SHARED, ends);
  } catch {
    notice.dataset.ends = ends;
  }
}

// Another tab may have been in use since: the latest answer counts for all.
const ends = () => Number(localStorage.getItem(SHARED) ?? notice.dataset.ends);

function look() {
  const left = ends() - Date.now();
  const words = notice.querySelector("[data-stay-words]");
  const kind = left <= 0 ? "ended" : left <= BEFORE ? "soon" : "";
  if (kind !== notice.dataset.kind) {
    const time = new Date(ends()).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23", // as on all pages
      timeZone: notice.dataset.timeZone,
    });
    words.textContent = kind ? notice.dataset[kind].replace("{time}", time) : "";
    notice.querySelector("[data-stay-button]").hidden = kind !== "soon";
    notice.hidden = !kind;
    notice.dataset.kind = kind;
  }
  setTimeout(look, 5000);
}

async function stay() {
  try {
    const answer = await fetch(document.body.dataset.stayUrl, {
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
    if (answer.ok) note(Number((await answer.json()).seconds));
  } catch {
    // no connection: the words stay, and the button too
  }
}

if (notice) {
  note(Number(notice.dataset.seconds));
  document.addEventListener("stay", (event) =>
    note(Number(event.detail.get("X-Stay-Seconds") ?? NaN)),
  );
  notice.querySelector("[data-stay-button]").addEventListener("click", stay);
  look();
}
