"""Chance that comes out the same every time: by a seed and by what it is drawn for."""

import hashlib
from statistics import NormalDist

_BITS = 2**32
_NORMAL = NormalDist()


class Dice:
    """Draws by name: what is drawn for one task changes nothing for another."""

    def __init__(self, seed: int) -> None:
        self._salt = f"{seed}/"

    def draw(self, *names: str) -> tuple[float, float, float, float]:
        """Four independent numbers above 0 and below 1 for something of these names."""
        text = self._salt + "/".join(names)
        data = hashlib.blake2b(text.encode(), digest_size=16).digest()
        numbers = (int.from_bytes(data[at : at + 4]) for at in range(0, 16, 4))
        first, second, third, fourth = ((number + 0.5) / _BITS for number in numbers)
        return first, second, third, fourth


def around(median: float, spread: float, chance: float) -> float:
    """A length around a median, as times of work lie: none below 0, and a few very long."""
    if not spread:
        return median
    return float(median * 2.718281828459045 ** (spread * _NORMAL.inv_cdf(chance)))
