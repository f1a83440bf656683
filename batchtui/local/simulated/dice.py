"""Chance that comes out the same every time: by a seed and by what it is drawn for."""

import hashlib
import math
import struct
from statistics import NormalDist

_BITS = 2**32
_FOUR = struct.Struct(">4I")
_NORMAL = NormalDist()


class Dice:
    """Draws by name: what is drawn for one task changes nothing for another."""

    def __init__(self, seed: int) -> None:
        self._salt = f"{seed}/"

    def draw(self, *names: str) -> tuple[float, float, float, float]:
        """Four independent numbers above 0 and below 1 for something of these names."""
        text = self._salt + "/".join(names)
        data = hashlib.blake2b(text.encode(), digest_size=16).digest()
        a, b, c, d = _FOUR.unpack(data)
        return (a + 0.5) / _BITS, (b + 0.5) / _BITS, (c + 0.5) / _BITS, (d + 0.5) / _BITS


def around(median: float, spread: float, chance: float) -> float:
    """A length around a median, as times of work lie: none below 0, and a few very long."""
    if not spread:
        return median
    return median * math.exp(spread * _NORMAL.inv_cdf(chance))
