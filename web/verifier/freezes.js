//! Acts on a freeze (FORMATS 2.7, 6.6): renewed, lifted in part, sold in execution. Its place in the queue stays.

import { counts } from "./fold.js";
import { policyAt } from "./givers.js";
import { lessened, mostToSell, outlasts, withSoldYears } from "./sold.js";
import { changesOf, counting, daysOf, flowAt, isFreeze, shareDay, standing, stockAt } from "./stacks.js";
import { civilDay, dayBegins, dayText, digitsOf, micro, micros, written } from "./values.js";

/// The least quantity, in millionths and with `scale` decimal digits, that is worth a sum at a price for one unit.
export function worth(limit, price, scale) {
  const units = 10n ** BigInt(scale);
  const counted = (limit * units + price - 1n) / price;
  return counted * (1_000_000n / units);
}

/// What is in force of a freeze on a stock: what the right has and the freezes before it leave.
export function inForce(right, id, day) {
  let left = stockAt(right, day);
  for (const burden of right.burdens.filter(isFreeze)) {
    const quantity = micro(burden.quantity ?? "0");
    const held = quantity < left ? quantity : left;
    if (burden.id === id) return held;
    left -= held;
  }
  return 0n;
}

/// What of a freeze waits behind earlier ones: of a stock the quantity in millionths, else whether anything does.
export function waiting(right, freeze, time) {
  const today = dayText(civilDay(time));
  const freezes = right.burdens.filter((burden) => isFreeze(burden) && counts(burden, time));
  if (right.balance !== undefined) {
    return micro(freeze.quantity ?? "0") - inForce({ ...right, burdens: freezes }, freeze.id, today);
  }
  const earlier = freezes.slice(0, freezes.findIndex((burden) => burden.id === freeze.id));
  if (right.measure !== undefined) return earlier.some((burden) => shareDay(daysOf(burden, right), daysOf(freeze, right)));
  const days = changesOf(right, [...earlier, freeze], today).filter((day) => day < freeze.to && freeze.from <= day);
  return days.some((day) => {
    const held = standing([...earlier, freeze], day).reduce((sum, burden) => sum + micro(burden.quantity), 0n);
    return held > flowAt(right, day);
  });
}

/// The right before and after, with another burden in the place of the freeze, or none.
function onFreeze(act, make) {
  const { right: id, freeze } = act.body;
  act.must(act.hasHistory("right", id), `${id} is not shown with its history`);
  const before = act.rightBefore(id);
  const burden = before.burdens.find((item) => item.id === freeze);
  act.must(burden !== undefined, `${freeze} does not stand on ${id}`);
  const { burden: changed, ...members } = make(burden, before);
  const burdens = before.burdens.flatMap((item) => (item !== burden ? [item] : changed === undefined ? [] : [changed]));
  return [[`right|${id}`, before, { ...before, ...members, burdens }]];
}

function change(act) {
  return onFreeze(act, (burden, right) => {
    const { until, quantity } = act.body;
    let changed = burden;
    if (until !== undefined) {
      const expires = dayBegins(until);
      const isLonger = burden.expires !== undefined && micros(burden.expires) < micros(expires);
      act.must(isLonger && micros(expires) > micros(act.time), `${burden.id} does not end later`);
      changed = { ...changed, expires };
    }
    return { burden: quantity === undefined ? changed : lifted(act, changed, right) };
  });
}

/// The freeze with less of it frozen; where its order has a limit, the new sum and the price of the record say how much.
function lifted(act, burden, right) {
  const { limit_cny: limit } = act.body;
  const stays = amountOf(act, right);
  act.must(burden.quantity !== undefined && stays < micro(burden.quantity), `${burden.id} does not get smaller`);
  act.must((limit === undefined) === (burden.limit_cny === undefined), "a limit where the order has none, or none where it has one");
  if (limit === undefined) return { ...burden, quantity: written(stays) };
  act.must(burden.price_cny !== undefined, `${burden.id} has a limit without a price`);
  limitGives(act, right, stays, limit, burden.price_cny);
  return { ...burden, quantity: written(stays), limit_cny: written(micro(limit)) };
}

function execute(act) {
  const today = dayText(civilDay(act.time));
  return onFreeze(act, (burden, right) => {
    if (act.body.quantity === undefined) return handedOver(act, burden, right, today);
    act.must(burden.quantity !== undefined, "ground is sold as it is frozen");
    const sold = amountOf(act, right);
    const most = mostToSell({ ...right, burdens: counting(right, act.time) }, burden, today);
    act.must(sold <= most, `${written(most)} of ${burden.id} can be sold`);
    const left = micro(burden.quantity) - sold;
    const sum = (before, more) => written(micro(before ?? "0") + micro(more));
    const changed = {
      ...burden, quantity: written(left),
      executed: sum(burden.executed, act.body.quantity), proceeds_cny: sum(burden.proceeds_cny, act.body.proceeds_cny),
    };
    const levels = right.balance === undefined
      ? { steps: lessened(right, burden, sold, today) } : { balance: written(micro(right.balance) - sold) };
    return { ...levels, burden: left > 0n ? changed : undefined };
  });
}

/// Ground goes to its buyer with the lines on it, or years of it leave a right that has others.
function handedOver(act, burden, right, today) {
  act.must(right.measure !== undefined, "a quantity is sold");
  act.must(right.revoked_from === undefined || right.revoked_from > today, "the ground was revoked");
  const leaves = burden.from !== undefined && outlasts(right, burden, today);
  for (const other of right.burdens.slice(0, right.burdens.indexOf(burden))) {
    const loses = (leaves || isFreeze(other)) && shareDay(daysOf(other, right), daysOf(burden, right));
    act.must(!loses, `${other.id} came before the freeze`);
  }
  return leaves ? withSoldYears(right, burden) : { holder: act.body.buyer, acquired: act.index };
}

export const FREEZE_ACTS = { change_freeze: change, execute_freeze: execute };

/// The quantity of a command in millionths: above zero, in the unit and the digits of the kind.
function amountOf(act, right) {
  const { quantity, unit: name } = act.body;
  const { unit } = policyAt(act, right.kind);
  act.must(name === unit.name && digitsOf(quantity) <= unit.scale && micro(quantity) > 0n, `${quantity} ${name} is no quantity of the kind`);
  return micro(quantity);
}

function limitGives(act, right, quantity, limit, price) {
  const { unit } = policyAt(act, right.kind);
  const least = worth(micro(limit), micro(price), unit.scale);
  act.must(quantity === least, `the limit and the price give ${written(least)}`);
}

/// Checks a new freeze against the right as it stood.
export function freezeMay(act) {
  const { right: id, from, to, years, until, quantity, limit_cny: limit, price_cny: price } = act.body;
  const right = act.rightBefore(id);
  const { pledge } = policyAt(act, right.kind);
  act.must(right.succeeded_by === undefined, `${id} has a successor`);
  act.must(until === undefined || micros(dayBegins(until)) > micros(act.time), "the term is over");
  if (right.measure !== undefined) {
    act.must(quantity === undefined && from === undefined, "ground is frozen as a whole or by years");
    act.must((years !== undefined) === (pledge.extent === "years"), "the extent is not that of the kind");
    act.must(price === undefined, "of ground no price is noted");
    return;
  }
  act.must(quantity !== undefined && years === undefined, "the extent is not that of the kind");
  act.must((from !== undefined) === (right.steps !== undefined), "the extent is not that of the kind");
  act.must(act.law === 1 || to === undefined || to > dayText(civilDay(act.time)), "the days are over");
  const amount = amountOf(act, right);
  act.must((limit === undefined) === (price === undefined), "limit and price go together");
  if (limit !== undefined) limitGives(act, right, amount, limit, price);
}

/// Checks that the freeze to be lifted stands on the right.
export function freezeStands(act) {
  const { right, freeze } = act.body;
  const stands = act.rightBefore(right).burdens.some((burden) => burden.id === freeze);
  act.must(stands, `${freeze} does not stand on ${right}`);
}
