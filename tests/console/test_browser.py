"""The console in a real browser: decisions by keyboard alone, pages that renew themselves, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.console.people import COOKIE
from tests.console import loop
from tests.console.browser import Browser
from tests.console.conftest import Looped, Pending, Untouched
from tests.console.desk import Place
from tests.console.test_pages import SECTIONS
from tests.wire import RunningSimulator

pytestmark = pytest.mark.browser

PAGES = (
    *SECTIONS,
    "/runs/ml/1",
    "/runs/ml/1/logs/1",
    "/monitoring/automation/hourly",
    "/registry/automation/abalone/1",
)
PHONE = {"width": 390, "height": 844}
FAINT = (Path(__file__).parent / "faint.js").read_text()
WIDEST = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def browser(profile: Browser) -> Browser:
    """The browser with nothing noted yet."""
    profile.look()
    profile.requests.clear()
    profile.console.clear()
    return profile


def enter(browser: Browser, running: Place, person: str, path: str) -> None:
    browser.cookie(running.console_url, COOKIE, person)
    browser.open(f"{running.console_url}{path}")


def test_a_version_is_approved_by_keyboard_alone(browser: Browser, pending: Pending):
    enter(browser, pending.running, "ada", "/registry")
    # The picker: from Ada, the first, one down to Grace.
    browser.tab_to("it.id === 'person'")
    browser.press("ArrowDown")
    browser.tab_to("it.matches('.person button')")
    browser.loading(lambda: browser.press("Enter"))
    assert "You act as this person from now on." in browser.text()
    browser.tab_to(f"it.getAttribute('href') === '{pending.path}'")
    browser.loading(lambda: browser.press("Enter"))
    browser.tab_to("it.name === 'comment'")
    browser.type("Reads well")
    browser.tab_to("it.value === 'approve'")
    browser.loading(lambda: browser.press("Enter"))
    assert "Approved. What follows is on its way." in browser.text()
    found = pending.described()
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == ("Approved", "Reads well")
    assert found["LastModifiedBy"]["IamIdentity"]["Arn"].endswith("user/grace")
    assert browser.console == []


def test_the_gate_is_passed_by_keyboard_and_the_page_follows_to_the_end(
    browser: Browser, deciding: RunningSimulator
):
    run = loop.start_run(deciding)
    enter(browser, deciding, "grace", f"/runs/ml/{run}")
    browser.tab_to("it.matches('.gate textarea')")
    browser.type("Go")
    browser.tab_to("it.value === 'approve'")
    browser.loading(lambda: browser.press("Space"))
    browser.wait("document.querySelector('#s-head h1 .chip').innerText === 'succeeded'")
    assert loop.azure(deciding, "grace", "GET", f"build/builds/{run}")["result"] == "succeeded"


def test_the_first_tab_offers_to_skip_to_the_page(browser: Browser, untouched: Untouched):
    enter(browser, untouched, "ada", "/reality")
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    browser.press("Enter")
    assert browser.evaluate("document.activeElement.id") == "main"


def test_no_request_leaves_the_origin(browser: Browser, looped: Looped):
    browser.open("about:blank")  # what an earlier test's page still asked for has been asked for
    browser.requests.clear()
    for path in PAGES:
        enter(browser, looped.running, "operator", path)
    assert len(browser.requests) > len(PAGES)
    strangers = [url for url in browser.requests if not url.startswith(looped.running.console_url)]
    assert strangers == []
    assert browser.console == []


def test_text_of_others_does_not_run(browser: Browser, looped: Looped):
    log = loop.log_path(looped.running, looped.run, "Say what was built")
    for path in (log, "/facts?words=ModelPackage", "/registry/automation/abalone/1"):
        enter(browser, looped.running, "operator", path)
        assert browser.evaluate("document.title") != "taken"
    assert loop.ATTACK in browser.text()


def test_a_page_renews_itself_when_something_happens(browser: Browser, pending: Pending):
    enter(browser, pending.running, "grace", pending.path)
    browser.evaluate("window.kept = true")
    pending.running.client("sagemaker").update_model_package(
        ModelPackageArn=pending.arn, ModelApprovalStatus="Rejected", ApprovalDescription="By another hand"
    )
    browser.wait("document.querySelector('#s-decision').innerText.includes('By another hand')")
    assert browser.evaluate("window.kept") is True


def test_what_a_person_is_writing_is_not_taken_away(browser: Browser, deciding: RunningSimulator):
    run = loop.start_run(deciding)
    enter(browser, deciding, "grace", f"/runs/ml/{run}")
    browser.tab_to("it.matches('.gate textarea')")
    browser.type("Half a sen")
    gate = loop.gate_of(deciding, run)["id"]
    update = [{"approvalId": gate, "status": "rejected", "comment": ""}]
    loop.azure(deciding, "edsger", "PATCH", "pipelines/approvals", json=update)
    browser.wait("document.querySelector('#s-head h1 .chip').innerText === 'failed'")
    assert browser.evaluate("document.querySelector('.gate textarea').value") == "Half a sen"


def test_a_log_grows_while_its_step_runs(browser: Browser, looped: Looped):
    running, engine = looped.running, looped.engine
    number = loop.begin_run(running, held="yes")
    running.until(lambda f: f["subject"] == f"run {number} Say what was built")
    enter(browser, running, "grace", loop.log_path(running, number, "Say what was built"))
    browser.wait("document.getElementById('log').innerText.includes('the first line')")
    work = next(work.name for work in reversed(engine.started) if work.image == "agent")
    running.do(lambda _: engine.finish(work, 1))
    browser.wait("document.querySelector('#s-head h1 .chip').innerText === 'failed'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_in_both_schemes(
    browser: Browser, looped: Looped, scheme: str, tmp_path: Path
):
    browser.look(**PHONE, scheme=scheme)
    wide = []
    for path in PAGES:
        enter(browser, looped.running, "operator", path)
        if not browser.evaluate(WIDEST):
            wide.append(path)
    assert wide == []
    paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(246, 247, 249)", "dark": "rgb(15, 20, 27)"}[scheme]


def test_words_stand_out_from_their_paper_in_both_schemes(browser: Browser, looped: Looped):
    for scheme in ("light", "dark"):
        browser.look(scheme=scheme)
        for path in PAGES:
            enter(browser, looped.running, "operator", path)
            assert (path, browser.evaluate(FAINT)) == (path, [])


def test_every_control_has_a_name_and_every_page_one_heading(browser: Browser, looped: Looped):
    for path in PAGES:
        enter(browser, looped.running, "grace", path)
        assert browser.evaluate("document.querySelectorAll('h1').length") == 1
        assert browser.evaluate(_NAMELESS) == []


_NAMELESS = """
[...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
  .filter((e) => !(e.innerText || "").trim() && !(e.labels && e.labels.length) && !e.ariaLabel && !e.textContent.trim())
  .map((e) => e.outerHTML.slice(0, 80))
"""
