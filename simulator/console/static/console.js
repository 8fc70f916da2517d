// Renews the parts of a page marked data-live when a fact comes, or as often as data-every says. Pages work without it.
"use strict";

const RETRY = 5000;
const CALM = 1200;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function busy(part) {
  const focus = document.activeElement;
  if (focus && part.contains(focus) && focus.matches("input, select, textarea, button")) return true;
  if ([...part.querySelectorAll("textarea, input[type=search]")].some((field) => field.value !== field.defaultValue)) return true;
  const selection = document.getSelection();
  return Boolean(selection && !selection.isCollapsed && part.contains(selection.anchorNode));
}

function keepOpen(from, to) {
  for (const details of from.querySelectorAll("details[id]")) {
    const twin = to.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.open = details.open;
  }
}

function focused(part) {
  const focus = document.activeElement;
  if (!focus || !part.contains(focus)) return null;
  const link = focus.getAttribute("href");
  const holder = focus.closest("[id]");
  return link ? `a[href="${CSS.escape(link)}"]` : holder && holder !== part ? `#${CSS.escape(holder.id)} > summary` : null;
}

function renew(part, fresh) {
  if (part.isEqualNode(fresh) || busy(part)) return;
  keepOpen(part, fresh);
  const selector = focused(part);
  const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 40;
  const top = part.scrollTop;
  const taken = document.activeElement === part;
  part.replaceWith(fresh);
  fresh.scrollTop = "follow" in fresh.dataset && atEnd ? fresh.scrollHeight : top;
  if (taken) fresh.focus();
  if (selector) fresh.querySelector(selector)?.focus();
}

async function refresh() {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const twin = fresh.getElementById(part.id);
    if (twin) renew(part, document.adoptNode(twin));
  }
}

async function followFacts() {
  let last = Number(document.body.dataset.fact);
  for (;;) {
    try {
      const answer = await fetch(`/_simulator/facts?after=${last}&wait=25&limit=1000`);
      const facts = await answer.json();
      if (facts.length) {
        last = facts[facts.length - 1].sequence;
        await refresh();
        await pause(CALM);
      }
    } catch {
      await pause(RETRY);
    }
  }
}

async function followClock() {
  for (;;) {
    const every = [...document.querySelectorAll("[data-every]")].map((part) => Number(part.dataset.every));
    if (!every.length) return;
    await pause(1000 * Math.min(...every));
    await refresh().catch(() => pause(RETRY));
  }
}

// What was said once is not said again on a reload.
const address = new URL(location.href);
if (address.searchParams.has("said")) {
  address.searchParams.delete("said");
  history.replaceState(null, "", address);
}

if ("fact" in document.body.dataset) {
  for (const part of document.querySelectorAll("[data-follow]")) part.scrollTop = part.scrollHeight;
  followFacts();
  followClock();
}
