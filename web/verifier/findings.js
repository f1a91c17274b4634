//! Findings (FORMATS 3.5): why not, or what was noted, in numbers.

import { must } from "./fault.js";
import { integer, list, object, optional, string } from "./forms.js";
import { day, quantity, span } from "./values.js";

const alternative = object({
  quantity: optional(quantity), segments: optional(list(object({ from: day, to: day, quantity }), 1)),
  spans: optional(list(span, 1)),
});

/// The numbers of all findings; tests/findings.rs compares them with the law.
const CODES = new Set([
  1001, 1002, 1003, 1004, 1005, 1008, 1010, 1011, 1012, 1013, 2001, 2002, 2003, 2005, 2006,
  2007, 2008, 2009, 2010, 2011, 2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022,
  3001, 3002, 3003, 3004, 3005, 3008, 3009, 3010, 3011, 3012, 3013, 3014, 3015, 3016, 4001, 4002,
  4003, 4006, 4007, 4008, 4009, 4010, 4011, 4012, 5002, 5003, 5004, 5005, 5007, 5008, 5009, 5010, 5011,
  5012, 5013, 5014, 5015, 5016, 5017, 5018, 5019, 5020, 5021, 5022, 6001, 6002, 6004, 6005,
  6006, 6007, 6008, 6009, 6010, 6011, 6012, 6013, 6014, 6015, 6016, 6017, 6018, 6019, 6020, 7001,
  7002, 7003, 7004, 7005, 7007, 7008, 7009, 7010, 7011, 7012, 7013, 7014, 8004, 8005, 9001,
  9002, 9003, 9004,
]);

const code = (value, place) => must(CODES.has(value), place, `${value} is no finding`);

export const findingForm = object({
  code, line: optional(integer(0, 63)), conflicts: optional(list(string, 1)), at: optional(day),
  share_ppm: optional(integer(0)), alternative: optional(alternative),
});
