"""Policies of FORMATS 3.4: what differs per kind of right, as TOML."""

import tomllib

from values import Fault, need, name, one_of, sha256, shape

TEXT_MAX = 9_000  # bytes

_ROLES = ("registrar", "authority", "bank", "guarantor", "court", "holder")
_BOOK = {"file": str, "holder": str, "quantity": str, "parts": dict}
_BOOK_MORE = {
    **dict.fromkeys(("unit", "from", "through", "first_year", "last_year", "class", "units"), str),
    "attributes": dict,
}


def _table(value, required, optional=None):
    need(isinstance(value, dict), "a policy has tables")
    optional = optional or {}
    for member, kind in required.items():
        need(member in value, f"policy: {member} is missing")
    for member, item in value.items():
        kind = required.get(member) or optional.get(member)
        need(kind, f"policy: {member} is not a known member")
        need(isinstance(item, kind) and not (kind is int and isinstance(item, bool)), f"policy: {member}")
        need(kind is not int or 0 <= item < 2**63, f"policy: {member}")
    return value


def _texts(value):
    need(all(isinstance(item, str) for item in value), "policy: a list of texts")
    return value


_second_rank = one_of("exclusive", "ranked", "ranked_with_consent")


def _rank(table):
    """Ranks are closed where no law is cited that opens them."""
    rank = _second_rank(table["second_rank"])
    return rank if "second_rank_text" in table else "exclusive"


class Policy:
    """The rules of one kind."""

    def __init__(self, text):
        need(len(text.encode()) <= TEXT_MAX, "a policy is at most 9,000 bytes")
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise Fault(f"policy: {fault}") from None
        words = dict.fromkeys(("kind", "title_zh", "title_en", "cites", "model", "form"), str)
        tables = {"unit": dict, "issuer": dict, "identity": list, "pledge": dict, "terms": dict}
        more = {"layer": str, "source": dict, "land": dict, "book": dict}
        more.update({"transfer": dict, "surrender": dict, "convert": dict, "bar": list, "note": list})
        more.update({"external": dict, "effect": dict, "statistics": dict, "consent": dict})
        more.update({"longest": dict, "ltv": dict, "lapse": dict})
        _table(table, {**words, "version": int, **tables}, more)
        self.digest = sha256(text).hex()
        self.kind = name(table["kind"])
        need(table["version"] != 0 and table["cites"], "policy: version and cites")
        self.model = one_of("stock", "flow", "land")(table["model"])
        self._unit(table["unit"])
        self.duty = _table(table["issuer"], {"duty": str, "book_duty": str})["duty"]
        self.schemes = [self._scheme(scheme) for scheme in table["identity"]]
        need(self.schemes, "policy: identity is missing")
        self._leading(table)
        self._source(table.get("source", {"parts": []}))
        self._pledge(table["pledge"])
        terms = _table(table["terms"], {"beyond_right_end": str}, {"year_attribute": str})
        self.beyond_refuses = one_of("refuse", "warn")(terms["beyond_right_end"]) == "refuse"
        self.year_attribute = terms.get("year_attribute")
        longest = _table(table.get("longest", {"years": 1, "cites": "-"}), {"years": int, "cites": str})
        need(1 <= longest["years"] <= 100 and longest["cites"], "policy: longest")
        self.longest_years = longest["years"] if "longest" in table else None
        self._land(table)
        self._switches(table)
        self._beyond(table)
        consent = _table(table.get("consent", {"attested": [], "cites": "-"}), {"attested": list, "cites": str})
        need(consent["cites"], "policy: consent.cites")
        self.attested = [one_of("paper", "video")(how) for how in consent["attested"]]
        if "book" in table:
            _table(table["book"], _BOOK, _BOOK_MORE)

    def _unit(self, table):
        _table(table, {"name": str, "scale": int, "aliases": list})
        _texts(table["aliases"])
        need(table["scale"] <= 6, "policy: unit.scale")
        self.unit, self.scale = table["name"], table["scale"]

    @staticmethod
    def _scheme(table):
        _table(table, {"scheme": str, "parts": list}, {"alone": bool})
        need(table["parts"], "policy: identity.parts")
        parts = [_table(part, {"name": str, "shape": str}) for part in table["parts"]]
        return name(table["scheme"]), [(part["name"], shape(part["shape"])) for part in parts]

    def _leading(self, table):
        """The schemes of which one must be the first of a right: that of the kind, and those that stand alone."""
        self.leading = [self.schemes[0][0]]
        for nth, scheme in enumerate(table["identity"]):
            if "alone" in scheme:
                is_drawn = "source" in table or "statistics" in table
                need(scheme["alone"] and nth > 0 and not is_drawn, "policy: identity.alone")
                self.leading.append(scheme["scheme"])

    def _source(self, table):
        first = [part for part, _ in self.schemes[0][1]]
        self._drawn_from = []
        for part in _table(table, {"parts": list})["parts"]:
            need(_table(part, {"part": str}, {"chars": int})["part"] in first, "policy: source.part")
            self._drawn_from.append((first.index(part["part"]), part.get("chars")))

    def source_of(self, value):
        """Returns what a right with this first identity is drawn from, None where the kind names no source."""
        if not self._drawn_from:
            return None
        parts = dict(enumerate(value.split("|")))
        taken = "|".join(parts.get(place, "")[:chars] for place, chars in self._drawn_from)
        return f"{self.kind}|{''.join(c.upper() if c.isascii() else c for c in taken)}"

    def _pledge(self, table):
        members = {"extent": str, "second_rank": str, "cites": str, "pledgee_roles": list, "barred_classes": list}
        _table(table, members, {"second_rank_text": str, "form_rank": list, "allowed_classes": list})
        for rank in table.get("form_rank", []):
            _table(rank, {"form": str, "second_rank": str}, {"second_rank_text": str})
        allowed = {"stock": ("amount",), "flow": ("amount",), "land": ("whole", "years")}[self.model]
        self.extent = one_of(*allowed)(table["extent"])
        self._ranks = {rank["form"]: _rank(rank) for rank in table.get("form_rank", [])}
        self._ranks[None] = _rank(table)
        need(table["cites"], "policy: pledge.cites")
        for role in table["pledgee_roles"]:
            one_of(*_ROLES)(role)
        self.pledgee_roles = table["pledgee_roles"]
        self.barred_classes = _texts(table["barred_classes"])
        self.allowed_classes = _texts(table["allowed_classes"]) if "allowed_classes" in table else None

    def bars_class(self, of):
        """Returns whether rights of a class cannot be pledged: a barred one, or none of those that are allowed."""
        return of in self.barred_classes or (self.allowed_classes is not None and of not in self.allowed_classes)

    def rank_of(self, form):
        """Returns how a second rank is open to a form: not, freely, or with consent."""
        return self._ranks.get(form, self._ranks[None])

    def _land(self, table):
        self.tolerance_ppm, self.warn_layers, self.ground, self.lists_units = None, [], None, False
        self.layer = table.get("layer")
        is_land = self.model == "land"
        need(("land" in table) == is_land and ("layer" in table) == is_land, "policy: layer and [land]")
        if not is_land:
            return
        name(table["layer"])
        members = {"ground": str, "tolerance_ppm": int, "overlap_finding": int, "warn_layers": list}
        land = _table(table["land"], members, {"unit_scheme": str, "warn_ground_classes": list})
        need(land["ground"] != "units" or "unit_scheme" in land, "policy: land.ground")
        self.ground = one_of("polygon", "units")(land["ground"])
        self.lists_units = "unit_scheme" in land
        need(land["tolerance_ppm"] <= 1_000_000 and land["overlap_finding"] in (7003, 7007), "policy: land")
        _texts(land.get("warn_ground_classes", []))
        self.tolerance_ppm, self.warn_layers = land["tolerance_ppm"], _texts(land["warn_layers"])

    def _switches(self, table):
        """Rules that came with law 2: transfer while pledged, use of pledged units, conversion, and what bars a pledge."""
        transfer = _table(table.get("transfer", {"pledged": "consent", "cites": "-"}), {"pledged": str, "cites": str})
        self.transfer = one_of("free", "consent", "blocked")(transfer["pledged"])
        surrender = _table(table.get("surrender", {"carve_out": "refuse", "cites": "-"}), {"carve_out": str, "cites": str})
        self.surrender = one_of("refuse", "consent", "order")(surrender["carve_out"]) if "surrender" in table else None
        convert = _table(table.get("convert", {"into": [], "cites": "-"}), {"into": list, "cites": str}, {"consent": str})
        self.converts_into = _texts(convert["into"])
        self.converts_by_order = one_of("holder", "none")(convert.get("consent", "holder")) == "none"
        need(transfer["cites"] and surrender["cites"] and convert["cites"], "policy: cites")
        lapse = _table(table.get("lapse", {"at_end": "warn", "cites": "-"}), {"at_end": str, "cites": str})
        self.lapses = one_of("warn", "ends")(lapse["at_end"]) == "ends"
        need(lapse["cites"], "policy: cites")
        self.bars = []
        for rule, findings in (("bar", (2005, 2006, 8004, 9003, 9004)), ("note", (8005,))):
            for bar in table.get(rule, []):
                _table(bar, {"attribute": str, "finding": int}, {"values": list, "unless": list, "requires": list})
                given = [member for member in ("values", "unless", "requires") if member in bar]
                need(len(given) == 1, f"policy: {rule} has one of values, unless and requires")
                need(bar["finding"] in findings, f"policy: {rule}.finding")
                member = given[0]
                need(member != "requires" or bar["finding"] not in (8004, 8005), f"policy: {rule}.requires")
                self.bars.append((bar["attribute"], member, _texts(bar[member]), bar["finding"]))

    @staticmethod
    def _beyond(table):
        """What the registration does in law, where else it is to stand, how much to lend, what is added up. Nothing rests on it."""
        effect = _table(table.get("effect", {"class": "evidence", "cites": "-"}), {"class": str, "cites": str}, {"decides": str})
        kind = one_of("creates", "opposes", "evidence")(effect["class"])
        need(effect["cites"] and effect.get("decides", "-"), "policy: effect")
        need("decides" not in effect or kind == "evidence", "policy: effect.decides")
        if "statistics" in table:
            part = _table(table["statistics"], {"of": str})["of"]
            need(part in [own["name"] for own in table["identity"][0]["parts"]], "policy: statistics.of")
        if "ltv" in table:
            ltv = _table(table["ltv"], {"max_percent": int, "cites": str})
            need(1 <= ltv["max_percent"] <= 100 and ltv["cites"], "policy: ltv")
        if "external" in table:
            external = _table(table["external"], {"registers": list, "cites": str}, {"receipt": str})
            registers = _texts(external["registers"])
            need(registers and external["cites"], "policy: external")
            need(external.get("receipt", registers[0]) in registers, "policy: external.receipt")

    def scheme(self, wanted):
        """Returns the shapes of the parts of a scheme, or None."""
        for scheme, parts in self.schemes:
            if scheme == wanted:
                return [check for _, check in parts]
        return None
