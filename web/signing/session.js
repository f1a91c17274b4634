//! The page 登录: a challenge of the register is signed with a key that stays here; the cookie that the register then sets no
//! script can read. A challenge is signed only if it names this register, this party and this key.

import { utf8 } from "../verifier/bytes.js";
import { element } from "../verifier/dom.js";
import { Fault } from "../verifier/fault.js";
import { canKeep, keptKeys } from "./keyring.js";
import { drawn, faultText, field, KeyChoice, partyOf, posted } from "./parts.js";
import { wordsOf } from "./words.js";

const REMEMBERED = "greenlien-org";

class SignIn {
  constructor(root) {
    this.root = root;
    this.words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
    this.aud = root.getAttribute("data-aud");
    this.next = root.getAttribute("data-next");
    this.isPublic = root.hasAttribute("data-public");
  }

  async start() {
    const { words } = this;
    const keeps = await canKeep();
    const choice = new KeyChoice(words, keeps ? await keptKeys() : [], keeps);
    const org = element("input", { id: "org", maxlength: "120", spellcheck: "false", autocomplete: "off", value: localStorage.getItem(REMEMBERED) ?? "" });
    const complaint = element("div", { id: "sign-in-fault", role: "alert" });
    const form = element("form", { class: "question", novalidate: true }, field(words.orgLabel, org, this.isPublic ? words.orgHint : words.orgHintPrivate),
      choice.nodes, complaint, element("p", { class: "actions" }, element("button", { id: "sign-in-now" }, words.signIn)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      complaint.replaceChildren(element("p", {}, words.working));
      await drawn();
      try {
        const party = await this.party(org.value.trim().normalize("NFKC"));
        await this.signIn(party, await choice.key());
        localStorage.setItem(REMEMBERED, party);
        location.assign(this.next);
      } catch (fault) {
        complaint.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
      }
    });
    this.root.replaceChildren(form);
  }

  /// The id of the party; where everybody may, it is looked up: by id, by credit code, or by a name that only one has.
  async party(typed) {
    if (typed === "") throw new Fault("", "org_empty");
    const code = typed.replaceAll(/\s/g, "").toUpperCase();
    const isId = /^M[0-9]+$/.test(code);
    if (!this.isPublic) {
      if (isId) return code;
      throw new Fault("", "no_party");
    }
    if (isId) {
      const reply = await fetch(`/v1/parties/${code}`).catch(() => null);
      if (reply?.status === 404) throw new Fault("", "no_party");
      return code;
    }
    return partyOf(typed, (path) => this.ask(path));
  }

  async signIn(org, key) {
    const { challenge } = await this.ask("/v1/sessions/challenge", posted({ kid: key.kid, org }));
    if (!challenge.startsWith(`greenlien/session/v1|${this.aud}|${org}|${key.kid}|`)) throw new Fault("", "other_challenge");
    const signed = await key.sign(utf8(challenge));
    const signature = Array.from(signed, (byte) => byte.toString(16).padStart(2, "0")).join("");
    await this.ask("/v1/sessions", posted({ challenge, signature }));
  }

  async ask(path, request = undefined) {
    let reply;
    try {
      reply = await fetch(path, request);
    } catch {
      throw new Fault("", "unreachable");
    }
    if (reply.status === 429) throw new Fault("", "too_many");
    if (reply.status === 401 || reply.status === 403) throw new Fault("", "denied");
    if (!reply.ok) throw new Fault("", "unreachable");
    return reply.json();
  }
}

const root = document.getElementById("sign-in");
if (root) new SignIn(root).start();
