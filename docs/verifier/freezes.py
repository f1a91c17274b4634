"""Freezes (FORMATS 2.7, 6.9): who ordered one, what it takes, its limit in money, its queue, and what is sold of it.

The file that has an entry about a freeze shows the complete history of its right, so the record before the entry is known
and the law makes exactly one event of each act.
"""

import copy

from capacity import days_of
from collateral import lessened, most_to_sell, outlasts, with_sold_years
from fold import counts_at
from values import begin_of, civil_day, common_days, day_of, instant_of, instant_text, need, quantity_of, quantity_text, span_of


class Order:
    """One command about a freeze, with the right as it stood."""

    def __init__(self, signed, past, facts):
        self.signed, self.body, self.time = signed, signed.command["body"], signed.time
        self.past, self.name = past, self.body["right"]
        right = past.before("right", self.name, signed.index)
        need(right is not None, f"{self.name} did not exist")
        live = [burden for burden in right["burdens"] if counts_at(burden, self.time)]
        self.right = {**copy.deepcopy(right), "burdens": copy.deepcopy(live)}
        self.policy = facts.policy(right["kind"], self.time)
        need(self.policy is not None, f"the policy of {right['kind']} is missing")

    def burden(self):
        """Returns the freeze that the command names."""
        found = [burden for burden in self.right["burdens"] if burden["id"] == self.body["freeze"]]
        need(found, f"there is no freeze {self.body['freeze']} on {self.name}")
        return found[0]

    def amount(self):
        """Returns the quantity of the command: above zero, in the unit and the scale of the kind."""
        need("measure" not in self.right, "ground is frozen as a whole")
        quantity = quantity_of(self.body["quantity"])
        need(quantity > 0, "the quantity is zero")
        need(self.body["unit"] == self.policy.unit, "the unit is not that of the kind")
        need(quantity % 10 ** (6 - self.policy.scale) == 0, "the quantity has more decimal digits than the kind")
        return quantity


# Who orders -----------------------------------------------------------------------------------------------------------


def is_given(signed, past, issues):
    """Says whether the registrar gives it for a court, or an authority for itself; `issues` says who issues the right."""
    org, body, index = signed.command["org"], signed.command["body"], signed.index
    if signed.command["type"] == "freeze":
        own = body["authority"] == org and issues(org, body["right"], index)
        return own or (org == "M0" and _is_court(body["authority"], past))
    right = past.before("right", body["right"], index) or {"burdens": []}
    ordered = [burden.get("authority") for burden in right["burdens"] if burden["id"] == body["freeze"]]
    need(ordered and ordered[0], f"there is no freeze {body['freeze']} on {body['right']}")
    kind = past.shown("right", body["right"])["kind"]
    return past.acting(ordered[0], index, kind) == org or (org == "M0" and _is_court(ordered[0], past))


def _is_court(name, past):
    """Says whether a party is a court; of one that the file does not show, it takes the registrar's word."""
    party = past.records.get(("party", name))
    return party is None or "court" in party["roles"]


# Limits in money ------------------------------------------------------------------------------------------------------


def least_worth(limit, price, scale):
    """Returns the least quantity at the scale that is worth the limit; all three quantities in millionths."""
    need(price > 0, "a price is above zero")
    return -(-limit * 10**scale // price) * 10 ** (6 - scale)


def _check_limit(quantity, limit, price, policy):
    least = least_worth(quantity_of(limit), quantity_of(price), policy.scale)
    need(quantity == least, f"the limit and the price give {quantity_text(least)}")


# The events of both laws ----------------------------------------------------------------------------------------------


def _freeze(order):
    body, right = order.body, order.right
    need("succeeded_by" not in right, f"{order.name} has a successor")
    days, years = "from" in body, "years" in body
    if "measure" in right:
        need("quantity" not in body and not days, "ground is frozen as a whole or by years")
        need(years == (order.policy.extent == "years"), "the extent is not that of the kind")
        need("price_cny" not in body, "of ground no price is noted")
    else:
        need("quantity" in body and days == ("steps" in right) and not years, "the extent is not that of the kind")
        is_over = days and day_of(body["to"]) <= civil_day(order.time)
        need(not is_over or order.signed.entry["law"] == 1, "the days are over")
        quantity = order.amount()
        need(("limit_cny" in body) == ("price_cny" in body), "a limit and a price stand together")
        if "limit_cny" in body:
            _check_limit(quantity, body["limit_cny"], body["price_cny"], order.policy)
    need("until" not in body or begin_of(day_of(body["until"])) > order.time, "the term is over")


def _unfreeze(order):
    order.burden()


CHECKS = {"freeze": _freeze, "unfreeze": _unfreeze}


def check(signed, past, facts):
    """Checks a freeze or its lifting against the right as it stood; that the event is the one asked for stands in `asked`."""
    CHECKS[signed.command["type"]](Order(signed, past, facts))


# The acts of law 2 ----------------------------------------------------------------------------------------------------


def _change(order):
    body, burden = order.body, order.burden()
    if "until" in body:
        until = begin_of(day_of(body["until"]))
        need("expires" in burden and instant_of(burden["expires"]) < until, "the term does not get longer")
        burden["expires"] = instant_text(until)
    if "quantity" not in body:
        return
    quantity = order.amount()
    need(quantity < quantity_of(burden["quantity"]), "not less stays frozen")
    need(("limit_cny" in body) == ("limit_cny" in burden), "the new limit is named where the order has one")
    if "limit_cny" in body:
        _check_limit(quantity, body["limit_cny"], burden["price_cny"], order.policy)
        burden["limit_cny"] = quantity_text(quantity_of(body["limit_cny"]))
    burden["quantity"] = quantity_text(quantity)


def _execute(order):
    body, right, burden = order.body, order.right, order.burden()
    if "quantity" not in body:
        _hand_over(order, burden)
        return
    quantity = order.amount()
    need(quantity <= most_to_sell(right, burden, order.time), "more is sold than what came before the freeze leaves")
    if "balance" in right:
        right["balance"] = quantity_text(quantity_of(right["balance"]) - quantity)
    else:
        right["steps"] = lessened(right, burden, quantity, civil_day(order.time).isoformat())
    left = quantity_of(burden["quantity"]) - quantity
    if left == 0:
        right["burdens"].remove(burden)
        return
    burden["quantity"] = quantity_text(left)
    for member, more in (("executed", quantity), ("proceeds_cny", quantity_of(body["proceeds_cny"]))):
        burden[member] = quantity_text(quantity_of(burden.get(member, "0")) + more)


def _hand_over(order, burden):
    """Ground goes to its buyer with the lines on it, or years of it leave a right that has others."""
    right, today = order.right, civil_day(order.time)
    need("measure" in right, "a quantity is sold")
    need("revoked_from" not in right or day_of(right["revoked_from"]) > today, "the ground was revoked")
    days = days_of(burden, right)
    leaves = "from" in burden and outlasts(right, days, today)
    for other in right["burdens"][: right["burdens"].index(burden)]:
        loses = common_days(days_of(other, right), days) is not None and (leaves or other["id"].startswith("F"))
        need(not loses, f"{other['id']} came before the freeze")
    right["burdens"].remove(burden)
    if leaves:
        years = with_sold_years(right, burden)
        right.update({"converted": years} if years else {})
    else:
        right.update({"holder": order.body["buyer"], "acquired": order.signed.index})


MAKES = {"change_freeze": _change, "execute_freeze": _execute}


def make(signed, past, facts):
    """Returns what the right was and becomes."""
    order = Order(signed, past, facts)
    before = copy.deepcopy(order.right)
    MAKES[signed.command["type"]](order)
    return {("right", order.name): (before, order.right)}
