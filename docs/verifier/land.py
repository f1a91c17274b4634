"""Ground of FORMATS 1.8 to 1.10: canonical polygons, exact overlap, grid cells. Integers and fractions only."""

import functools
import re
from fractions import Fraction

from values import Fault, need

CELL = 100_000
CROSSINGS_MAX = 4_096
LINEAGE_MAX = 512
FULL_PPM = 950_000
NONE, SLIVER, MATERIAL, FULL = range(4)

_PLAIN = re.compile(r"0|-?[1-9][0-9]{0,9}")


def cell_of(text):
    """Checks the name of a square of the grid."""
    match = re.fullmatch(r"x(0|-?[1-9][0-9]{0,9})y(0|-?[1-9][0-9]{0,9})", text) if isinstance(text, str) else None
    need(match, "a grid cell is written like x10665y2935")
    need(all(-(2**31) <= int(n) < 2**31 for n in match.groups()), "a grid cell out of range")


def _coordinate(text):
    need(_PLAIN.fullmatch(text), "a coordinate is a plain integer")
    return int(text)


def rings_of(text):
    """Reads the text of a polygon: parts of rings of points."""
    need(isinstance(text, str), "a polygon is a string")
    parts = []
    for part in text.split("|"):
        rings = []
        for ring in part.split(";"):
            points, lon, lat = [], 0, 0
            for vertex in ring.split(" "):
                east, comma, north = vertex.partition(",")
                need(comma, "a vertex is lon,lat")
                lon, lat = lon + _coordinate(east), lat + _coordinate(north)
                need(-(2**31) <= lon < 2**31 and -(2**31) <= lat < 2**31, "a coordinate out of range")
                points.append((lon, lat))
            rings.append(points)
        parts.append(rings)
    return parts


def _turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _sign(number):
    return (number > 0) - (number < 0)


def _edges(ring):
    return list(zip(ring, ring[1:] + ring[:1]))


def _area2(ring):
    return sum(_turn(ring[0], a, b) for a, b in zip(ring, ring[1:]))


def _meet(a, b):
    for axis in (0, 1):
        low, high = sorted((a[0][axis], a[1][axis])), sorted((b[0][axis], b[1][axis]))
        if low[0] > high[1] or high[0] > low[1]:
            return False
    return (
        _sign(_turn(a[0], a[1], b[0])) * _sign(_turn(a[0], a[1], b[1])) <= 0
        and _sign(_turn(b[0], b[1], a[0])) * _sign(_turn(b[0], b[1], a[1])) <= 0
    )


def _is_inside(point, rings):
    inside = False
    for ring in rings:
        for a, b in _edges(ring):
            above = (a[1] > point[1], b[1] > point[1])
            if above == (False, True):
                inside ^= _turn(a, b, point) > 0
            elif above == (True, False):
                inside ^= _turn(a, b, point) < 0
    return inside


class Parcel:
    """A canonical multipolygon."""

    def __init__(self, text):
        parts = rings_of(text)
        self.rings = [ring for part in parts for ring in part]
        points = [point for ring in self.rings for point in ring]
        need(len(parts) <= 64 and len(self.rings) - len(parts) <= 64 and len(points) <= 1_500, "too large a polygon")
        need(all(len(ring) >= 3 for ring in self.rings), "a ring has at least 3 vertices")
        self.west, self.south = min(p[0] for p in points), min(p[1] for p in points)
        self.east, self.north = max(p[0] for p in points), max(p[1] for p in points)
        columns = self.east // CELL - self.west // CELL + 1
        need(columns * (self.north // CELL - self.south // CELL + 1) <= 1_024, "more than 1,024 cells")
        for ring in self.rings:
            self._check_vertices(ring)
        self._check_edges()
        for part in parts:
            for number, ring in enumerate(part):
                need((_area2(ring) > 0) == (number == 0), "a ring runs the wrong way round")
                need(ring[0] == min(ring), "a ring starts at its smallest vertex")
        self._check_places(parts)
        self.area2 = sum(_area2(ring) for ring in self.rings)
        need(self.area2 >= 20_000, "too small a polygon")

    @staticmethod
    def _check_vertices(ring):
        for before, at, after in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1]):
            need(before != at, "a vertex twice")
            along = (at[0] - before[0]) * (after[0] - at[0]) + (at[1] - before[1]) * (after[1] - at[1])
            need(_turn(before, at, after) != 0 or along >= 0, "a spike")

    def _check_edges(self):
        edges = [(e, r, n, len(ring)) for r, ring in enumerate(self.rings) for n, e in enumerate(_edges(ring))]
        edges.sort(key=lambda item: min(item[0][0][0], item[0][1][0]))
        for place, (a, ring, n, length) in enumerate(edges):
            east = max(a[0][0], a[1][0])
            for b, other, m, _ in edges[place + 1 :]:
                if min(b[0][0], b[1][0]) > east:
                    break
                neighbors = ring == other and (abs(n - m) == 1 or {n, m} == {0, length - 1})
                need(neighbors or not _meet(a, b), "two edges meet")

    @staticmethod
    def _check_places(parts):
        for part in parts:
            for number, ring in enumerate(part[1:], 1):
                need(_is_inside(ring[0], part[:1]), "a hole outside its exterior")
                for around, other in enumerate(part[1:], 1):
                    need(around == number or not _is_inside(ring[0], [other]), "a hole in a hole")
        for number, part in enumerate(parts):
            for around, other in enumerate(parts):
                need(around == number or not _is_inside(part[0][0], other), "a part on the ground of another")
        for part in parts:
            need(all(a[0] < b[0] for a, b in zip(part[1:], part[2:])), "holes out of order")
        need(all(a[0][0] < b[0][0] for a, b in zip(parts, parts[1:])), "parts out of order")

    def cells(self):
        rows = range(self.south // CELL, self.north // CELL + 1)
        return [(x, y) for x in range(self.west // CELL, self.east // CELL + 1) for y in rows]

    def sloped(self):
        """Edges that are not vertical: from west to east, with their sign."""
        found = []
        for ring in self.rings:
            for a, b in _edges(ring):
                if a[0] < b[0]:
                    found.append((a, b, -1))
                elif a[0] > b[0]:
                    found.append((b, a, 1))
        return sorted(found)


@functools.lru_cache(4096)
def parcel(text):
    return Parcel(text)


def _height(edge, x):
    (x0, y0), (x1, y1), _ = edge
    return y0 + Fraction((y1 - y0) * (x - x0), x1 - x0)


def overlap2(a, others):
    """Twice the area that a parcel shares with each of the others, summed."""
    total, crossings = Fraction(0), 0
    for b in others:
        if a.east < b.west or b.east < a.west or a.north < b.south or b.north < a.south:
            continue
        base = min(a.south, b.south)
        b_edges = b.sloped()
        for e in a.sloped():
            for f in b_edges:
                if f[0][0] >= e[1][0]:
                    break
                if f[1][0] <= e[0][0]:
                    continue
                area, crossed = _under(e, f, base)
                total += e[2] * f[2] * area
                crossings += crossed
        if crossings > CROSSINGS_MAX:
            raise Fault("the boundaries cross too often")
    return total


def _under(e, f, base):
    """Twice the area above the base and under the lower of two edges, over their common interval."""
    left, right = max(e[0][0], f[0][0]), min(e[1][0], f[1][0])
    e0, e1, f0, f1 = _height(e, left), _height(e, right), _height(f, left), _height(f, right)
    d0, d1 = e0 - f0, e1 - f1
    if d0 * d1 >= 0:
        low0, low1 = (e0, e1) if d0 + d1 <= 0 else (f0, f1)
        return (right - left) * (low0 + low1 - 2 * base), False
    middle = left + (right - left) * d0 / (d0 - d1)
    at = _height(e, middle) - base
    low0, low1 = min(e0, f0) - base, min(e1, f1) - base
    return (middle - left) * (low0 + at) + (right - middle) * (at + low1), True


def grade(overlap, smaller, tolerance_ppm):
    if overlap <= 0:
        return NONE
    if overlap * 1_000_000 >= FULL_PPM * smaller:
        return FULL
    return MATERIAL if overlap * 1_000_000 > tolerance_ppm * smaller else SLIVER
