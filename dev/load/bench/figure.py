"""A measured figure and its bound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`at_least` or `at_most` is the bound, if any; `detail` names the two values."""

    name: str
    value: float
    detail: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the value is within its bound."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def __str__(self) -> str:
        """Format as a line for the terminal."""
        return f"{self.name:34} {self.value:8.2f}{self.unit:3} ({self._judgement()})   {self.detail}"

    def _judgement(self) -> str:
        if self.at_least is None and self.at_most is None:
            return "for comparison"
        bound = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return f"{bound}{self.unit}: {'reached' if self.reached else 'MISSED'}"
