"""The notation of git's wire protocol, as far as the server itself reads and writes it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FLUSH = b"0000"
_LONGEST = 65520


class NotPktLines(Exception):
    """The bytes are no pkt-lines."""


@dataclass(frozen=True)
class PushHead:
    """What a push asks for before its pack: (old, new, ref) of each command, capabilities, options.

    `length` is how many bytes of the request it takes.
    """

    commands: tuple[tuple[str, str, str], ...]
    capabilities: frozenset[str]
    others: tuple[bytes, ...] = ()
    options: tuple[str, ...] = ()
    length: int = 0

    @property
    def quiet(self) -> bool:
        """Whether the client wants no messages."""
        return "quiet" in self.capabilities or "side-band-64k" not in self.capabilities

    def only(self, commands: tuple[tuple[str, str, str], ...]) -> bytes:
        """The same head with some of the commands."""
        offered = b"\0" + b" ".join(sorted(each.encode() for each in self.capabilities))
        lines = [packet(other) for other in self.others]
        for place, (old, new, name) in enumerate(commands):
            lines.append(packet(f"{old} {new} {name}".encode() + (b"" if place else offered)))
        options = [packet(option.encode()) for option in self.options]
        ending = [*options, FLUSH] if "push-options" in self.capabilities else []
        return b"".join((*lines, FLUSH, *ending))


def packet(payload: bytes) -> bytes:
    """One pkt-line."""
    return f"{len(payload) + 4:04x}".encode() + payload


def packets(body: bytes, position: int = 0) -> tuple[list[bytes], int] | None:
    """The payloads up to a flush and where it ends; None while `body` does not hold it whole."""
    found: list[bytes] = []
    while len(body) >= position + 4:
        length = size(body[position : position + 4])
        if length == 0:
            return found, position + 4
        if length < 4 or length > _LONGEST:
            raise NotPktLines(f"a pkt-line of {length} bytes")
        if len(body) < position + length:
            return None
        found.append(bytes(body[position + 4 : position + length]))
        position += length
    return None


def size(digits: bytes) -> int:
    """The length that the four digits of a pkt-line say."""
    try:
        return int(digits, 16)
    except ValueError as error:
        raise NotPktLines(repr(digits)) from error


def push_head(body: bytes) -> PushHead | None:
    """The head of a receive-pack request; None while `body` does not hold it whole."""
    first = packets(body)
    if first is None:
        return None
    lines, position = first
    commands: list[tuple[str, str, str]] = []
    others: list[bytes] = []
    capabilities: frozenset[str] = frozenset()
    for payload in lines:
        line, _, offered = payload.partition(b"\0")
        if offered:
            capabilities = frozenset(offered.decode().split())
        words = line.decode(errors="replace").rstrip("\n").split(" ", 2)
        if len(words) == 3:
            commands.append((words[0], words[1], words[2]))
        else:
            others.append(payload)
    options: tuple[str, ...] = ()
    if "push-options" in capabilities:
        second = packets(body, position)
        if second is None:
            return None
        options = tuple(each.decode(errors="replace").rstrip("\n") for each in second[0])
        position = second[1]
    return PushHead(tuple(commands), capabilities, tuple(others), options, position)


def report(
    head: PushHead,
    reasons: Mapping[str, str],
    given: bytes = b"",
    said: str = "",
    forced: Mapping[str, str] | None = None,
) -> bytes:
    """The answer to a push: the report that the program gave with the refusals added, after what is said to people.

    `forced` says, of branches that the program refused because their history would be replaced, why in our words.
    """
    lines = [
        packet(f"ng {name} {reasons[name]}\n".encode()) for _, _, name in head.commands if name in reasons
    ]
    inner = _reworded(_report_of(given), forced or {}) or packet(b"unpack ok\n")
    whole = inner.removesuffix(FLUSH) + b"".join(lines) + FLUSH
    if "side-band-64k" not in head.capabilities:
        return whole
    bands = [packet(b"\x02" + f"{line}\n".encode()) for line in said.splitlines()]
    starts = range(0, len(whole), _LONGEST - 5)
    bands += [packet(b"\x01" + whole[start : start + _LONGEST - 5]) for start in starts]
    return b"".join(bands) + FLUSH


def _report_of(given: bytes) -> bytes:
    """What stands in band 1 of the program's answer, or the answer itself where it uses no bands."""
    if not given or given[4:5] not in (b"\x01", b"\x02", b"\x03"):
        return given
    found = packets(given)
    return b"".join(each[1:] for each in found[0] if each[:1] == b"\x01") if found else b""


def _reworded(inner: bytes, forced: Mapping[str, str]) -> bytes:
    found = packets(inner) if forced and inner else None
    if found is None:
        return inner
    lines = []
    for payload in found[0]:
        name = payload.removeprefix(b"ng ").removesuffix(b" non-fast-forward\n").decode(errors="replace")
        told = payload.startswith(b"ng ") and payload.endswith(b" non-fast-forward\n") and forced.get(name)
        lines.append(packet(f"ng {name} {told}\n".encode() if told else payload))
    return b"".join(lines) + FLUSH


def errors_of(given: bytes) -> str:
    """What the program tells of errors in band 2 or 3; its progress is left out."""
    found = packets(given) if given[4:5] in (b"\x01", b"\x02", b"\x03") else None
    told = [
        each[1:].decode(errors="replace")
        for each in (found[0] if found else [])
        if each[:1] in (b"\x02", b"\x03")
    ]
    lines = "".join(told).replace("\r", "\n").splitlines()
    kept = (line for line in lines if not line.startswith("error: denying non-fast-forward"))
    return "\n".join(line for line in kept if line.startswith(("error:", "fatal:", "warning:")))
