"""Values of FORMATS section 1: canonical JSON, ids, quantities, time, names, identities, keys.

Readers here check and never repair. `Fault` says what is wrong; the caller knows in which check.
"""

import base64
import binascii
import datetime
import functools
import hashlib
import json
import re
import unicodedata

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 8
NOTES_MAX = 16  # of one sort in a record
QUANTITY_MAX = 999_999_999_999_999_999  # millionths


class Fault(Exception):
    """Something in the file is not as FORMATS says."""


def need(condition, why):
    if not condition:
        raise Fault(why)


# 1.1 Canonical JSON ------------------------------------------------------------------------------------------------


def _members(pairs):
    members = dict(pairs)
    need(len(members) == len(pairs), "duplicate member")
    return members


def _refuse(what):
    raise Fault(f"{what} is not of the profile")


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=_refuse, parse_constant=_refuse, strict=False)


def _is_text(text):
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def _check(value, level):
    need(level <= DEPTH_MAX, "too deep")
    if isinstance(value, str):
        need(_is_text(value), "a string is not in normalization form C")
    elif isinstance(value, dict):
        for name, member in value.items():
            need(name and all(" " <= c <= "~" for c in name), "the name of a member")
            _check(member, level + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, level + 1)
    elif isinstance(value, bool):
        pass
    elif isinstance(value, int):
        need(-INTEGER_MAX <= value <= INTEGER_MAX, "an integer out of range")
    else:
        raise Fault("null is not of the profile")


def emit(value):
    """Writes a value in canonical form."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def canonical(data):
    """Parses bytes or text that must be canonical."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        text.encode("utf-8")
        value = _DECODER.decode(text)
    except Fault:
        raise
    except (ValueError, RecursionError) as fault:
        raise Fault(f"not JSON: {fault}") from None
    _check(value, 1)
    need(emit(value) == text, "not in canonical form")
    return value


# Objects are strict: `form` names required and optional members with the reader of each ----------------------------


def read(value, required, optional=None, where=""):
    """Checks an object: every required member is there, and nothing that is not named."""
    need(isinstance(value, dict), f"{where}: must be an object")
    optional = optional or {}
    for name, reader in required.items():
        need(name in value, f"{where}.{name}: is missing")
        reader(value[name])
    for name, member in value.items():
        if name not in required:
            need(name in optional, f"{where}.{name}: is not a known member")
            optional[name](member)
    return value


def string(value):
    need(isinstance(value, str), "must be a string")
    return value


def count(value):
    need(isinstance(value, int) and not isinstance(value, bool) and value >= 0, "must be an integer from 0 up")
    return value


def integer(value):
    need(isinstance(value, int) and not isinstance(value, bool), "must be an integer")
    return value


def mark(value):
    need(value is True, "must be true or absent")


def boolean(value):
    need(isinstance(value, bool), "must be true or false")


def pattern(expression, what):
    compiled = re.compile(expression)

    def reader(value):
        need(isinstance(value, str) and compiled.fullmatch(value), f"must be {what}")
        return value

    return reader


def one_of(*words):
    def reader(value):
        need(isinstance(value, str) and value in words, f"must be one of {words}")
        return value

    return reader


def items(reader, most, least=0):
    """A list; `least` of 1 is for lists that are absent when empty."""

    def whole(value):
        need(isinstance(value, list), "must be an array")
        need(least <= len(value) <= most, f"must have {least} to {most} items")
        for item in value:
            reader(item)
        return value

    return whole


def mapping(reader, most):
    def whole(value):
        need(isinstance(value, dict) and 1 <= len(value) <= most, f"must have 1 to {most} members")
        for name, member in value.items():
            need(SHORT_NAME.fullmatch(name), "the name of a member")
            reader(member)
        return value

    return whole


def unique(values, what):
    need(len(set(values)) == len(values), f"{what} names one thing twice")


# 1.2 Ids -----------------------------------------------------------------------------------------------------------

_INDEX = r"(?:0|[1-9][0-9]{0,15})"
SHORT_NAME = re.compile(r"[a-z0-9_]{1,32}")


def _id(letter):
    def reader(value):
        need(isinstance(value, str) and re.fullmatch(letter + _INDEX, value), f"must be an id such as {letter}41")
        need(int(value[1:]) <= INTEGER_MAX, "the number of an id is too large")
        return value

    return reader


party_id, right_id, pledge_id, hold_id, freeze_id = (_id(letter) for letter in "MRPVF")


def number_of(name):
    return int(name[1:])


def burden_id(value):
    need(isinstance(value, str), "must be a burden such as P57.0")
    if value.startswith("F"):
        return freeze_id(value)
    record, dot, line = value.partition(".")
    need(dot and re.fullmatch(_INDEX, line) and int(line) <= 65535, "must be a burden such as P57.0")
    return (pledge_id if record.startswith("P") else hold_id)(record)


def burden_of(name):
    """Returns the kind, the record and the line of a burden's name."""
    record, _, line = name.partition(".")
    return name[0], record, int(line) if line else None


def burden_order(name):
    """Lines before reservations before freezes, each by number."""
    kind, record, line = burden_of(name)
    return "PVF".index(kind), number_of(record), line or 0


def line_number(value):
    need(count(value) < 64, "must be the number of a line")
    return value


# 1.3 Quantities ----------------------------------------------------------------------------------------------------

_QUANTITY = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]+))?")


def quantity_of(text):
    """Returns millionths."""
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    need(match, "must be a plain decimal number")
    digits = (match.group(2) or "").rstrip("0")
    need(len(digits) <= 6, "has too many decimal digits")
    return int(match.group(1)) * 10**6 + int(digits.ljust(6, "0"))


def quantity_text(millionths):
    whole, rest = divmod(millionths, 10**6)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".") if rest else str(whole)


def any_quantity(value):
    quantity_of(value)


def quantity(value):
    """A quantity in written form."""
    need(quantity_text(quantity_of(value)) == value, "is not in written form")
    return value


def overhang(value):
    if value != "whole":
        quantity(value)


def area(value):
    need(isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]*", value), "must be an area")
    need(int(value) < 2**127, "is too large an area")


# 1.4 Days, spans, instants -----------------------------------------------------------------------------------------

_EPOCH = datetime.date(1970, 1, 1)
DAY_MAX = datetime.date(9999, 12, 31)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@functools.lru_cache(4096)
def day_of(text):
    need(isinstance(text, str) and _DAY.fullmatch(text), "must be a day")
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise Fault("is not a day of the calendar") from None
    need(day.year >= 1900, "must be a day from 1900 on")
    return day


def day(value):
    need(isinstance(value, str), "must be a day")
    return day_of(value)


def instant_of(text):
    """Returns microseconds since 1970."""
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    need(match, "must be an instant")
    days = (day_of(match.group(1)) - _EPOCH).days
    hours, minutes, seconds = (int(match.group(n)) for n in (2, 3, 4))
    need(days >= 0 and hours < 24 and minutes < 60 and seconds < 60, "is not an instant")
    whole = days * 86_400 + hours * 3_600 + minutes * 60 + seconds
    return whole * 10**6 + int(match.group(5) or 0)


def instant_text(micros):
    """Returns the written form of an instant: six digits of a second."""
    moment = datetime.datetime.combine(_EPOCH, datetime.time()) + datetime.timedelta(microseconds=micros)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def any_instant(value):
    instant_of(value)


def instant(value):
    """An instant in written form: six digits."""
    instant_of(value)
    need("." in value, "must have six digits of a second")


def civil_day(micros):
    """Returns the day at fixed UTC+8."""
    days = (micros // 10**6 + 28_800) // 86_400
    return min(_EPOCH + datetime.timedelta(days=days), DAY_MAX)


def begin_of(day):
    """Returns the first microsecond of a day at fixed UTC+8."""
    return ((day - _EPOCH).days * 86_400 - 28_800) * 10**6


def span_of(value):
    return day_of(value["from"]), day_of(value["to"])


def span(value):
    read(value, {"from": day, "to": day})
    need(day_of(value["from"]) < day_of(value["to"]), "a span must end after it begins")


def common_days(a, b):
    """Returns the days that two spans share, or None."""
    if a is None or b is None:
        return None
    first, end = max(a[0], b[0]), min(a[1], b[1])
    return (first, end) if first < end else None


# 1.5 Names and texts -----------------------------------------------------------------------------------------------

name = pattern(r"[a-z0-9_-]{1,32}", "a name")
person = pattern(r"[a-z0-9-]{1,32}", "a pseudonym")

_NO_MARK = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


def leaves_no_mark(c):
    """White space, control characters, and the ranges of FORMATS 1.5."""
    return (
        c.isspace()
        or unicodedata.category(c) == "Cc"
        or any(first <= ord(c) <= last for first, last in _NO_MARK)
    )


def normal_form(text):
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if not leaves_no_mark(c))
    return unicodedata.normalize("NFC", kept)


def plain(value):
    need(isinstance(value, str) and 1 <= len(value) <= 120, "must have 1 to 120 characters")
    need(value == value.strip(" ") and "  " not in value, "has a stray space")
    for c in value:
        need(c == " " or "!" <= c <= "~" or normal_form(c), "has a character that leaves no mark")
    return value


# 1.6 Identities ----------------------------------------------------------------------------------------------------

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code(value):
    need(isinstance(value, str) and re.fullmatch(f"[{_CREDIT}]{{2}}[0-9]{{6}}[{_CREDIT}]{{10}}", value), "credit code")
    total = sum(_CREDIT.index(c) * weight for c, weight in zip(value, _WEIGHTS))
    need(value[17] == _CREDIT[(31 - total % 31) % 31], "the check character of a credit code")


def shape(text):
    """Returns a function that checks one part of an identity."""
    kind, colon, rest = text.partition(":")
    if not colon:
        simple = {"credit_code": credit_code, "permit": _permit, "unit_number": _unit, "year": _year}
        need(kind in simple, f"unknown shape {text}")
        return simple[kind]
    if kind == "digits":
        low, dash, high = rest.partition("-")
        need(dash and _bound(low) <= _bound(high), f"unknown shape {text}")
        return functools.partial(_each, int(low), int(high), lambda c: c in "0123456789")
    if kind == "one_of":
        codes = rest.split(",")
        for code in codes:
            _each(1, 32, _is_code, code)
        need(len({code.upper() for code in codes}) == len(codes) <= 64, f"unknown shape {text}")
        known = one_of(*(code.upper() for code in codes))
        return lambda value: (_each(1, 32, _is_code, value), known(value.upper()))
    if kind == "file_number":
        return functools.partial(_file_number, _bound(rest))
    need(kind in ("text", "code"), f"unknown shape {text}")
    return functools.partial(_each, 1, _bound(rest), _is_assigned if kind == "text" else _is_code)


def _is_code(c):
    return c.isascii() and (c.isalnum() or c in "-_./")


def _file_number(high, value):
    """The number of an office's paper: one year in parentheses, 号 at its end, and no other bracket."""
    _each(1, high, lambda c: _is_assigned(c) and c not in "[]{}<>〔〕【】〈〉《》「」", value)
    need(re.fullmatch(r"[^()]+\([0-9]{4}\)[^()]+号", value), "is not of its shape")


def _bound(text):
    need(re.fullmatch(r"[1-9][0-9]{0,3}", text) and int(text) <= 128, "the bounds of a shape")
    return int(text)


def _is_assigned(c):
    return unicodedata.category(c) not in ("Cn", "Co", "Cs")


def _each(low, high, allowed, value):
    need(value == normal_form(value), "is not in normal form")
    need(low <= len(value) <= high and all(allowed(c) for c in value), "is not of its shape")


def _permit(value):
    credit_code(value[:18])
    need(re.fullmatch(r"[0-9]{3}[0-9A-Z]", value[18:]), "permit number")


def _unit(value):
    need(re.fullmatch(r"[0-9]{12}[GJZ][A-Z][0-9]{5}[FLQW][0-9]{8}", value), "unit number")


def _year(value):
    need(re.fullmatch(r"[0-9]{4}", value) and "1900" <= value <= "2199", "year")


def identity_value(value):
    need(isinstance(value, str) and 1 <= len(value) <= 128, "must have 1 to 128 characters")
    need(not any(unicodedata.category(c) == "Cc" for c in value), "has a control character")


def identity(value):
    read(value, {"scheme": name, "value": identity_value})


# 1.7 Hashes, keys, signatures --------------------------------------------------------------------------------------

LOW_ORDER = {
    bytes.fromhex(text)
    for text in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
}
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P

hash_text = pattern(r"[0-9a-f]{64}", "64 lowercase hexadecimal digits")
signature_text = pattern(r"[0-9a-f]{128}", "128 lowercase hexadecimal digits")
cmd_id = pattern(r"[0-9a-f]{32}", "32 lowercase hexadecimal digits")


def sha256(*parts):
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(part if isinstance(part, bytes) else part.encode("utf-8"))
    return hasher.digest()


@functools.lru_cache(4096)
def check_key(key):
    """Refuses bytes that are not the canonical encoding of a point, and points of low order."""
    need(len(key) == 32 and key not in LOW_ORDER, "a key of low order")
    number = int.from_bytes(key, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    need(y < _P, "a key that is not canonical")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    need(square == 0 or pow(square, (_P - 1) // 2, _P) == 1, "a key that is not a point")
    need(square != 0 or sign == 0, "a key that is not canonical")


def public_key(value):
    hash_text(value)
    check_key(bytes.fromhex(value))


def kid_of(key_text):
    return sha256(bytes.fromhex(key_text)).hex()


@functools.lru_cache(8192)
def verifies(key, message, signature):
    """Strict verification: no cofactor, S in range, neither the key nor R of low order."""
    if len(signature) != 64 or signature[:32] in LOW_ORDER:
        return False
    if int.from_bytes(signature[32:], "little") >= _ORDER:
        return False
    try:
        check_key(key)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (Fault, InvalidSignature):
        return False
    return True


def base64url(text, most):
    """Decodes base64url without padding and with unused bits zero."""
    need(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text), "must be base64url without padding")
    need(len(text) <= -(-most // 3) * 4, f"is longer than {most} bytes")
    need(len(text) % 4 != 1, "must be base64url without padding")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text, "has stray bits")
    need(len(data) <= most, f"is longer than {most} bytes")
    return data


def base64_of(text):
    """Decodes padded base64 with unused bits zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault("must be base64") from None
    need(base64.b64encode(data).decode() == text, "must be base64")
    return data
