"""Whether the members of a body fit the kinds that it is about (FORMATS 2.6, 7.2 `authority`): units, decimal digits, the members
of an extent, the identities and the ground of a new right.
"""

from values import need, quantity_of, quantity_text


def check_amount(item, policy):
    """A quantity is in the unit of the kind, and no finer than it."""
    need(item["unit"] == policy.unit, f"the unit is not that of {policy.kind}")
    check_digits(item["quantity"], policy)


def check_digits(quantity, policy):
    digits = quantity_text(quantity_of(quantity)).partition(".")[2]
    need(len(digits) <= policy.scale, f"the quantity has more decimal digits than {policy.kind}")


def _check_extent(item, policy):
    wanted = (policy.extent == "amount", policy.extent == "amount" and policy.model == "flow", policy.extent == "years")
    for member, is_wanted in zip(("quantity", "from", "years"), wanted):
        need((member in item) == is_wanted, f"{member} does not fit {policy.kind}")
    if "quantity" in item:
        check_amount(item, policy)


def _check_issue(body, policy):
    need(body["unit"] == policy.unit, f"the unit is not that of {policy.kind}")
    need("steps" not in body or policy.model == "flow", f"{policy.kind} has no steps")
    for item in body.get("steps", [body]):
        check_digits(item["quantity"], policy)
    need("polygon" not in body or policy.ground is not None, "a polygon of a kind without ground")
    need("units" not in body or policy.lists_units, "units that the kind does not have")
    need("units" in body or policy.ground != "units", "units that the kind needs")
    need(body["identities"][0]["scheme"] in policy.leading, "the first identity is not of the first scheme")
    for identity in body["identities"]:
        shapes = policy.scheme(identity["scheme"])
        parts = identity["value"].split("|")
        need(shapes is not None and len(parts) == len(shapes), f"{identity['scheme']} is no scheme of {policy.kind}")
        for shape, part in zip(shapes, parts):
            shape(part)


class _Kinds:
    """The policies that the law asked at a time, of rights that the file shows."""

    def __init__(self, facts, time):
        self._facts, self._time = facts, time

    def of_right(self, name):
        right = self._facts.right(name)
        return self._facts.policy(right["kind"], self._time) if right else None

    def of_line(self, pledge, number):
        lines = (self._facts.record("pledge", pledge) or {"lines": []})["lines"]
        return self.of_right(lines[number]["right"]) if number < len(lines) else None


def check(signed, past, facts):
    """Checks every amount of a body whose kind the file shows."""
    kind, body, kinds = signed.command["type"], signed.command["body"], _Kinds(facts, signed.time)
    asked = []
    if kind == "issue_right":
        policy = facts.policy(body["kind"], signed.time)
        if policy:
            _check_issue(body, policy)
    elif kind in ("adjust_right", "change_freeze", "execute_freeze"):
        asked = [(body, kinds.of_right(body["right"]), check_amount)]
    elif kind == "freeze":
        asked = [(body, kinds.of_right(body["right"]), _check_extent)]
    elif kind in ("reserve", "register_pledge"):
        asked = [(line, kinds.of_right(line["right"]), _check_extent) for line in body["lines"]]
    elif kind in ("amend_pledge", "release_pledge"):
        asked = [(line, kinds.of_line(body["pledge"], line["line"]), check_amount) for line in body.get("lines", [])]
    elif kind == "record_disposal":
        asked = [(body, kinds.of_line(body["pledge"], body["line"]), check_amount)]
    elif kind == "substitute_collateral":
        asked = [(line, kinds.of_line(body["pledge"], line["line"]), check_amount) for line in body["drop"]]
        asked += [(line, kinds.of_right(line["right"]), _check_extent) for line in body["add"]]
    for item, policy, check_item in asked:
        if policy and (check_item is _check_extent or "quantity" in item):
            check_item(item, policy)
