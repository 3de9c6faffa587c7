// Steps of a plan can be moved by buttons or dragged; their places follow, and are what is sent.
for (const list of document.querySelectorAll("[data-plan]")) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);

  const steps = () => [...list.children];
  const placeOf = (step) => step.querySelector("select[name^='place_']");
  const isIn = (step) => placeOf(step).value !== "";
  const planned = () => steps().filter(isIn);

  const number = () => {
    planned().forEach((step, index) => {
      placeOf(step).value = String(index + 1);
    });
    // Autosave listens for changes that somebody types.
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const sort = () => {
    const rank = (step) => (isIn(step) ? Number(placeOf(step).value) : 99);
    list.append(...steps().sort((a, b) => rank(a) - rank(b)));
  };

  const mark = () => {
    for (const step of steps()) {
      step.querySelector(".plan__moves").hidden = !isIn(step);
    }
  };

  const nameOf = (step) => step.querySelector("label").textContent.trim();

  const say = (step) => {
    status.textContent = list.dataset.moved
      .replace("{step}", nameOf(step))
      .replace("{place}", placeOf(step).value);
  };

  const move = (step, by, button) => {
    const rows = planned();
    const other = rows[rows.indexOf(step) + by];
    if (!other) return;
    other[by < 0 ? "before" : "after"](step);
    number();
    button.focus();
    say(step);
  };

  const addButton = (step, words, sign, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--dense";
    button.textContent = sign;
    button.setAttribute("aria-label", `${words}: ${nameOf(step)}`);
    button.addEventListener("click", () => move(step, by, button));
    return button;
  };

  let dragged = null;
  for (const step of steps()) {
    const moves = document.createElement("div");
    moves.className = "plan__moves";
    const handle = document.createElement("span");
    handle.className = "plan__handle";
    handle.textContent = "⠿";
    handle.setAttribute("aria-hidden", "true");
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      dragged = step;
      event.dataTransfer.setDragImage(step, 10, 10);
    });
    handle.addEventListener("dragend", () => {
      dragged = null;
    });
    moves.append(
      handle,
      addButton(step, list.dataset.up, "↑", -1),
      addButton(step, list.dataset.down, "↓", 1),
    );
    step.querySelector(".field").after(moves);
    placeOf(step).addEventListener("change", () => {
      const focused = document.activeElement;
      sort();
      mark();
      focused?.focus();
    });
    step.addEventListener("dragover", (event) => {
      if (dragged && dragged !== step && isIn(step)) event.preventDefault();
    });
    step.addEventListener("drop", (event) => {
      if (!dragged || dragged === step || !isIn(step)) return;
      event.preventDefault();
      const rows = planned();
      step[rows.indexOf(dragged) < rows.indexOf(step) ? "after" : "before"](dragged);
      number();
      say(dragged);
    });
  }
  sort();
  mark();
}
