//! The fields of a key that is offered to the register, filled in from a key of this browser or a key file: the public key and
//! the proof that whoever offers it holds it. The key itself is never sent.

import { element } from "../verifier/dom.js";
import { canKeep, keptKeys, possession } from "./keyring.js";
import { button, drawn, faultText, KeyChoice } from "./parts.js";
import { wordsOf } from "./words.js";

const PERSON = /^[a-z0-9-]{1,32}$/;

/// Puts the choice of a key before the fields whose names begin with the same stem.
async function offer(input) {
  const words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
  const stem = input.id.slice(0, -"key".length);
  const of = (part) => document.getElementById(`${stem}${part}`);
  const keeps = await canKeep();
  const chosen = new KeyChoice(words, keeps ? await keptKeys() : [], keeps, { prefix: `${stem}offer-` });
  const said = element("span", { class: "hint", role: "status" });
  const fill = async () => {
    if (!PERSON.test(of("person").value)) {
      said.textContent = `${words.keyNameLabel}: a-z 0-9 -`;
      of("person").focus();
      return;
    }
    said.textContent = words.working;
    await drawn();
    try {
      const key = await chosen.key();
      input.value = Array.from(key.publicKey, (byte) => byte.toString(16).padStart(2, "0")).join("");
      of("proof").value = await possession(key, input.form.dataset.aud, of("person").value);
      said.textContent = `${words.digestOf} ${key.name}`;
    } catch (fault) {
      said.replaceChildren(...faultText(words, fault));
    }
  };
  const place = element("details", {}, element("summary", {}, words.offerHead), chosen.nodes,
    element("p", { class: "actions" }, button(`${stem}offer-fill`, words.offerFill, "button quiet", fill)), said);
  input.closest("p").before(place);
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
