//! The page 签署: makes a command that another page of the register prepared, or reads a draft; shows exactly what will be
//! signed; signs with a key that never leaves the page; hands the draft on, or submits it and shows the receipt.

import { element, factList } from "../verifier/dom.js";
import { Fault } from "../verifier/fault.js";
import { Batch, isBundle, readBundle } from "./batch.js";
import { registerNow, setClock } from "./clock.js";
import { acceptedPart, refusedPart } from "./decision.js";
import { described, moneyText } from "./describe.js";
import { withFile } from "./digest.js";
import { askedOf, draftText, hiddenFault, hiddenValues, isComplete, missing, newDraft, parseDraft, signDraft, submission } from "./draft.js";
import { keepDrafts } from "./drafts.js";
import { Inbox } from "./inbox.js";
import { handedParts, isPerson, personFault } from "./handed.js";
import { Kept } from "./kept.js";
import { canKeep, forget, keptKeys, makeKey } from "./keyring.js";
import { button, choice, drawn, faultText, field, KeyChoice, posted, saved, sent, sureButton } from "./parts.js";
import { Names } from "./names.js";
import { checkersOf, shownTime } from "./signers.js";
import { keepSigning, takeSigning } from "./switched.js";
import { Verification } from "./verification.js";
import { wordsOf } from "./words.js";

const DAYS_MAX = 7;

/// The field of a digest, filled in by choosing the document.
function digestField(id, words) {
  const input = element("input", { id, maxlength: "64", spellcheck: "false", autocomplete: "off", pattern: "[0-9a-f]{64}" });
  return element("p", { class: "field" }, element("label", { for: id }, "SHA-256"), ...withFile(input), input);
}

class Page {
  constructor(root) {
    this.root = root;
    this.wasShown = takeSigning(root);
    keepSigning(root, () => this.draft && { text: draftText(this.draft), isSigned: this.isSigned, answer: this.answer });
    this.language = document.documentElement.lang.startsWith("zh") ? 0 : 1;
    this.words = wordsOf(this.language);
    setClock(root);
    this.aud = root.getAttribute("data-aud");
    this.names = new Names(root, this.words);
    this.inbox = new Inbox(this.words, root.getAttribute("data-org"), this.names);
    this.asked = null;
    this.draft = null;
    /// What the register has decided of the draft, or null.
    this.answer = null;
    this.keys = [];
    this.parts = Object.fromEntries(["command", "drafts", "inbox", "shown", "items", "key", "submit", "next", "keys"].map((name) =>
      [name, element("section", { id: `part-${name}`, "aria-live": name === "next" ? "polite" : undefined })]));
    root.replaceChildren(...Object.values(this.parts));
    this.kept = new Kept(this.parts.drafts, { ...this, open: (entry) => this.openKept(entry) });
    for (const kind of ["input", "change"]) this.parts.command.addEventListener(kind, () => this.changed());
  }

  /// A command that was made is not signed any more once a field says something else.
  changed() {
    if (!this.asked || this.draft === null) return;
    this.attempt(() => {});
    document.getElementById("make-fault")?.replaceChildren(element("p", { class: "notice warn" }, this.words.changed));
  }

  /// Shows the page; as long as it is not whole, a reader of the screen is told so.
  async begin() {
    this.root.setAttribute("aria-busy", "true");
    try {
      await this.start();
    } finally {
      this.root.removeAttribute("aria-busy");
    }
  }

  async start() {
    const text = this.root.getAttribute("data-command");
    if (text) {
      this.asked = askedOf(text);
      for (const [id, name] of Object.entries(this.asked.names ?? {})) this.names.put(id, name);
    }
    if (this.root.hasAttribute("data-verification")) {
      const { words, language, names, aud } = this;
      this.verification = new Verification(this.root, { words, language, names, aud, org: this.root.getAttribute("data-org") }, (asked) => {
        this.asked = asked;
        this.showCommand();
        this.parts.command.querySelector("h2").focus();
      });
    }
    this.keeps = await canKeep();
    if (this.keeps) this.keys = await keptKeys();
    this.showKeys();
    // What comes from the inbox is looked at alone.
    const isFromInbox = ["data-draft", "data-drafts"].some((name) => this.root.hasAttribute(name));
    if (!isFromInbox) {
      this.showCommand();
      await this.learnAbout();
      if (!this.asked && !this.verification) await this.showKept();
    }
    const names = this.root.getAttribute("data-drafts");
    if (names) await this.fetchDrafts(names.split(" "));
    const name = this.root.getAttribute("data-draft");
    if (name) await this.fetchDraft(name);
    else if (this.wasShown) this.attempt(() => this.open(parseDraft(new TextEncoder().encode(this.wasShown.text)), this.wasShown.isSigned, this.wasShown.answer));
  }

  /// A draft that waits in the inbox of the register.
  async fetchDraft(name) {
    try {
      const draft = await this.inbox.fetch(name);
      // Names first: what the inbox says is not drawn again under the hands of who declines or takes back.
      await this.names.learn([draft]);
      this.attempt(() => this.open(draft));
    } catch (fault) {
      this.parts.shown.replaceChildren(element("div", { class: "notice refuse", role: "alert" }, faultText(this.words, fault)));
    }
  }

  /// Drafts that wait in the inbox and are to be signed together.
  async fetchDrafts(names) {
    const { words } = this;
    const { shown } = this.parts;
    const told = (at, all) => shown.replaceChildren(element("p", { role: "status" }, `${words.asking} ${at + 1} / ${all}`));
    try {
      const drafts = await this.inbox.fetchAll(names, told);
      shown.replaceChildren();
      await this.openAll(drafts.map((draft) => ({ draft })), { isFromInbox: true });
    } catch (fault) {
      shown.replaceChildren(element("div", { class: "notice refuse", role: "alert" }, faultText(words, fault)));
    }
  }

  /// The drafts that were signed here and not decided yet; the one that the address names is opened, such as after signing in anew.
  async showKept() {
    await this.kept.show();
    const entry = this.kept.find(new URLSearchParams(location.search).get("kept"));
    if (entry) this.openKept(entry);
  }

  openKept({ batch, items }) {
    this.attempt(() => batch === undefined ? this.open(items[0].draft, true) : this.openAll(items, { batch }));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 1: the command
  // -------------------------------------------------------------------------------------------------------------------

  showCommand() {
    const { words } = this;
    const parts = this.asked ? this.askedParts() : this.verification ? this.verification.parts() : this.draftParts();
    this.parts.command.replaceChildren(element("h2", { tabindex: "-1" }, words.draftHead), ...parts);
  }

  askedParts() {
    const { words, asked } = this;
    const hidden = (asked.hide ?? []).map((name) =>
      field(words.hidden(name), element("input", { id: `hidden-${name}`, maxlength: "200", autocomplete: "off" })));
    const signers = asked.signers.map(({ org, checkers, persons }) => element("div", {}, element("p", {}, this.names.party(org)),
      field(`${words.checkersLabel} · ${this.names.text(org) || org}`, choice(`checkers-${org}`,
        checkersOf(checkers, persons).map((count) => [count, count]), String(checkers)), `${words.ruleSays}: ${checkers + 1}`),
      persons <= checkers ? element("p", { class: "notice warn" }, words.keysFew.replace("{n}", persons)) : undefined));
    const attests = (asked.attests ?? []).map((org) => element("div", {}, element("h3", {}, words.attestHead), element("p", {}, this.names.party(org)),
      element("p", { class: "hint" }, words.attestHint),
      field(words.attestClass, choice(`class-${org}`, [["paper", words.paper], ["video", words.video]], "paper")), digestField(`document-${org}`, words)));
    const days = choice("days", Array.from({ length: DAYS_MAX }, (_, at) => [String(at + 1), words.days(at + 1)]), String(DAYS_MAX));
    return [
      ...this.aboutParts(),
      ...hidden.length > 0 ? [element("h3", {}, words.hiddenHead), element("p", { class: "hint" }, words.hiddenHint), ...hidden] : [],
      element("h3", {}, words.signersHead), ...signers, ...attests, element("div", { id: "make-fault", role: "alert" }), field(words.daysLabel, days),
      element("p", { class: "actions" }, button("make", words.make, undefined, () => this.make())),
    ];
  }

  /// What is to be done, before anything else is typed: the act and everything that its command will say, as far as the register
  /// has told what its ids are called.
  aboutParts() {
    const { words, asked, names, language } = this;
    const rows = [[words.type, words.act(asked.type)], [words.giver, names.party(asked.org)], ...described(asked, language, names)];
    return [element("h3", {}, words.aboutHead), element("div", { id: "about" }, factList(rows))];
  }

  /// Looks up what the command is about, and shows it before the command is made.
  async learnAbout() {
    const { asked, names } = this;
    if (!asked) return;
    const { pledge } = asked.body;
    await names.learn([{ text: JSON.stringify(asked.body) }]);
    await names.learn([{ text: JSON.stringify(names.records.get(pledge) ?? {}) }]);
    document.getElementById("about")?.replaceWith(this.aboutParts()[1]);
  }

  draftParts() {
    const { words } = this;
    const input = element("input", { id: "draft", type: "file" });
    input.addEventListener("change", async () => {
      if (input.files.length > 0) this.take(new Uint8Array(await input.files[0].arrayBuffer()));
    });
    const text = element("textarea", { id: "paste", rows: "4", spellcheck: "false", autocomplete: "off" });
    const place = element("div", { class: "verify" }, element("div", { class: "drop" }, field(words.draftLabel, input, words.draftHint)),
      field(words.pasteLabel, text),
      element("p", { class: "actions" }, button("read", words.pasteButton, "button quiet", () => this.take(new TextEncoder().encode(text.value)))));
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", async (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length > 0) this.take(new Uint8Array(await event.dataTransfer.files[0].arrayBuffer()));
    });
    return [place];
  }

  make() {
    const { asked } = this;
    const value = (id) => document.getElementById(id).value;
    const hidden = hiddenValues(Object.fromEntries((asked.hide ?? []).map((name) => [name, value(`hidden-${name}`)])));
    const signers = asked.signers.flatMap(({ org, checkers }) => [{ org, role: "maker" },
      ...Array.from({ length: Math.max(checkers, Number(value(`checkers-${org}`))) }, () => ({ org, role: "checker" }))]);
    const attested = (asked.attests ?? []).map((org) => ({ org, class: value(`class-${org}`), document: value(`document-${org}`) }));
    const complaint = document.getElementById("make-fault");
    complaint.replaceChildren();
    const wrong = hiddenFault(hidden);
    if (wrong) {
      const [claim, fault] = wrong;
      complaint.replaceChildren(element("p", { class: "notice refuse" }, `${this.words.hidden(claim)}: ${this.words.fault(fault)}`));
      document.getElementById(`hidden-${claim}`).focus();
      return;
    }
    if (attested.some((one) => !/^[0-9a-f]{64}$/.test(one.document))) {
      complaint.replaceChildren(element("p", { class: "notice refuse" }, this.words.fault("no_document")));
      return;
    }
    attested.sort((left, right) => Number(left.org.slice(1)) - Number(right.org.slice(1)));
    this.attempt(() => this.open(newDraft({ ...asked, signers, attested }, hidden, this.aud, Number(value("days")), registerNow())));
  }

  take(bytes) {
    this.attempt(() => isBundle(bytes) ? this.openAll(readBundle(bytes, this.aud).map((draft) => ({ draft }))) : this.open(parseDraft(bytes)));
  }

  /// Several drafts of one bundle, as `{draft}` and the line where one was said: signed with one key and handed on together.
  async openAll(items, { isFromInbox = false, batch = undefined } = {}) {
    await this.names.learn(items.map(({ draft }) => draft));
    const { keys, keeps, names, inbox } = this;
    const together = new Batch(this.words, this.language, this.parts, { keys, keeps, names, inbox, isFromInbox, batch });
    together.show(items.map(({ draft, line }, at) => ({ line: line ?? String(at + 1), draft })));
    this.parts.items.querySelector("h2").focus();
  }

  /// Runs what may find the draft at fault, and says so in its place.
  attempt(act) {
    this.draft = null;
    for (const name of ["inbox", "shown", "items", "key", "submit", "next"]) this.parts[name].replaceChildren();
    try {
      act();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.parts.shown.replaceChildren(element("div", { class: "notice refuse", role: "alert" }, element("strong", {}, this.words.unreadable),
        element("p", { class: "technical" }, this.why(fault))));
    }
  }

  /// What is wrong with a draft: in words where there are some, else as its reader says it.
  why(fault) {
    const reason = fault.message.split(": ").at(-1);
    const said = this.words.fault(reason);
    return said === reason ? element("span", { lang: "en" }, fault.message) : said;
  }

  /// `isSigned` is of a draft that was signed in this browser, `answer` what was decided of it.
  async open(draft, isSigned = false, answer = null) {
    this.draft = draft;
    this.isSigned = isSigned;
    this.answer = answer;
    this.inbox.back = isSigned ? `/sign?kept=${draft.payload.cmd}` : null;
    this.dropped = false;
    this.showInbox();
    this.showPayload();
    this.showKey();
    this.showNext();
    document.getElementById("payload").scrollIntoView?.({ block: "nearest" });
    const hasLearned = await this.names.learn([draft]);
    if (this.draft !== draft) return;
    this.draft = this.names.owners.proper(draft);
    this.dropped = this.draft !== draft;
    // A key may have been chosen meanwhile: its form is drawn again only where it is another, or is not to be there.
    if (this.dropped || this.barred()) this.showKey();
    if (hasLearned || this.dropped) this.showNext();
    if (hasLearned || this.dropped) {
      this.showInbox();
      this.showPayload();
    }
  }

  showInbox() {
    this.parts.inbox.replaceChildren(...this.answer ? [] : this.inbox.told(this.draft));
  }

  /// Whose key made a signature and in which part; the part alone where the register does not say whose key it is.
  signer(kid, role) {
    const owner = this.names.owners.of(kid);
    return [owner ? [this.names.party(owner.org), " · "] : [], `${this.words[role]} · `, owner ? `${owner.person} · ` : ""].flat(2);
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 2: what will be signed
  // -------------------------------------------------------------------------------------------------------------------

  showPayload() {
    const { words, draft } = this;
    const { payload } = draft;
    const rows = [
      [words.type, words.act(payload.type)], [words.giver, this.names.party(payload.org)],
      [words.expires, shownTime(payload.exp)],
      ...described(payload, this.language, this.names),
      ...draft.opened.map(({ claim, value }) => [`${words.hidden(claim)} · ${words.hiddenValue}`, claim.endsWith("_cny") ? moneyText(value) : value]),
    ];
    const signers = payload.signers.map(({ org, role }) => element("li", {}, this.names.party(org), ` · ${words[role]}`));
    const done = draft.made.map(({ kid, role }) => element("li", {}, "✔ ", words.signed, " · ", this.signer(kid, role), element("span", { class: "id" }, kid.slice(0, 16))));
    const awaited = this.names.toSign(draft);
    this.parts.shown.replaceChildren(...[
      element("h2", {}, words.shownHead), this.barred(),
      this.dropped ? element("div", { id: "dropped", class: "notice warn" }, words.dropped) : undefined, factList(rows),
      element("h3", {}, words.signersHead), element("ul", {}, signers),
      done.length > 0 ? element("h3", {}, words.signatures) : undefined,
      done.length > 0 ? element("ul", { id: "made" }, done) : undefined,
      awaited.length > 0 ? element("p", { id: "awaited" }, awaited) : undefined,
      element("h3", {}, words.payloadLabel), element("p", { class: "hint" }, words.shownHint),
      element("pre", { id: "payload", class: "payload", tabindex: "0", role: "region", "aria-label": words.payloadLabel }, draft.text),
    ].filter(Boolean));
  }

  /// Why this command cannot be signed here, as a notice, or nothing.
  barred() {
    const { words } = this;
    const { aud, exp } = this.draft.payload;
    if (aud !== this.aud) return element("div", { class: "notice refuse", role: "alert" }, words.otherRegister);
    if (this.answer) return undefined;
    if (Date.parse(exp) < registerNow()) return element("div", { class: "notice refuse", role: "alert" }, words.expired);
    const short = this.names.shortness(this.draft);
    return short ? element("div", { id: "short", class: "notice refuse", role: "alert" }, short) : undefined;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 3: signing
  // -------------------------------------------------------------------------------------------------------------------

  showKey() {
    const { words, draft, keys } = this;
    const roles = ["maker", "checker"].filter((role) => missing(draft, role) > 0);
    if (this.answer || this.barred() || roles.length === 0) {
      this.parts.key.replaceChildren();
      return;
    }
    const chosen = new KeyChoice(words, keys, this.keeps);
    const complaint = element("div", { id: "key-fault", role: "alert" });
    const form = element("form", { class: "question" }, chosen.nodes,
      field(words.roleLabel, choice("role", roles.map((role) => [role, words[role]]), this.missingRole(draft) ?? roles[0])), complaint,
      element("p", { class: "actions" }, element("button", { id: "sign-now" }, words.signButton)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      complaint.replaceChildren(element("p", {}, words.working));
      await drawn();
      try {
        await this.sign(await chosen.key());
      } catch (fault) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
      }
    });
    // Who has signed hands on; whoever signs next, mostly at another machine, may do so here as well.
    this.parts.key.replaceChildren(...this.isSigned ? [element("details", { id: "sign-further" }, element("summary", {}, words.signFurther), form)]
      : [element("h2", {}, words.keyHead), form]);
  }

  /// The part in which the party that is signed in is still to sign; of a draft that is of several, as far as the register says.
  missingRole(draft) {
    const own = (this.names.owners.awaited(draft) ?? []).filter(({ org }) => org === this.names.org);
    return own[0]?.role;
  }

  async sign(key) {
    const role = document.getElementById("role").value;
    await this.names.admit(this.draft, role, key);
    this.draft = await signDraft(this.draft, role, key);
    this.isSigned = true;
    const isKept = await keepDrafts([{ draft: this.draft }], registerNow());
    this.inbox.back = isKept ? `/sign?kept=${this.draft.payload.cmd}` : null;
    if (this.keeps) this.keys = await keptKeys();
    this.showPayload();
    this.showKey();
    this.showNext();
    this.showKeys();
    this.parts.next.querySelector("h2")?.focus();
    this.putting = this.inbox.putBack(this.draft, document.getElementById("put-outcome"));
    await this.putting;
  }

  // -------------------------------------------------------------------------------------------------------------------
  // 4: handing on, or submitting
  // -------------------------------------------------------------------------------------------------------------------

  /// Says whether somebody of this page is still to sign, as far as it knows: then that is what comes next.
  isToSign() {
    const { draft, names } = this;
    if (this.isSigned || isComplete(draft)) return false;
    return names.org === null || !this.inbox.takes(draft) || names.owners.awaited(draft) === null || this.missingRole(draft) !== undefined;
  }

  showNext() {
    const { words, draft } = this;
    if (this.answer) {
      this.tell(this.answer);
      return;
    }
    if (this.barred() || this.isToSign()) {
      this.parts.next.replaceChildren();
      return;
    }
    const text = draftText(draft);
    const whole = isComplete(draft);
    const outcome = element("div", { id: "outcome", role: "status" });
    this.parts.next.replaceChildren(...[
      element("h2", { tabindex: "-1" }, words.handHead), element("p", {}, whole ? words.complete : words.handOn),
      ...whole && !this.inbox.holds(draft) ? [] : this.inbox.putParts(draft),
      element("p", { class: "actions" }, whole ? button("submit", words.submit, undefined, () => this.submit(outcome)) : undefined,
        saved(text, `${draft.payload.type}-${draft.payload.cmd.slice(0, 8)}.json`, words.download)),
      outcome,
      field(words.draftText, element("textarea", { id: "draft-text", rows: "4", readonly: true, spellcheck: "false" }, text)),
    ]);
  }

  async submit(outcome) {
    const { words, draft } = this;
    outcome.replaceChildren(element("p", {}, words.submitting));
    // What is on its way to the inbox arrives first: of what is decided it takes nothing more.
    await this.putting;
    let reply;
    let answer;
    try {
      reply = await sent("/v1/commands", posted(submission(draft)));
      answer = await reply.json();
    } catch {
      outcome.replaceChildren(element("p", { class: "notice warn" }, words.unreachable));
      return;
    }
    // What is decided needs no draft any more; what the door did not take may be tried again.
    const isDecided = reply.ok || reply.status === 409;
    if (isDecided) await this.kept.drop(draft.payload.cmd);
    if (!reply.ok) await this.names.learn([{ text: JSON.stringify(answer.findings ?? []) }]);
    if (this.draft !== draft) return;
    if (isDecided) this.tell(answer);
    else outcome.replaceChildren(refusedPart(words, this.language, this.names, draft, answer));
  }

  /// Shows what was decided, in the place of all that led to it.
  tell(answer) {
    const { words, draft } = this;
    this.answer = answer;
    for (const name of ["inbox", "key"]) this.parts[name].replaceChildren();
    const isAccepted = answer.decision === "accepted";
    const head = element("h2", { tabindex: "-1" }, words.decidedHead);
    this.parts.next.replaceChildren(head, element("div", { id: "outcome", role: "status" },
      isAccepted ? acceptedPart(words, draft, answer) : refusedPart(words, this.language, this.names, draft, answer)));
    head.focus();
  }

  // -------------------------------------------------------------------------------------------------------------------
  // The keys of this browser
  // -------------------------------------------------------------------------------------------------------------------

  showKeys() {
    const { words, keys } = this;
    const body = this.keeps ? [this.keyList(keys), this.keyForm()] : [element("p", {}, words.keysCannot)];
    const open = this.parts.keys.querySelector("details")?.open ?? false;
    this.parts.keys.replaceChildren(element("details", { open }, element("summary", {}, words.keysHead), body));
  }

  keyList(keys) {
    const { words } = this;
    if (keys.length === 0) return element("p", {}, words.keysNone);
    return element("ul", { class: "keys" }, keys.map((key) => element("li", {}, this.handed(key), sureButton(`forget-${key.kid.slice(0, 8)}`, words, words.forgetKey.replace("{name}", key.name).replace("{id}", key.kid.slice(0, 8)), async () => {
      await forget(key.kid);
      this.keys = await keptKeys();
      this.showKeys();
    }))));
  }

  /// What of a key is handed over, once its proof is made.
  handed(key) {
    const place = element("div", {});
    handedParts(this.words, key, this.aud).then((parts) => place.replaceChildren(...parts));
    return place;
  }

  keyForm() {
    const { words } = this;
    const name = element("input", { id: "key-name", maxlength: "40", autocapitalize: "none", spellcheck: "false", autocomplete: "off" });
    const complaint = element("div", { id: "key-name-fault", role: "alert" });
    const form = element("form", { class: "question" }, field(words.keyNameLabel, name, words.keyNameHint), complaint,
      element("p", { class: "actions" }, element("button", { id: "make-key", class: "button quiet" }, words.makeKey)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const typed = name.value.trim();
      if (!isPerson(typed)) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, personFault(words, typed)));
        name.focus();
        return;
      }
      await makeKey(typed);
      this.keys = await keptKeys();
      this.showKeys();
      if (this.draft) this.showKey();
    });
    return form;
  }
}

const root = document.getElementById("sign");
if (root) new Page(root).begin();
