// Keeps what is typed: on the server a moment after typing stops, and in this browser
// until the server has it. Two sides that differ are shown; nothing is merged by itself.
import { copyKey, dropCopy, readCopy, settleCopies, storeCopy, thisPage } from "./copies.js";
import { fill, isSame, nameOf, servedIn, typedIn, wordsOf } from "./typed_fields.js";

const PAUSE = 1000;
const LONGEST_WAIT = 60_000;
const SUBMIT_WAIT = 3000;
const MOST_KEPT_ALIVE = 60_000; // bytes: browsers refuse such a request above 64 KiB
const AWAY = [502, 503, 504]; // nobody behind the proxy, or no database

class Keeper {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = copyKey(form.dataset.autosaveKey);
    this.state = document.getElementById(form.dataset.autosaveState);
    this.box = document.getElementById(form.dataset.autosaveSides);
    this.revision = form.elements.namedItem(form.dataset.autosaveRevision);
    this.saved = form.hasAttribute("data-autosave-unsaved") ? {} : servedIn(form);
    this.mine = [];
    this.failures = 0;
    form.addEventListener("input", () => this.note());
    form.addEventListener("change", () => this.note());
    form.addEventListener("submit", (event) => this.leave(event));
    window.addEventListener("online", () => this.save());
    window.addEventListener("focus", () => (this.isSignedOut || this.isOthers) && this.save());
    window.addEventListener("pagehide", () => this.save(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    this.offerCopy();
    this.note();
  }

  get isDirty() {
    return !isSame(typedIn(this.form), this.saved);
  }

  note() {
    if (!this.isDirty || this.form.inert) return;
    this.keepCopy();
    this.wait(PAUSE);
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  // Leaving ends what is on its way, unless it may outlive the page.
  async save(isLeaving = false) {
    if ((this.sending && !isLeaving) || this.isAsking || !this.isDirty) return;
    if (!this.url) {
      this.say("local");
      return;
    }
    clearTimeout(this.timer);
    this.sending = this.send(typedIn(this.form), isLeaving);
    await this.sending;
    this.sending = null;
    if (this.failures === 0 && this.isDirty && !this.isAsking) this.wait(PAUSE);
  }

  // While the sign-in is another person's, it is asked after and nothing is sent.
  async send(fields, isLeaving) {
    if (!this.isOthers) this.say("saving");
    this.mine = [...this.mine.slice(-4), fields];
    this.abort = new AbortController();
    try {
      let answer = this.isOthers ? null : await this.post(isLeaving);
      if (!answer || answer.status === 400) {
        answer = await this.renewToken();
        if (this.isOthers) return this.fail("another");
        if (answer.ok) answer = await this.post(isLeaving);
      }
      await this.take(answer, fields);
    } catch (error) {
      this.fail("offline", error.name === "TypeError"); // fetch found nobody
    }
  }

  post(isLeaving) {
    const body = new URLSearchParams(new FormData(this.form));
    return fetch(this.url, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      keepalive: (isLeaving || document.hidden) && body.toString().length < MOST_KEPT_ALIVE,
      signal: this.abort.signal,
    });
  }

  async take(answer, fields) {
    const { status } = answer;
    if (status >= 500 || status === 429) return this.fail("offline", AWAY.includes(status));
    this.isAway = false;
    if (answer.status === 401) return this.fail("signedOut");
    const said = await answer.json();
    this.failures = 0;
    this.isSignedOut = false;
    if (answer.ok) {
      this.saved = fields;
      this.revision.value = said.revision;
      if (!this.isDirty) dropCopy(this.key);
      this.say("saved", said.saved);
      document.dispatchEvent(new CustomEvent("stay", { detail: answer.headers }));
    } else if (answer.status === 409 && said.fields) {
      this.differ(said);
    } else {
      this.refuse(said);
    }
  }

  fail(word, isAway = false) {
    this.isSignedOut = word === "signedOut";
    this.isAway = isAway;
    this.failures += 1;
    this.keepCopy();
    this.say(word);
    if (word === "another") return; // asking by itself would keep that sign-in alive
    this.wait(Math.min(PAUSE * 2 ** this.failures, LONGEST_WAIT));
  }

  refuse(said) {
    this.isAsking = true;
    this.keepCopy();
    this.state.textContent = said.text;
    if (!said.location) {
      this.isAsking = false;
      this.failures = 1; // what was refused is sent again when it has been changed
      return;
    }
    const link = document.createElement("a");
    link.href = said.location;
    link.textContent = this.state.dataset.where;
    this.state.append(" ", link);
  }

  // The stored side is another window's, unless an answer to this one was lost.
  differ(said) {
    this.revision.value = said.revision;
    const isOurs = this.mine.slice(0, -1).some((fields) => isSame(fields, said.fields));
    this.saved = said.fields;
    if (isOurs) return;
    this.keepCopy();
    this.say("differs");
    this.ask(typedIn(this.form), this.box.dataset.changed, () => typedIn(this.form));
  }

  // A token is for the pages of the one who is signed in, and for nobody else's.
  async renewToken() {
    const answer = await fetch(document.body.dataset.stayUrl, {
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
    if (!answer.ok) return answer;
    const { csrf_token: token, person } = await answer.json();
    this.isOthers = person !== document.body.dataset.person;
    if (this.isOthers) return answer;
    document.querySelectorAll("input[name=csrf_token]").forEach((input) => {
      input.value = token;
    });
    return answer;
  }

  // mine: what this device's side says at the moment of the choice; typing may go on.
  ask(fields, title, mine = () => fields) {
    this.isAsking = true;
    const rows = this.box.querySelector("tbody");
    const names = [...new Set([...Object.keys(fields), ...Object.keys(this.saved)])];
    rows.replaceChildren(
      ...names
        .filter((name) => !isSame({ name: fields[name] ?? [] }, { name: this.saved[name] ?? [] }))
        .map((name) => this.row(rows, name, fields)),
    );
    this.box.querySelector("[data-sides-title]").textContent = title;
    const choose = (given) => {
      this.box.hidden = true;
      this.isAsking = false;
      this.form.inert = false;
      fill(this.form, given);
      if (!this.isDirty) {
        dropCopy(this.key);
        this.say("chosen");
      }
      this.save();
    };
    this.box.querySelector("[data-sides-mine]").onclick = () => choose(mine());
    this.box.querySelector("[data-sides-saved]").onclick = () => choose(this.saved);
    this.box.hidden = false;
  }

  row(rows, name, fields) {
    const template = this.box.querySelector("template").content.cloneNode(true);
    const [head, mine, saved] = template.querySelectorAll("[data-side]");
    head.textContent = nameOf(this.form, name);
    mine.textContent = wordsOf(this.form, name, fields[name] ?? []).join("\n") || "–";
    saved.textContent = wordsOf(this.form, name, this.saved[name] ?? []).join("\n") || "–";
    return template;
  }

  keepCopy(isSent = false) {
    storeCopy(this.key, { fields: typedIn(this.form), at: Date.now(), isSent, from: thisPage() });
  }

  offerCopy() {
    const copy = readCopy(this.key);
    if (!copy) return;
    if (isSame(copy.fields, typedIn(this.form))) {
      if (!this.isDirty) dropCopy(this.key);
      return;
    }
    this.form.inert = true; // typing before the choice would be a third side
    this.ask(copy.fields, this.box.dataset.local);
    this.box.focus();
  }

  // Nobody is led away from what they typed to a page of the browser's own: while no
  // answer comes the form stays, and each press asks once more.
  leave(event) {
    if (!navigator.onLine) {
      this.hold(event);
      this.stay();
      return;
    }
    if (this.isAway || this.isOthers) this.save();
    if (this.sending) {
      this.hold(event);
      const late = setTimeout(() => this.abort.abort(), SUBMIT_WAIT);
      this.sending.finally(() => {
        clearTimeout(late);
        if (this.isAway) this.stay();
        else if (this.isOthers) this.stay(this.state.dataset.now);
        else setTimeout(() => this.form.requestSubmit(event.submitter));
      });
      return;
    }
    clearTimeout(this.timer);
    this.keepCopy(true);
    this.saved = typedIn(this.form);
  }

  hold(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  stay(word = "unsent") {
    this.keepCopy();
    this.say(word);
    this.state.scrollIntoView({ block: "nearest" });
  }

  say(word, time = "") {
    this.state.textContent = this.state.dataset[word].replace("{time}", time);
    this.state.dataset.now = word;
  }
}

// What another form sends where there is no script is saved by its own.
for (const control of document.querySelectorAll("[data-apart]")) {
  control.removeAttribute("form");
  control.removeAttribute("formaction");
}
const forms = [...document.querySelectorAll("form[data-autosave-key]")];
const keepers = forms.map((form) => new Keeper(form));
const shown = new Set(keepers.map((keeper) => keeper.key));
settleCopies(shown);
// Back at the form, from the browser's memory: what was sent from it may not have arrived.
window.addEventListener("pageshow", (event) => event.persisted && settleCopies(shown));
