"""The notation of git's wire protocol, as far as a push that is refused needs it: pure."""

from __future__ import annotations

from dataclasses import dataclass

FLUSH = b"0000"


@dataclass(frozen=True)
class PushCommands:
    """What a push asks for: (old, new, ref) of each command and the client's capabilities."""

    commands: tuple[tuple[str, str, str], ...]
    capabilities: frozenset[str]


def packet(payload: bytes) -> bytes:
    """One pkt-line."""
    return f"{len(payload) + 4:04x}".encode() + payload


def push_commands(body: bytes) -> PushCommands | None:
    """The commands at the head of a receive-pack request; None while `body` does not hold them whole."""
    commands: list[tuple[str, str, str]] = []
    capabilities: frozenset[str] = frozenset()
    position = 0
    while len(body) >= position + 4:
        length = int(body[position : position + 4], 16)
        if length == 0:
            return PushCommands(tuple(commands), capabilities)
        if len(body) < position + length:
            return None
        line, _, offered = body[position + 4 : position + length].partition(b"\0")
        if offered:
            capabilities = frozenset(offered.decode().split())
        words = line.decode().rstrip("\n").split(" ", 2)
        if len(words) == 3:
            commands.append((words[0], words[1], words[2]))
        position += length
    return None


def refusal(push: PushCommands, reasons: dict[str, str]) -> bytes:
    """The report that refuses a push: `reasons` says why for a ref, the others are refused with them."""
    lines = [packet(b"unpack ok\n")]
    for _, _, name in push.commands:
        reason = reasons.get(name, "another ref of this push was rejected")
        lines.append(packet(f"ng {name} {reason}\n".encode()))
    report = b"".join(lines) + FLUSH
    if "side-band-64k" not in push.capabilities:
        return report
    return packet(b"\x01" + report) + FLUSH
