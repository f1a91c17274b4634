//! The boundary of a parcel out of a GeoJSON file of the office: that of the parcel which the form names, or the only one. A file
//! of a whole town is too long to be sent with a form, and is of no use to this one.

import { element } from "../verifier/dom.js";
import { wordsOf } from "./words.js";

/// Where a form has the number of the parcel.
const NUMBER = "identities_0_0";
/// As many bytes as an upload of the page that imports may have.
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/// Returns the one feature that is meant, with the coordinate system that the file names; nothing where there is none.
function featureOf(text, number) {
  const file = JSON.parse(text.replace(/^\uFEFF/, ""));
  const features = Array.isArray(file.features) ? file.features : [file];
  const plain = (id) => String(id ?? "").replaceAll(/\s/g, "");
  const named = features.find((one) => plain(one.id) !== "" && plain(one.id) === plain(number));
  const meant = named ?? (features.length === 1 ? features[0] : undefined);
  if (!meant) return undefined;
  const geometry = meant.geometry ?? meant;
  // Whose boundary it is goes with it: the server takes none of another parcel.
  const feature = { type: "Feature", ...meant.id === undefined ? {} : { id: meant.id }, geometry: { type: geometry.type, coordinates: geometry.coordinates } };
  return file.crs ? { ...feature, crs: file.crs } : feature;
}

/// Puts the choice of a file before the field.
function withGround(area) {
  const words = wordsOf(document.documentElement.lang.startsWith("zh") ? 0 : 1);
  const file = element("input", {
    id: `${area.id}-file`, type: "file", accept: ".geojson,.json,application/geo+json", "aria-label": words.groundFile,
  });
  const said = element("span", { class: "hint", role: "status" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    let feature;
    try {
      feature = chosen.size <= FILE_BYTES_MAX ? featureOf(await chosen.text(), document.getElementById(NUMBER)?.value.trim()) : undefined;
    } catch { /* Said below: it is no GeoJSON. */ }
    if (feature) area.value = JSON.stringify(feature);
    said.textContent = feature ? `${words.groundOf} ${chosen.name}` : words.groundNone;
  });
  area.before(file, said);
}

for (const area of document.querySelectorAll("textarea[data-ground]")) withGround(area);
