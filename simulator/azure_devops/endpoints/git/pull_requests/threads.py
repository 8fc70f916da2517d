"""Comment threads, their comments and who likes them."""

from __future__ import annotations

from typing import Any

from simulator.azure_devops.endpoint import Answer, Call, collection, endpoint
from simulator.azure_devops.endpoints.git.pull_requests import views
from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pull_requests import conversation
from simulator.azure_devops.pull_requests.conversation import THREAD
from simulator.azure_devops.shapes import mapping, mappings

THREADS = "ab6e2e5d-a0b7-4153-b64a-a4efe0d49449"
COMMENTS = "965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b"
LIKES = "5f2e2851-1389-425b-a00b-fb2adb3ef31b"
_STATUSES = ("unknown", "active", "fixed", "wontFix", "closed", "byDesign", "pending")
_TYPES = ("unknown", "text", "codeChange", "system")
_LONGEST = 150_000


@endpoint("GET", THREADS, "vso.code")
async def threads(call: Call) -> object:
    """The threads of a pull request, or one."""
    row = views.found(call)
    if "threadid" in call.route:
        return _view(call, row, _thread(call, row))
    return collection(
        [_view(call, row, each) for each in conversation.threads(call.azure.pull_requests, row)]
    )


@endpoint("POST", THREADS, "vso.code_write")
async def create(call: Call) -> object:
    """A new thread with its first comments."""
    row, given, now = views.found(call), call.object_body(), call.kernel.clock.iso()
    comments: list[Row] = []
    for each in mappings(given, "comments"):
        comments.append(_comment(call, each, len(comments) + 1, comments))
    thread = {
        "id": call.organization.next_number("pull_request_thread"),
        "published": now,
        "updated": now,
        "comments": comments,
        "status": _named(_STATUSES, given.get("status"), "status"),
        "threadContext": given.get("threadContext"),
        "pullRequestThreadContext": given.get("pullRequestThreadContext"),
        "properties": _properties(mapping(given, "properties")),
    }
    _save(call, row, thread, "threads")
    return _view(call, row, thread)


@endpoint("PATCH", THREADS, "vso.code_write")
async def update(call: Call) -> object:
    """Change a thread's status, properties or context."""
    row, given = views.found(call), call.object_body()
    thread = _thread(call, row)
    if given.get("status") is not None:
        thread["status"] = _named(_STATUSES, given["status"], "status")
    thread["properties"] |= _properties(mapping(given, "properties"))
    for name in ("threadContext", "pullRequestThreadContext"):
        thread[name] = given.get(name, thread[name])
    thread["updated"] = call.kernel.clock.iso()
    _save(call, row, thread, "threads")
    return _view(call, row, thread)


@endpoint("GET", COMMENTS, "vso.code")
async def comments(call: Call) -> object:
    """The comments of a thread, or one."""
    row = views.found(call)
    thread = _thread(call, row)
    if "commentid" in call.route:
        return _comment_view(call, row, thread, _found(call, thread))
    return collection([_comment_view(call, row, thread, each) for each in thread["comments"]])


@endpoint("POST", COMMENTS, "vso.code_write")
async def comment(call: Call) -> object:
    """One more comment."""
    row = views.found(call)
    thread = _thread(call, row)
    made = _comment(call, call.object_body(), len(thread["comments"]) + 1, thread["comments"])
    thread |= {"comments": [*thread["comments"], made], "updated": made["published"]}
    _save(call, row, thread, "comments")
    return _comment_view(call, row, thread, made)


@endpoint("PATCH", COMMENTS, "vso.code_write")
async def edit(call: Call) -> object:
    """Change one's own comment."""
    row, given = views.found(call), call.object_body()
    thread = _thread(call, row)
    known = _own(call, _found(call, thread))
    known |= {"content": _content(given), "contentUpdated": call.kernel.clock.iso()}
    known["updated"] = known["contentUpdated"]
    _save(call, row, thread, "comments")
    return _comment_view(call, row, thread, known)


@endpoint("DELETE", COMMENTS, "vso.code_write")
async def delete(call: Call) -> object:
    """Take one's own comment back: it stays as deleted, without its text."""
    row = views.found(call)
    thread = _thread(call, row)
    known = _own(call, _found(call, thread))
    known |= {"isDeleted": True, "content": None, "updated": call.kernel.clock.iso()}
    _save(call, row, thread, "comments")
    return Answer(200, None)


@endpoint("GET", LIKES, "vso.code")
async def likes(call: Call) -> object:
    """Who likes a comment."""
    row = views.found(call)
    found = _found(call, _thread(call, row))
    return collection([views.person(call, name) for name in found["liked"]])


@endpoint("POST", LIKES, "vso.code_write")
async def like(call: Call) -> object:
    """Like a comment; twice is once."""
    return _liked(call, True)


@endpoint("DELETE", LIKES, "vso.code_write")
async def unlike(call: Call) -> object:
    """Like it no more."""
    return _liked(call, False)


def _liked(call: Call, likes_it: bool) -> Answer:
    row, name = views.found(call), call.caller.identity.name
    thread = _thread(call, row)
    found = _found(call, thread)
    found["liked"] = [each for each in found["liked"] if each != name] + [name] * likes_it
    _save(call, row, thread, "likes")
    return Answer(200, None)


def _thread(call: Call, row: Row) -> Row:
    number = call.route["threadid"]
    found = conversation.get(call.azure.pull_requests, THREAD, row, number)
    if found is None:
        raise failure("GitPullRequestCommentThreadNotFoundException", id=number)
    return found


def _save(call: Call, row: Row, thread: Row, what: str) -> None:
    conversation.save(call.azure.pull_requests, THREAD, row, thread, what, call.caller.identity.name)


def _found(call: Call, thread: Row) -> Row:
    for each in thread["comments"]:
        if str(each["id"]) == call.route["commentid"]:
            row: Row = each
            return row
    raise failure("GitPullRequestCommentNotFoundException", id=call.route["commentid"])


def _own(call: Call, comment: Row) -> Row:
    if comment["author"] != call.caller.identity.name:
        raise failure("GitPullRequestCommentCannotBeUpdatedException")
    return comment


def _comment(call: Call, given: dict[str, Any], number: int, known: list[Row]) -> Row:
    parent = given.get("parentCommentId") or 0
    if parent and parent not in [each["id"] for each in known]:
        raise failure("GitPullRequestCommentNotFoundException", id=parent)
    now = call.kernel.clock.iso()
    return {
        "id": number,
        "parent": parent,
        "author": call.caller.identity.name,
        "content": _content(given),
        "type": _named(_TYPES, given.get("commentType"), "commentType") or "text",
        "published": now,
        "updated": now,
        "contentUpdated": now,
        "isDeleted": False,
        "liked": [],
    }


def _content(given: dict[str, Any]) -> str:
    text = given.get("content")
    if not isinstance(text, str) or not text or len(text) > _LONGEST:
        raise invalid(f"Invalid argument value.\r\nParameter name: content (1 to {_LONGEST} characters)")
    return text


def _named(names: tuple[str, ...], value: object, member: str) -> str | None:
    """The name of an enumeration's value, which clients send as its name or as its number; `unknown` is none."""
    if value is None:
        return None
    for number, name in enumerate(names):
        if str(value).lower() in (name.lower(), str(number)):
            return name if number else None
    raise invalid(f"Invalid argument value.\r\nParameter name: {member}")


def _properties(given: dict[str, Any]) -> Row:
    """Properties in the typed form in which the service gives them back."""
    return {name: value if isinstance(value, dict) else _typed(value) for name, value in given.items()}


def _typed(value: object) -> Row:
    kinds = {bool: "System.Boolean", int: "System.Int32", float: "System.Double"}
    kind = kinds.get(type(value), "System.String")
    return {"$type": kind, "$value": value if kind != "System.String" else str(value)}


def _view(call: Call, row: Row, thread: Row) -> Row:
    base = f"{views.url(call, row)}/threads/{thread['id']}"
    value = {
        "pullRequestThreadContext": thread["pullRequestThreadContext"],
        "id": thread["id"],
        "publishedDate": thread["published"],
        "lastUpdatedDate": thread["updated"],
        "comments": [_comment_view(call, row, thread, each) for each in thread["comments"]],
        "threadContext": thread["threadContext"],
        "properties": thread["properties"],
        "identities": None,
        "isDeleted": bool(thread["comments"]) and all(each["isDeleted"] for each in thread["comments"]),
        "_links": {
            "self": {"href": base},
            "repository": {"href": views.url(call, row).rsplit("/pullRequests", 1)[0]},
        },
    }
    return {**value, "status": thread["status"]} if thread["status"] else value


def _comment_view(call: Call, row: Row, thread: Row, comment: Row) -> Row:
    base = f"{views.url(call, row)}/threads/{thread['id']}"
    value = {
        "id": comment["id"],
        "parentCommentId": comment["parent"],
        "author": views.person(call, comment["author"]),
        "publishedDate": comment["published"],
        "lastUpdatedDate": comment["updated"],
        "lastContentUpdatedDate": comment["contentUpdated"],
        "commentType": comment["type"],
        "usersLiked": [views.person(call, name) for name in comment["liked"]],
        "_links": {
            "self": {"href": f"{base}/comments/{comment['id']}"},
            "threads": {"href": base},
            "pullRequests": {"href": f"{call.url}/_apis/git/pullRequests/{row['id']}"},
        },
    }
    shown = {"isDeleted": True} if comment["isDeleted"] else {"content": comment["content"]}
    return {**value, **shown}
