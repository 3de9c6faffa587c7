// Shows a password while it is typed, and hides it again before it is sent.
for (const part of document.querySelectorAll("[data-password]")) {
  const field = part.querySelector("input");
  const button = part.querySelector("button");
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}
