//! Acts on a freeze (FORMATS 2.7, 6.6): renewed, lifted in part, sold in execution. Its place in the queue stays.

import { isFreeze, stockAt } from "./stacks.js";
import { civilDay, dayBegins, dayText, micro, micros, written } from "./values.js";

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
  const stays = micro(act.body.quantity);
  act.must(burden.quantity !== undefined && stays > 0n && stays < micro(burden.quantity), `${burden.id} does not get smaller`);
  act.must((limit === undefined) === (burden.limit_cny === undefined), "a limit where the order has none, or none where it has one");
  if (limit === undefined) return { ...burden, quantity: written(stays) };
  act.must(burden.price_cny !== undefined, `${burden.id} has a limit without a price`);
  const fits = act.scalesOf(right.kind).some((scale) => worth(micro(limit), micro(burden.price_cny), scale) === stays);
  act.must(fits, `${written(stays)} is not the quantity that follows from the limit`);
  return { ...burden, quantity: written(stays), limit_cny: written(micro(limit)) };
}

function execute(act) {
  return onFreeze(act, (burden, right) => {
    act.must(right.balance !== undefined && burden.quantity !== undefined, "only of a stock a part is sold");
    const sold = micro(act.body.quantity);
    const most = inForce(right, burden.id, dayText(civilDay(act.time)));
    act.must(sold > 0n && sold <= most, `${written(most)} of ${burden.id} is in force`);
    const left = micro(burden.quantity) - sold;
    const sum = (before, more) => written(micro(before ?? "0") + micro(more));
    const changed = {
      ...burden, quantity: written(left),
      executed: sum(burden.executed, act.body.quantity), proceeds_cny: sum(burden.proceeds_cny, act.body.proceeds_cny),
    };
    return { balance: written(micro(right.balance) - sold), burden: left > 0n ? changed : undefined };
  });
}

export const FREEZE_ACTS = { change_freeze: change, execute_freeze: execute };

/// Checks that the quantity of a new freeze is the one that follows from its limit and price.
export function limitGivesQuantity(act) {
  const { right: id, limit_cny: limit, price_cny: price, quantity } = act.body;
  if (limit === undefined && price === undefined) return;
  if (quantity === undefined) {
    act.must(price === undefined, "ground has no price for one unit");
    return;
  }
  act.must(limit !== undefined && price !== undefined, "limit and price go together");
  const { kind } = act.record("right", id);
  const fits = act.scalesOf(kind).some((scale) => worth(micro(limit), micro(price), scale) === micro(quantity));
  act.must(fits, `${quantity} is not the quantity that follows from the limit`);
}
