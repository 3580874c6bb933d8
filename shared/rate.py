"""How often something happened, with its confidence interval."""

import math
from dataclasses import dataclass

Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The part; 1 of nothing."""
        return self.hits / self.of if self.of else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % confidence interval."""
        if not self.of:
            return 0.0, 1.0
        square = Z95**2 / self.of
        middle = (self.share + square / 2) / (1 + square)
        half = math.sqrt(self.share * (1 - self.share) * square + square**2 / 4) / (1 + square)
        return max(middle - half, 0.0), min(middle + half, 1.0)
