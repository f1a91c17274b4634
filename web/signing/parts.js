//! Parts of the pages that use a key: fields, the choice of a key, and what a request to the register carries.

import { base64 } from "../verifier/bytes.js";
import { element } from "../verifier/dom.js";
import { Fault, must } from "../verifier/fault.js";
import { isEncrypted, readKeyFile } from "./keyfile.js";
import { keepSeed, keyOfSeed } from "./keyring.js";
import { ownOrg } from "./switched.js";

/// A label and its field, with a hint below.
export function field(label, input, hint) {
  const { id } = input;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return element("p", { class: "field" }, element("label", { for: id }, label), input,
    hint ? element("span", { class: "hint", id: `${id}-hint` }, hint) : undefined);
}

export function button(id, text, style, act) {
  const made = element("button", { type: "button", id, class: style }, text);
  made.addEventListener("click", act);
  return made;
}

/// What is asked is not answered by the second half of a double click.
const READING_MILLISECONDS = 800;

/// A button for what cannot be undone: it asks, naming what goes, and offers to keep it; whoever keeps it has done nothing.
export function sureButton(id, words, question, act) {
  const place = element("span", { class: "sure" });
  const close = () => {
    place.replaceChildren(first);
    first.focus();
  };
  const first = button(id, words.forget, "button quiet", () => {
    const askedAt = performance.now();
    const yes = button(`${id}-yes`, words.forgetYes, "button", async () => {
      if (performance.now() - askedAt >= READING_MILLISECONDS) await act();
    });
    const no = button(`${id}-no`, words.forgetNo, "button quiet", close);
    place.replaceChildren(element("span", { role: "alert" }, question), yes, no);
    no.focus();
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  place.append(first);
  return place;
}

export function hexText(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/// A long text with a button that copies it; the press itself is heard by the script that every page has.
export function copyable(words, text, attributes = {}) {
  return [element("span", { class: "id", ...attributes }, text), " ",
    element("button", { type: "button", class: "copy", "data-copy": text, "aria-label": `${words.copy}: ${text.slice(0, 16)}…` }, words.copy)];
}

export function choice(id, options, chosen) {
  return element("select", { id }, options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
}

/// A link that saves a text as a file; `data:` needs no further permission of the page.
export function saved(text, name, label) {
  return element("a", { class: "button quiet", download: name, href: `data:application/json;base64,${base64(new TextEncoder().encode(text))}` }, label);
}

/// What a page sends to the register; where somebody is signed in, with the token that only pages of this site can read.
export function posted(body) {
  const token = document.querySelector("meta[name=form-token]")?.getAttribute("content");
  const headers = { "content-type": "application/json", ...token ? { "x-form-token": token } : {} };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/// Sends something. Where its form token is of a session that has ended meanwhile, it goes once more under the session that was
/// begun since, such as in another tab.
export async function sent(path, request = undefined) {
  const reply = await fetch(path, request);
  const meta = document.querySelector("meta[name=form-token]");
  if (!request || meta === null || (reply.status !== 401 && reply.status !== 403)) return reply;
  const session = await fetch("/v1/sessions");
  const { form_token: token, org } = session.ok ? await session.json() : {};
  // Another member that has signed in since has nothing to do with what this page was made for.
  if (!token || org !== ownOrg() || token === meta.getAttribute("content")) return reply;
  meta.setAttribute("content", token);
  return fetch(path, { ...request, headers: { ...request.headers, "x-form-token": token } });
}

/// The id of the party that is meant: by id, by credit code, or by a name that only one has; `ask` reads an address.
export async function partyOf(typed, ask) {
  const code = typed.replaceAll(/\s/g, "").toUpperCase();
  if (/^M[0-9]+$/.test(code)) return code;
  must(typed !== "", "", "org_empty");
  const query = /^[0-9A-Z]{18}$/.test(code) ? { credit_code: code } : { name: typed };
  const { items } = await ask(`/v1/parties?${new URLSearchParams(query)}`);
  must(items.length > 0, "", "no_party");
  const same = items.filter(({ record }) => record?.name === typed);
  must(items.length === 1 || same.length === 1, "", "many_parties");
  return (same[0] ?? items[0]).id;
}

/// The words for what went wrong with a key or a draft, as the children of an element. Who is signed in no longer is led to where
/// that is done and from there to `next`; without it, in another tab, so that this page stays as it is.
export function faultText(words, fault, next = location.pathname + location.search) {
  if (!(fault instanceof Fault)) throw fault;
  const reason = fault.reason ?? fault.message.split(": ").at(-1);
  if (reason !== "session_over") return [words.fault(reason)];
  return [`${words.fault(reason)} `, next === null
    ? element("a", { href: "/sign-in", target: "_blank" }, words.signInBeside)
    : element("a", { href: `/sign-in?next=${encodeURIComponent(next)}` }, words.signInAgain)];
}

/// Lets the browser draw what was just put into the page, before long work.
export function drawn() {
  return new Promise((resolve) => { setTimeout(resolve, 0); });
}

/// The choice of a key: one that this browser keeps, or a key file; `prefix` stands before the ids of its fields, and
/// `others` are further options, which are no keys.
export class KeyChoice {
  constructor(words, keys, keeps, { prefix = "", others = [], label = words.keyWhich, hint = words.keyHint } = {}) {
    this.keys = keys;
    this.prefix = prefix;
    const options = [...others, ...keys.map((key) => [key.kid, `${key.name} · ${key.kid.slice(0, 16)}`]), ["file", words.keyFile]];
    this.which = choice(`${prefix}which`, options, options[0][0]);
    this.file = element("input", { id: `${prefix}key-file`, type: "file" });
    this.pass = element("input", { id: `${prefix}passphrase`, type: "password", autocomplete: "off" });
    this.keep = keeps ? element("input", { id: `${prefix}keep`, type: "checkbox" }) : undefined;
    const ofFile = element("div", { id: `${prefix}of-file` }, field(words.keyFileLabel, this.file), field(words.passphrase, this.pass),
      keeps ? element("p", { class: "choice" }, this.keep, element("label", { for: `${prefix}keep` }, words.keepKey)) : undefined);
    const shows = () => { ofFile.hidden = this.which.value !== "file"; };
    this.which.addEventListener("change", shows);
    shows();
    this.shows = shows;
    this.nodes = [field(label, this.which, hint), ofFile];
  }

  /// Chooses an option, where it is there.
  choose(value) {
    if (![...this.which.options].some((option) => option.value === value)) return;
    this.which.value = value;
    this.shows();
  }

  /// The chosen key, from the browser or from the file; nothing for one of the other options.
  async key() {
    const kept = this.keys.find((key) => key.kid === this.which.value);
    if (kept) return kept;
    if (this.which.value !== "file") return null;
    if (this.file.files.length === 0) throw new Fault("", "no_key");
    const bytes = new Uint8Array(await this.file.files[0].arrayBuffer());
    const seed = readKeyFile(bytes, isEncrypted(bytes) ? this.pass.value : "");
    const name = this.file.files[0].name.replace(/\.(?:pem|key)$/, "");
    return this.keep?.checked ? keepSeed(seed, name) : keyOfSeed(seed, name);
  }
}
