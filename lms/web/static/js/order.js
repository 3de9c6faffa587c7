// Steps to be put in order can be moved by buttons; the places follow, and are what is sent.
for (const list of document.querySelectorAll("[data-order]")) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);

  const steps = () => [...list.children];
  const placeOf = (step) => step.querySelector("select");

  const number = () => steps().forEach((step, index) => {
    placeOf(step).value = String(index + 1);
  });

  const sort = () => {
    const rank = (step) => Number(placeOf(step).value || 99);
    list.append(...steps().sort((a, b) => rank(a) - rank(b)));
  };

  const say = (step) => {
    status.textContent = list.dataset.moved
      .replace("{step}", step.querySelector("label").textContent.trim())
      .replace("{place}", placeOf(step).value);
  };

  const move = (step, by, button) => {
    const rows = steps();
    const target = rows.indexOf(step) + by;
    if (target < 0 || target >= rows.length) return;
    rows[target][by < 0 ? "before" : "after"](step);
    number();
    button.focus();
    say(step);
  };

  const addButton = (step, words, sign, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--dense";
    button.textContent = sign;
    button.setAttribute("aria-label", `${words}: ${step.querySelector("label").textContent.trim()}`);
    button.addEventListener("click", () => move(step, by, button));
    return button;
  };

  if (steps().some((step) => placeOf(step).value)) sort();
  for (const step of steps()) {
    const moves = document.createElement("span");
    moves.className = "order__moves";
    moves.append(
      addButton(step, list.dataset.up, "↑", -1),
      addButton(step, list.dataset.down, "↓", 1),
    );
    step.append(moves);
    placeOf(step).addEventListener("change", () => {
      if (steps().every((row) => placeOf(row).value)) sort();
    });
  }
}
