//! Findings (FORMATS 3.5): why not, or what was noted, in numbers.

import { integer, list, object, optional, string } from "./forms.js";
import { day, quantity, span } from "./values.js";

const alternative = object({
  quantity: optional(quantity), segments: optional(list(object({ from: day, to: day, quantity }), 1)),
  spans: optional(list(span, 1)),
});

export const findingForm = object({
  code: integer(1000, 9999), line: optional(integer(0, 63)), conflicts: optional(list(string, 1)), at: optional(day),
  share_ppm: optional(integer(0)), alternative: optional(alternative),
});
