// Says beside a text area how many characters are left.
for (const area of document.querySelectorAll("textarea[data-count]")) {
  const note = document.getElementById(area.dataset.count);
  const limit = Number(area.dataset.limit);
  const show = () => {
    const left = limit - [...area.value].length;
    const words = left < 0 ? note.dataset.over : note.dataset.left;
    note.textContent = words.replace("{n}", Math.abs(left));
    note.classList.toggle("is-over", left < 0);
  };
  area.addEventListener("input", show);
  show();
}
