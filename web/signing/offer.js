//! The fields of a key that is offered to the register, filled in from a key of this browser or a key file: the public key and
//! the proof that whoever offers it holds it. The key itself is never sent.

import { element } from "../verifier/dom.js";
import { canKeep, keptKeys, possession } from "./keyring.js";
import { isPerson, personFault, readOffered } from "./handed.js";
import { button, drawn, faultText, field, hexText, KeyChoice } from "./parts.js";
import { wordsOf } from "./words.js";

/// Puts the choice of a key before the fields whose names begin with the same stem.
async function offer(input) {
  const words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
  const stem = input.id.slice(0, -"key".length);
  const of = (part) => document.getElementById(`${stem}${part}`);
  const keeps = await canKeep();
  const chosen = new KeyChoice(words, keeps ? await keptKeys() : [], keeps, { prefix: `${stem}offer-` });
  const said = element("span", { class: "hint", role: "status" });
  const fill = async () => {
    if (!isPerson(of("person").value.trim())) {
      said.textContent = personFault(words, of("person").value.trim());
      of("person").focus();
      return;
    }
    said.textContent = words.working;
    await drawn();
    try {
      const key = await chosen.key();
      of("person").value = of("person").value.trim();
      input.value = hexText(key.publicKey);
      of("proof").value = await possession(key, input.form.dataset.aud, of("person").value);
      said.textContent = `${words.digestOf} ${key.name}`;
    } catch (fault) {
      said.replaceChildren(...faultText(words, fault));
    }
  };
  const place = element("details", {}, element("summary", {}, words.offerHead), handedFields(words, stem, input, of),
    element("h3", {}, words.handedOwn), chosen.nodes,
    element("p", { class: "actions" }, element("button", { id: `${stem}offer-fill`, class: "button quiet" }, words.offerFill)), said);
  // These fields are of a form of their own: a passphrase ended with Enter must not send the command's form.
  const form = element("form", { id: `${stem}offer-form`, hidden: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fill();
  });
  for (const one of place.querySelectorAll("input, select, textarea, button")) one.setAttribute("form", form.id);
  document.body.append(form);
  const first = of("person") ?? input;
  first.closest("p").before(place);
}

/// The fields of a key that somebody else has made and handed over: a file, or the text of its QR code.
function handedFields(words, stem, input, of) {
  const file = element("input", { id: `${stem}handed-file`, type: "file", accept: ".json,application/json" });
  const pasted = element("textarea", { id: `${stem}handed-text`, rows: "3", spellcheck: "false", autocomplete: "off" });
  const said = element("div", { id: `${stem}handed-said`, role: "status" });
  const fill = (text) => {
    try {
      const offered = readOffered(text, input.form.dataset.aud);
      for (const part of ["person", "key", "proof"]) of(part).value = offered[part];
      said.replaceChildren(element("p", { class: "hint" }, `${words.handedDone} ${offered.person}`));
    } catch (fault) {
      said.replaceChildren(element("p", { class: "notice refuse" }, faultText(words, fault)));
    }
  };
  file.addEventListener("change", async () => { if (file.files[0]) fill(await file.files[0].text()); });
  return [field(words.handedFile, file), field(words.handedText, pasted),
    element("p", { class: "actions" }, button(`${stem}handed-fill`, words.handedRead, "button quiet", () => fill(pasted.value))), said];
}

/// Fills a field of many lines from a text file.
function withText(area) {
  const words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
  const file = element("input", { id: `${area.id}-file`, type: "file", accept: ".toml,text/plain", "aria-label": words.digestFile });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (chosen) area.value = await chosen.text();
  });
  area.before(file);
}

for (const input of document.querySelectorAll("input[data-offer]")) offer(input);
for (const area of document.querySelectorAll("textarea[data-text]")) withText(area);
