//! What a certificate says of itself beside its evidence: number, code, reader and hour, which are the registry's word; and the
//! comparison with what stands on the paper.

import { groupedCode, isOnPaper } from "./certificate.js";
import { element, factList } from "./dom.js";
import { localTime } from "./facts.js";

/// `typed` is what was typed from the paper before.
export function certificateSection(certificate, words, typed = "") {
  const { code, issued, reader = {}, provisional, site, statement } = certificate;
  return element("section", {}, element("h2", {}, `${words.certificate} ${printedNumber(certificate)}`),
    factList([
      [words.code, element("span", { class: "id" }, groupedCode(code))],
      [words.issued, localTime(issued)], [words.reader, reader.name], [words.purpose, reader.purpose],
      [words.origin, element("span", { class: "id" }, statement.origin)], [words.site, site],
      [words.provisional, provisional === undefined ? undefined : words.provisionalWhy],
    ]),
    element("p", { class: "hint" }, words.registryWord), comparison(certificate, words, typed));
}

/// The number as it is printed.
export function printedNumber({ number, statement }) {
  return `${statement.region}-C-${String(number).padStart(6, "0")}`;
}

function comparison(certificate, words, typed) {
  const input = element("input", { id: "paper", type: "text", autocomplete: "off", value: typed, "aria-describedby": "paper-said" });
  const said = element("p", { id: "paper-said", role: "status" });
  const compare = () => {
    const is = input.value.trim() === "" ? "" : isOnPaper(certificate, input.value);
    const [sign, text, style] = is === "" ? ["", "", ""] : is === undefined ? ["–", words.paperNone, "hint"]
      : is ? ["✔", words.paperSame, "status yes"] : ["✘", words.paperOther, "status refuse"];
    said.className = style;
    said.replaceChildren(element("span", { "aria-hidden": "true" }, sign), text);
  };
  input.addEventListener("input", compare);
  compare();
  return element("div", { class: "field" }, element("label", { for: "paper" }, words.paperLabel), input, said);
}
