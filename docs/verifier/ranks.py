"""Another order of ranks (FORMATS 6.7), and what a reader knows of it where the history of the right is not shown (6.10)."""

from fold import counts_at
from lines import GONE, was
from values import burden_of, need


def check(signed, event, past):
    """`event` is the act taken apart."""
    body = signed.command["body"]
    pledges = set()
    for name in body["from"]:
        kind, pledge, _ = burden_of(name)
        need(kind == "P", f"{name} is no line of a pledge")
        pledges.add(("pledge", pledge))
    need(event.touched == pledges | {("right", body["right"])}, "records that the order does not touch")
    for (pledge, number), line in event.lines.items():
        name = f"{pledge}.{number}"
        need(name in body["to"] and line["right"] == body["right"] and "released" not in line, f"{name} changes otherwise")
    order = Order(signed, event, past)
    if past.has_history("right", body["right"]):
        order.check_stack()
    for name in body["to"]:
        order.check_line(name)


def _related(a, b):
    return b["id"] in a.get("behind", []) or a["id"] in b.get("behind", [])


class Order:
    """A new order of the lines of one stack."""

    def __init__(self, signed, event, past):
        body = signed.command["body"]
        self.before, self.after, self.event = body["from"], body["to"], event
        self.right = None
        if past.has_history("right", body["right"]):
            right = past.before("right", body["right"], signed.index)
            need(right is not None, f"there is no right {body['right']}")
            self.right = [burden for burden in right["burdens"] if counts_at(burden, signed.time)]
        self.known = {name: was(past, *burden_of(name)[1:], signed.index, signed.time) for name in self.before}

    def check_stack(self):
        """The named lines stand on the right, and are one whole stack in its order."""
        stack = [burden for burden in self.right if burden["id"] in self.before]
        need(len(stack) == len(self.before), "a line that does not stand on the right")
        for burden in self.right:
            joins = any(_related(burden, other) for other in stack)
            need(burden["id"] in self.before or not joins, f"{burden['id']} is not named")
        joined, rest = stack[:1], stack[1:]
        while more := [burden for burden in rest if any(_related(burden, other) for other in joined)]:
            joined, rest = joined + more, [burden for burden in rest if burden not in more]
        need(not rest, "the lines are of several stacks")

    def _put(self, name):
        _, pledge, number = burden_of(name)
        return self.event.lines.get((pledge, number))

    def _behind(self, name):
        """What a line stands behind now, None where that is not known."""
        put, known = self._put(name), self.known[name]
        line = put if put is not None else known
        return None if line is None else line.get("behind", [])

    def _came(self, other, name):
        """A line has come from after another to before it."""
        return self.before.index(other) > self.before.index(name)

    def _were_ranked(self, a, b):
        first, later = sorted((a, b), key=self.before.index)
        known = self.known[later]
        return None if known is None else first in known.get("behind", [])

    def check_line(self, name):
        known, put = self.known[name], self._put(name)
        need(known is not GONE, f"{name} does not stand")
        if known is not None:
            later = self.before[self.before.index(name) + 1 :]
            need(not set(later) & set(known.get("behind", [])), f"{name} stood behind a line after it")
            kept = put is None or {**known, "behind": 0} == {**put, "behind": 0}
            differs = put is None or put.get("behind", []) != known.get("behind", [])
            need(kept and differs, f"{name} changes otherwise")
        ahead, behind = self.after[: self.after.index(name)], self._behind(name)
        if behind is None:
            lost = [other for other in ahead if self._came(other, name) and self._were_ranked(other, name)]
            need(not lost, f"{name} is not put behind a line that comes before it")
            return
        need(behind == [other for other in ahead if other in behind], f"{name} stands behind others than those before it")
        for other in ahead:
            ranked = self._were_ranked(other, name)
            if ranked is None:
                fits = other not in behind or not self._came(other, name) or self._put(other) is not None
            else:
                fits = ranked == (other in behind)
            need(fits, f"{name} does not stand behind exactly those that it is ranked with")
