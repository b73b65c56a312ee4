"""The digits of the do-not-call tables: they have no country's code, and bar whoever has a number of those digits.

Not here: what number they are in the region of the settings (leads.py), putting them on a list (usecases/movingin.py).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator

_BUCKETS, _FEW = 4096, 64  # each is sorted on its own: sorting all at once would hold every number as an object
_MOST = 18  # digits of the column there, and what fits an element with a 1 before them


class Digits:
    """A set of texts of up to 18 digits, in some 8 bytes each: such a table may have tens of millions."""

    def __init__(self, buckets: int = _BUCKETS) -> None:
        self._buckets = [array("Q") for _ in range(buckets)]
        self._unsorted: set[int] = set()

    def add(self, digits: str) -> None:
        key = int("1" + digits)  # a zero that it begins with counts
        at = key % len(self._buckets)
        self._buckets[at].append(key)
        self._unsorted.add(at)

    def __contains__(self, digits: str) -> bool:
        if not is_digits(digits):
            return False
        key = int("1" + digits)
        at = key % len(self._buckets)
        bucket = self._buckets[at]
        if at in self._unsorted:
            self._unsorted.discard(at)
            bucket = self._buckets[at] = array("Q", sorted(bucket))
        place = bisect_left(bucket, key)
        return place < len(bucket) and bucket[place] == key


class Barred:
    """The do-not-call tables of a dump, by campaign; "" is the one of all."""

    def __init__(self) -> None:
        self._everybody, self._of_any, self._of = Digits(), Digits(), dict[str, Digits]()

    def take(self, campaign: str, written: str) -> None:
        """An entry as it stands there; one that is no plain digits stands for nobody's number."""
        if is_digits(written):
            if not campaign:
                self._everybody.add(written)
                return
            self._of_any.add(written)  # asked first, as there may be hundreds
            self._of.setdefault(campaign, Digits(_FEW)).add(written)

    def holding(self, written: Collection[str], e164: str, code: str) -> Iterator[tuple[str, str]]:
        """The campaigns that bar a lead's number, with the entry: as the lead has it, with its code, or without it (and
        with the 0 that is dialed before it in most countries)."""
        ways = ["".join(each for each in one if each.isdigit()) for one in written] + [e164[1:]]
        if code.isdigit() and e164.startswith(f"+{code}"):
            ways += [e164[1 + len(code) :], "0" + e164[1 + len(code) :]]
        if (entry := next((way for way in ways if way in self._everybody), None)) is not None:
            yield "", entry
        ways = [way for way in ways if way in self._of_any]
        for campaign, digits in self._of.items() if ways else ():
            if (entry := next((way for way in ways if way in digits), None)) is not None:
                yield campaign, entry


def is_digits(written: str) -> bool:
    """Whether an entry is digits alone, and as many as one may have."""
    return 0 < len(written) <= _MOST and written.isascii() and written.isdigit()
