"""Output of `python -m dev demo`: lines, and in a terminal the flagged list below them."""

from typing import Self, TypedDict

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from dev.load.candidates import Outcome

ROWS = 8


class Flag(TypedDict):
    """The shown fields of a flag."""

    id: int
    ts: str
    participant_name: str
    kind: str
    faces: int
    img_url: str | None


class Screen:
    """The terminal, within a `with` block."""

    def __init__(self, url: str, meeting_id: str, admin_id: str, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        first = f"{url}/meeting/{meeting_id}#invigilator"
        # No line is longer than 80 columns: a terminal cuts longer ones, and they can't be copied.
        self._address = Text.assemble(
            ("\nOpen this first", "bold"),
            ", to watch the simulated exam as its invigilator:\n",
            (first, f"bold cyan link {first}"),
            "\nand paste this key there:\n",
            (admin_id, "bold"),
            "\n\nCreate an exam of your own at ",
            (f"{url}/", f"cyan link {url}/"),
            "\nThe API's documentation is at ",
            (f"{url}/docs", f"cyan link {url}/docs"),
            "\nCtrl-C stops everything.",
        )
        self._live = Live(self._address, console=self._console, refresh_per_second=4)
        self._listed: set[int] = set()

    def __enter__(self) -> Self:
        """Show the addresses."""
        if self._console.is_terminal:
            self._live.start()
        else:
            self._console.print(self._address)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop updating; the last state stays visible."""
        self._live.stop()

    def show_outcome(self, outcome: Outcome) -> None:
        """Print a line: candidate, outcome, time, picture."""
        style = "green" if outcome.result == "ok" else "yellow"
        self._console.print(
            Text.assemble(
                f"{outcome.candidate:<8}",
                (f"{outcome.result:<16}", style),
                (f"{outcome.seconds * 1_000:5.0f} ms  {outcome.picture}", "dim"),
            )
        )

    def show_incident(self, what: str) -> None:
        """Print a highlighted line."""
        self._console.print(Text(what, style="bold yellow"))

    def show_flags(self, flags: list[Flag]) -> None:
        """Update the list (newest first), and print a line for each flag once its evidence can be opened."""
        for flag in reversed(flags):
            if flag["img_url"] and flag["id"] not in self._listed:
                self._listed.add(flag["id"])
                self._console.print(self._line(flag))
        self._live.update(Group(_table(flags[:ROWS]), self._address))

    def _line(self, flag: Flag) -> Text:
        link = flag["img_url"]
        # A signed address is three lines long: in a terminal a word links to it.
        evidence = ("picture", f"cyan link {link}") if self._console.is_terminal else str(link)
        what = f"{flag['participant_name']} {flag['kind']} ({flag['faces']} faces) "
        return Text.assemble(("FLAGGED ", "bold red"), what, evidence)


def _table(flags: list[Flag]) -> Table:
    table = Table(title="Flagged", title_justify="left", expand=True)
    for heading in ("time (UTC)", "candidate", "kind", "faces", "evidence"):
        table.add_column(heading)
    for flag in flags:
        link = (
            Text("open", style=f"cyan link {flag['img_url']}")
            if flag["img_url"]
            else Text("being stored", "dim")
        )
        when = flag["ts"].partition("T")[2][:8]
        table.add_row(when, flag["participant_name"], flag["kind"], str(flag["faces"]), link)
    return table
