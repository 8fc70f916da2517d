"""Nobody acts through somebody's browser: Host, Origin, token, cookies and headers of the console."""

from __future__ import annotations

import httpx
import pytest

from simulator.console import guard
from simulator.console.people import COOKIE
from tests.console.conftest import Looped, Pending, Untouched
from tests.console.desk import Desk, text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", None])
def test_a_form_from_elsewhere_does_nothing(pending: Pending, origin: str | None):
    with Desk(pending.running, "grace") as desk:
        answer = desk.send(f"{pending.path}/decide", origin=origin, decision="approve")
    assert answer.status_code == 403
    assert "can't act here" in text(answer.text)
    assert pending.status() == "PendingManualApproval"


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_pages_token_does_nothing(pending: Pending, token: str):
    with Desk(pending.running, "grace") as desk:
        answer = desk.send(f"{pending.path}/decide", token=token, decision="approve")
    assert answer.status_code == 403
    assert "This form was made for another person" in text(answer.text)
    assert pending.status() == "PendingManualApproval"


def test_a_form_that_was_read_as_somebody_else_does_nothing(pending: Pending):
    with Desk(pending.running, "ada") as ada, Desk(pending.running, "grace") as grace:
        answer = grace.send(f"{pending.path}/decide", token=ada.token(), decision="approve")
    assert answer.status_code == 403
    assert pending.status() == "PendingManualApproval"


def test_a_form_that_is_too_long_is_none(untouched: Untouched):
    with Desk(untouched, "grace") as desk:
        assert desk.send("/person", person="ada", back="/" + "x" * 100_000).status_code == 403


@pytest.mark.parametrize("path", ["/", "/facts", "/static/console.js"])
def test_a_name_that_a_stranger_points_here_is_refused(untouched: Untouched, path: str):
    answer = httpx.get(f"{untouched.console_url}{path}", headers={"host": "rebound.example:4568"})
    assert answer.status_code in (403, 404)
    assert "virtual time" not in answer.text or "answers to localhost only" in answer.text


@pytest.mark.parametrize("host", ["localhost:4568", "127.0.0.1:4568", "[::1]:4568", "[::1]", "localhost"])
def test_this_machine_is_no_stranger(host: str):
    assert guard.foreign_host(host) == ""


@pytest.mark.parametrize(
    "host", ["", "localhost.evil.example", "127.0.0.1.evil.example:4568", "evil:localhost"]
)
def test_a_stranger_is_a_stranger(host: str):
    assert "localhost only" in guard.foreign_host(host)


def test_choosing_a_person_keeps_a_strict_cookie_and_goes_back(untouched: Untouched):
    with Desk(untouched, "ada") as desk:
        answer = desk.send("/person", person="grace", back="/runs")
        cookie = answer.headers["set-cookie"].lower()
        assert answer.headers["location"] == "/runs?said=person"
        assert f"{COOKIE}=grace" in cookie
        assert "samesite=strict" in cookie
        assert "httponly" in cookie
        desk.client.cookies.set(COOKIE, "grace")
        assert '<option value="grace" selected>' in desk.page("/reality")


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(untouched: Untouched, back: str):
    with Desk(untouched, "ada") as desk:
        assert desk.send("/person", person="grace", back=back).headers["location"] == "/?said=person"


def test_a_person_who_is_not_there_is_refused_with_the_names_that_are(untouched: Untouched):
    with Desk(untouched, "ada") as desk:
        answer = desk.send("/person", person="mallory")
    assert answer.status_code == 400
    assert "There are ada, grace, edsger" in text(answer.text)


def test_a_cookie_that_names_nobody_is_the_first_person(untouched: Untouched):
    with Desk(untouched, "mallory") as desk:
        assert '<option value="ada" selected>' in desk.page("/reality")


def test_every_answer_forbids_what_the_console_does_not_need(untouched: Untouched):
    for path in ("/", "/nothing/of/the/kind/at/all", "/runs/ml/99", "/static/console.css"):
        headers = httpx.get(f"{untouched.console_url}{path}").headers
        if path.startswith("/nothing"):
            continue
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_only_the_three_files_are_served(untouched: Untouched):
    for name in ("..%2fguard.py", "mount.py", "console.css.map"):
        assert httpx.get(f"{untouched.console_url}/static/{name}").status_code == 404


def test_no_page_holds_a_key_or_a_token_of_a_person(looped: Looped):
    person = looped.running.simulator.topology.person("ada")
    with Desk(looped.running, "ada") as desk:
        for path in ("/", "/registry", "/runs", "/facts", "/reality"):
            source = desk.page(path)
            assert person.secret_access_key not in source
            assert person.personal_access_token not in source


@pytest.mark.parametrize("path", ["status", "facts"])
def test_the_control_interface_tells_strangers_nothing(untouched: Untouched, path: str):
    url = f"{untouched.console_url}/_simulator/{path}"
    assert httpx.get(url, headers={"host": "rebound.example"}).status_code == 403
    assert httpx.get(url, headers={"origin": "https://evil.example"}).status_code == 403
    assert httpx.get(url).status_code == 200
