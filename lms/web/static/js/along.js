// Another language, theme or kind of readings loads the page anew. What stands half filled
// in comes along, in this tab and for that moment; a form that is saved anyway, has a
// secret or a file, or is kept nowhere, is left alone.
import { fill, isSame, servedIn, typedIn } from "./typed_fields.js";

const KEY = "along";
const LONGEST_WAY = 60_000;
const SWITCHES = ".languages a, form.theme button";
const NOT_ALONG =
  "[data-autosave-key], [data-kept-nowhere], :has(input[type=password], input[type=file], [autocomplete=one-time-code])";

const forms = [...document.querySelectorAll("main form[method=post]")].filter(
  (form) => !form.matches(NOT_ALONG) && !form.matches(".theme"),
);
const here = () => document.body.dataset.person + location.pathname + location.search;
const nameOf = (form) => form.getAttribute("action");

function take() {
  const typed = forms
    .map((form) => [nameOf(form), typedIn(form), servedIn(form)])
    .filter(([, fields, served]) => !isSame(fields, served))
    .map(([name, fields]) => [name, fields]);
  if (!typed.length) return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ from: here(), at: Date.now(), typed }));
  } catch {
    // a full or forbidden store: the way back of the browser has it
  }
}

function put() {
  const carried = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (!carried || carried.from !== here() || Date.now() - carried.at > LONGEST_WAY) return;
  for (const [name, fields] of carried.typed) {
    const form = forms.find((each) => nameOf(each) === name);
    if (!form) continue;
    fill(form, fields);
    const folded = form.closest("details");
    if (folded) folded.open = true;
  }
}

document.addEventListener("click", (event) => event.target.closest(SWITCHES) && take());
try {
  put();
} catch {
  // no store here: nothing came along
}
