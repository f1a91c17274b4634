//! The inbox of drafts at the register: a draft is fetched for its signer, put there or back with more signatures, declined, or
//! taken back. Only for who is signed in, and for a party that the draft names; what is fetched is trusted no more than a file.

import { hexDigest } from "../verifier/bytes.js";
import { element } from "../verifier/dom.js";
import { Fault, must } from "../verifier/fault.js";
import { readDraft } from "./draft.js";
import { button, faultText, field, posted, sent } from "./parts.js";
import { shownTime } from "./signers.js";

const DRAFTS = "/v1/drafts";
const REASON_MAX = 200;

/// What the answers of the register mean for a person.
const REASONS = new Map([
  ["/problems/sign-in-required", "session_over"],
  ["/problems/not-found", "draft_gone"],
  ["/problems/decided", "draft_decided"],
  ["/problems/inbox-full", "inbox_full"],
  ["/problems/too-many-requests", "too_many"],
]);

async function ask(path, request = undefined) {
  let reply;
  let answer = {};
  try {
    reply = await sent(path, request);
    if (reply.status !== 204) answer = await reply.json();
  } catch {
    throw new Fault("", "unreachable");
  }
  if (!reply.ok) throw new Fault("", REASONS.get(answer.type) ?? answer.detail ?? "unreachable");
  return answer;
}

export class Inbox {
  /// `org` is the party that is signed in, or null; `names` says what ids are called.
  constructor(words, org, names) {
    this.words = words;
    this.org = org;
    this.names = names;
    /// What the register says of the draft that was fetched from it.
    this.view = null;
    /// Where whoever signs in anew finds the draft again, or null where this browser does not keep it.
    this.back = null;
  }

  /// Says whether the register would take this draft from who is signed in.
  takes({ payload }) {
    return this.org !== null && (payload.org === this.org || payload.signers.some(({ org }) => org === this.org));
  }

  /// Fetches several drafts, in the order in which they came to the register; what is there no more is left out.
  async fetchAll(names, told) {
    const drafts = [];
    for (const [at, name] of names.entries()) {
      told(at, names.length);
      try {
        const draft = await this.fetch(name);
        drafts.push({ draft, number: this.view.number });
      } catch (fault) {
        if (!(fault instanceof Fault) || !fault.message.endsWith("draft_gone")) throw fault;
      }
    }
    this.view = null;
    must(drafts.length > 0, "", "draft_gone");
    return drafts.sort((left, right) => left.number - right.number).map(({ draft }) => draft);
  }

  /// Fetches a draft by its name, the hash of its payload.
  async fetch(name) {
    const answer = await ask(`${DRAFTS}/${name}`);
    const draft = readDraft(answer.file);
    must(hexDigest(draft.text) === name, "draft", "this is another draft than the one that was asked for");
    this.view = answer;
    return draft;
  }

  /// What the inbox says of the draft, and what its signer and its depositor may do beside signing.
  told(draft) {
    const { words, view } = this;
    if (!this.holds(draft)) return [];
    const outcome = element("div", { id: "inbox-outcome", role: "status" });
    const refusals = view.declined.map(({ org, person, reason }) =>
      element("p", { class: "notice warn" }, this.names.party(org), ` · ${person} · ${words.declined}: `, reason));
    const isAsked = view.signers.some(({ org, kid }) => org === this.org && kid === undefined);
    return [element("h2", {}, words.inboxHead), element("p", {}, `${words.inboxFrom} `, this.names.party(view.depositor), ` · ${view.person} · ${shownTime(view.deposited)}`),
      ...refusals, ...isAsked ? [this.declineForm(outcome)] : [],
      ...view.depositor === this.org ? [element("p", { class: "actions" }, button("withdraw", words.withdraw, "button quiet", () => this.withdraw(outcome)))] : [],
      outcome];
  }

  declineForm(outcome) {
    const { words } = this;
    const reason = element("input", { id: "decline-reason", maxlength: String(REASON_MAX), autocomplete: "off", required: true });
    const form = element("form", { class: "question" }, field(words.declineReason, reason),
      element("p", { class: "actions" }, element("button", { id: "decline", class: "button quiet" }, words.declineNow)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(outcome, async () => {
        this.view = await ask(`${DRAFTS}/${this.view.draft}/decline`, posted({ reason: reason.value.trim().normalize("NFC") }));
        form.remove();
        return element("p", { class: "notice", "data-done": "declined" }, words.declineDone);
      });
    });
    return element("details", {}, element("summary", {}, words.declineHead), form);
  }

  withdraw(outcome) {
    return this.run(outcome, async () => {
      await ask(`${DRAFTS}/${this.view.draft}`, { ...posted({}), method: "DELETE", body: undefined });
      this.view = null;
      return element("p", { class: "notice", "data-done": "withdrawn" }, this.words.withdrawn);
    });
  }

  /// The button that puts a draft into the inbox of the others, or the way to it.
  putParts(draft) {
    const { words } = this;
    if (this.org === null) {
      return draft.made.length === 0 ? [] : [element("p", { class: "hint" }, element("a", { href: `/sign-in?next=${encodeURIComponent(this.back ?? "/sign")}` }, words.inboxSignIn))];
    }
    if (!this.takes(draft)) return [];
    const outcome = element("div", { id: "put-outcome", role: "status" });
    // What came from the inbox goes back there by itself once it is signed.
    if (this.holds(draft)) return [outcome];
    return [element("p", { class: "actions" }, button("put", words.inboxPut, "button quiet", () => this.put(draft, outcome))),
      element("p", { class: "hint" }, words.inboxPutHint), outcome];
  }

  /// Leaves a draft at the register for its signers.
  deposit(draft) {
    return ask(DRAFTS, posted(draft.file));
  }

  /// Whether this draft was fetched from the inbox.
  holds(draft) {
    return this.view !== null && this.view.draft === hexDigest(draft.text);
  }

  /// Puts a draft that came from the inbox back with its new signature, so that it waits no more for who has signed.
  async putBack(draft, outcome) {
    if (!this.holds(draft) || outcome === null) return;
    await this.put(draft, outcome);
    // What went wrong may be tried again.
    if (outcome.querySelector(".refuse")) outcome.append(button("put", this.words.inboxPut, "button quiet", () => this.put(draft, outcome)));
  }

  put(draft, outcome) {
    const { words } = this;
    return this.run(outcome, async () => {
      const isBack = this.holds(draft);
      const view = await this.deposit(draft);
      const open = view.signers.filter(({ kid }) => kid === undefined);
      const names = open.map(({ org, role }) => element("li", {}, this.names.party(org), ` · ${words[role]}`));
      return element("div", { class: "notice", "data-done": "put" }, element("p", {}, isBack ? `${words.inboxBack} ` : "", open.length === 0 ? words.inboxWhole : words.inboxDone),
        open.length === 0 ? undefined : element("ul", {}, names), element("p", {}, element("a", { href: "/work#inbox" }, words.inboxDesk)));
    });
  }

  /// Does something with the register, and says in its place what became of it.
  async run(outcome, act) {
    outcome.replaceChildren(element("p", {}, this.words.asking));
    try {
      outcome.replaceChildren(await act());
    } catch (fault) {
      outcome.replaceChildren(element("p", { class: "notice refuse" }, faultText(this.words, fault, this.back)));
    }
  }
}
