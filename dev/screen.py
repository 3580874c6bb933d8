"""What `python -m dev demo` shows: plain lines, and in a terminal the flagged list standing below them."""

from typing import Self, TypedDict

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from dev.candidates import Outcome

ROWS = 8


class Flag(TypedDict):
    """The fields of a listed flag that are shown."""

    id: int
    ts: str
    participant_name: str
    kind: str
    faces: int
    img_url: str | None


class Screen:
    """The terminal, from entering to leaving."""

    def __init__(self, url: str, meeting_id: str, admin_id: str) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        # No line may be longer than the narrowest terminal: what stands beyond its edge can't be copied.
        self._address = Text.assemble(
            ("Open ", "bold"),
            (f"{url}/", f"bold cyan link {url}/"),
            "   (the API's documentation is at /docs; Ctrl-C stops everything)\n",
            "The simulated exam is at\n  ",
            (f"{url}/meeting/{meeting_id}", f"cyan link {url}/meeting/{meeting_id}"),
            "\nTo see it as its invigilator, choose that there and paste the admin key:\n  ",
            (admin_id, "bold"),
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
        """Leave the last state standing."""
        self._live.stop()

    def show_outcome(self, outcome: Outcome) -> None:
        """One line: who, what became of the frame, how long it took, which picture it was."""
        style = "green" if outcome.said == "ok" else "yellow"
        self._console.print(
            Text.assemble(
                f"{outcome.candidate:<8}",
                (f"{outcome.said:<16}", style),
                (f"{outcome.seconds * 1_000:5.0f} ms  {outcome.picture}", "dim"),
            )
        )

    def show_incident(self, what: str) -> None:
        """One line, set apart from those of frames."""
        self._console.print(Text(what, style="bold yellow"))

    def show_flags(self, flags: list[Flag]) -> None:
        """The newest flags, newest first; each gets a line of its own once its evidence can be opened."""
        for flag in reversed(flags):
            if flag["img_url"] and flag["id"] not in self._listed:
                self._listed.add(flag["id"])
                self._console.print(_line(flag))
        self._live.update(Group(_table(flags[:ROWS]), self._address))


def _line(flag: Flag) -> Text:
    return Text.assemble(
        ("FLAGGED ", "bold red"),
        f"{flag['participant_name']} {flag['kind']} ({flag['faces']} faces) {flag['img_url']}",
    )


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
