// A second click on the same form is not a second act. Where no answer comes, as after
// the browser's Stop, it can be sent again: the server takes an act but once.
const ANSWER_WAIT = 10_000;

for (const form of document.querySelectorAll("form[data-submit-once]")) {
  let late;
  const release = () => {
    clearTimeout(late);
    delete form.dataset.sent;
    for (const control of form.elements) control.removeAttribute("aria-busy");
  };
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    late = setTimeout(release, ANSWER_WAIT);
  });
  form.addEventListener("input", release);
  form.addEventListener("change", release);
  window.addEventListener("pageshow", release); // back from the browser's memory
}
