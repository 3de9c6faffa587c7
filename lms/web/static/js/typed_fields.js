// Reading and filling the fields of a form, and saying them in the words of its labels.
const NOT_TYPED = new Set(
  "csrf_token act action_id draft_revision notes_position notes_revision pack_digest position revision scene supersedes".split(" "),
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

// What the fields say, without the differences that nobody has typed.
function saying(fields) {
  const said = {};
  for (const name of Object.keys(fields).sort()) {
    const values = fields[name].map((v) => v.replaceAll("\r\n", "\n").normalize().trim());
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
