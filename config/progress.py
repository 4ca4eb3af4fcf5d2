"""A progress bar for commands: one line that is written over, and plain lines where nobody watches."""

from __future__ import annotations

from typing import Any

WIDTH = 30


class Bar:
    """`bar(done, total)` as often as you like. On a terminal a line that fills, else a line a tenth."""

    def __init__(self, stream: Any, label: str) -> None:
        self._stream, self._label, self._shown = stream, label, -1
        self._live = bool(getattr(stream, "isatty", lambda: False)())

    def __call__(self, done: int, total: int) -> None:
        percent = 100 if total <= 0 else min(100, done * 100 // total)
        step = percent if self._live else percent // 10 * 10
        if step == self._shown:
            return
        self._shown = step
        if self._live:
            filled = "#" * (percent * WIDTH // 100)
            self._stream.write(f"\r{self._label} [{filled:<{WIDTH}}] {percent:3} % of {total:,}", ending="")
            if percent == 100:
                self._stream.write("")
        else:
            self._stream.write(f"{self._label}: {percent} % of {total:,}")
        self._stream.flush()
