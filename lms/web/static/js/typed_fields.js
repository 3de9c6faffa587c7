// Reading and filling the fields of a form, and saying them in the words of its labels.
const NOT_TYPED = new Set(
  "csrf_token act action_id draft_revision notes_position notes_revision notes_seen pack_digest position revision scene supersedes".split(" "),
);

export function typedIn(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_TYPED.has(name)) (fields[name] ??= []).push(value);
  }
  return fields;
}

// What the page came with: somebody may have typed before this script did.
export function servedIn(form) {
  const served = form.cloneNode(true);
  served.reset();
  return typedIn(served);
}

// What the server leaves out of every text (lms/unseen.py, and controls): nobody sees it,
// so it is no difference. A text without any sign that has a shape is empty.
const UNSEEN =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0001}\u{e0020}-\u{e007f}]/gu;
const LONE_JOINERS = /(^|\s)[\u200c\u200d]+/gu;
const SHAPE = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]/u;

function seen(text) {
  const shown = text.replace(UNSEEN, "").replace(LONE_JOINERS, "$1");
  return SHAPE.test(shown) ? shown.normalize().trim() : "";
}

// What the fields say, without the differences that nobody has typed.
function saying(fields) {
  const said = {};
  for (const name of Object.keys(fields).sort()) {
    const values = fields[name].map((value) => seen(value.replaceAll("\r\n", "\n")));
    const given = values.filter(Boolean).sort();
    if (given.length) said[name] = given;
  }
  return said;
}

export const isSame = (one, other) =>
  JSON.stringify(saying(one)) === JSON.stringify(saying(other));

export function fill(form, fields) {
  for (const control of form.elements) {
    if (!control.name || NOT_TYPED.has(control.name)) continue;
    if (["hidden", "submit", "fieldset"].includes(control.type)) continue;
    const values = fields[control.name] ?? [];
    if (["radio", "checkbox"].includes(control.type)) {
      control.checked = values.includes(control.value);
    } else {
      control.value = values[0] ?? "";
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function textOf(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll(".field__need, .tag, .meta").forEach((part) => part.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

const controlsOf = (form, name) =>
  [...form.elements].filter((control) => control.name === name);

const isOption = (control) => ["radio", "checkbox"].includes(control.type);

export function nameOf(form, name) {
  const [control] = controlsOf(form, name);
  if (!control) return name;
  const parts = isOption(control) || !control.labels?.length ? [] : [textOf(control.labels[0])];
  let place = control.closest("fieldset");
  for (; place && form.contains(place); place = place.parentElement.closest("fieldset")) {
    const legend = place.querySelector(":scope > legend");
    if (legend) parts.unshift(textOf(legend));
  }
  return parts.join(" – ") || name;
}

export function wordsOf(form, name, values) {
  const controls = controlsOf(form, name);
  return values.map((value) => {
    const option = controls.find((control) => isOption(control) && control.value === value);
    if (option) return textOf(option.labels[0]);
    const choice = controls[0]?.options && [...controls[0].options].find((o) => o.value === value);
    return choice ? textOf(choice) : value;
  });
}
