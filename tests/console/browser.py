"""Debian's chromium driven over its own debugging pipe: keys as a person presses them, and every request it makes."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)
# Code, text and Windows key code of keys by name (DevTools protocol, Input.dispatchKeyEvent).
_KEYS = {
    "Tab": ("Tab", "", 9),
    "Enter": ("Enter", "\r", 13),
    "Space": ("Space", " ", 32),
    "ArrowDown": ("ArrowDown", "", 40),
    "ArrowUp": ("ArrowUp", "", 38),
}
_SHIFT = 8


class PageFailed(AssertionError):
    """What a page's script threw, or what the browser refused."""


class Browser:
    """One page of a new profile in `directory`. Close it."""

    def __init__(self, directory: Path) -> None:
        commands, self._out = os.pipe()
        self._in, answers = os.pipe()
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        words = [program, *_FLAGS, f"--user-data-dir={directory}", "about:blank"]
        self._process = subprocess.Popen(
            # Chromium reads commands from descriptor 3 and answers on 4.
            ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "chromium", *words],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(directory), "TMPDIR": tempfile.gettempdir()},
        )
        os.close(commands)
        os.close(answers)
        self._reader = os.fdopen(self._in, "rb")
        self._buffer, self._last, self._session = b"", 0, ""
        self.requests: list[str] = []
        self.console: list[str] = []
        try:
            self._attach()
        except PageFailed:
            self.close()
            raise

    def _attach(self) -> None:
        target = next(t for t in self._call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        self._reader.close()
        os.close(self._out)

    def open(self, url: str) -> None:
        """Go to a URL; returns when the page has loaded."""
        self.loading(lambda: self._call("Page.navigate", url=url))

    def loading(self, act: Callable[[], object]) -> None:
        """Do something that loads another page; returns when it has loaded."""
        self._loaded = False
        act()
        while not self._loaded:
            self._take()

    def press(self, key: str, *, shift: bool = False) -> None:
        """One key, by its name."""
        code, text, number = _KEYS[key]
        event = {
            "key": " " if key == "Space" else key,
            "code": code,
            "windowsVirtualKeyCode": number,
            "modifiers": _SHIFT if shift else 0,
        }
        self._call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self._call("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self._call("Input.insertText", text=text)

    def tab_to(self, script: str, most: int = 80) -> None:
        """Press Tab until the script is true of the focused element, named `it`."""
        for _ in range(most):
            if self.evaluate(f"(() => {{ const it = document.activeElement; return Boolean({script}); }})()"):
                return
            self.press("Tab")
        raise PageFailed(f"{most} tabs do not reach {script}")

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; a promise is awaited. Raises PageFailed with what it threw."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise PageFailed(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true, asked again whenever the page changes."""
        self.evaluate(
            "new Promise((done) => { const ask = () => { if ("
            + condition
            + ") { seen.disconnect(); done(true); } };"
            " const seen = new MutationObserver(ask);"
            " seen.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});"
            " ask(); })"
        )

    def text(self) -> str:
        """What the page says."""
        return str(self.evaluate("document.body.innerText"))

    def look(self, *, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """The size of the window and the scheme of colours from now on."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def cookie(self, url: str, name: str, value: str) -> None:
        """Keep a cookie for a URL."""
        self._call("Network.setCookie", url=url, name=name, value=value)

    def shoot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of what is seen, or of the whole page."""
        answer = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        number = self._last
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._take()
            if answer.get("id") == number:
                if "error" in answer:
                    raise PageFailed(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _take(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            part = self._reader.read1(65536)
            if not part:
                raise PageFailed("chromium has ended")
            self._buffer += part
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif message.get("method") == "Page.loadEventFired":
            self._loaded = True
        elif message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.console.append(json.dumps(params)[:600])
        return message
