"""Make specification.json, the compact table of the REST specification, from a checkout of its repository.

    python -m tests.azure_devops.specification.regenerate CHECKOUT

The checkout is github.com/MicrosoftDocs/vsts-rest-api-specs (MIT). A type is one text, read from its left: `[T` a list,
`{T` a map, `=a|b` an enumeration, `#Name` a definition of the same file, else a plain type. Of every area the newest
version counts; what only an older one has (an operation, a member, a value of an enumeration) stays, because clients
of that version still ask for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SOURCE = "github.com/MicrosoftDocs/vsts-rest-api-specs"
VERSIONS = ("7.2", "7.1", "7.0", "6.0", "5.0")
AREAS = (
    *(
        "approvalsAndChecks",
        "build",
        "core",
        "distributedTask",
        "environments",
        "git",
        "graph",
        "hooks",
        "ims",
    ),
    *("memberEntitlementManagement", "operations", "pipelines", "policy", "profile", "security"),
    *("securityRoles", "serviceEndpoint", "test", "testResults", "tokenAdmin", "tokens", "account"),
)
# What the specification calls a type that is something else on the wire, or that has no shape of its own.
_PLAIN = {
    **dict.fromkeys(("JToken", "JTokenType", "JContainer", "JObject", "T", "Stream", "object"), "any"),
    "uuid": "uuid",
    "date-time": "time",
    "byte": "byte",
}
_DEFINED = {
    # Serialised as one text: "Microsoft.TeamFoundation.Identity;S-1-9-...", "aad.Xyz", "Agent.Version -gtVersion 2.1".
    "IdentityDescriptor": "string",
    "SubjectDescriptor": "string",
    "Demand": "string",
    # Serialised as maps by converters of their own.
    "ReferenceLinks": "{any",
    "PropertiesCollection": "{any",
    "JObject": "any",
    "JToken": "any",
    "ResourceDetails": "any",
}


def main() -> None:
    """Read the checkout named on the command line and write beside this file."""
    checkout = Path(sys.argv[1])
    commit = (sys.argv[2:] or ["?"])[0]
    table: Json = {
        "source": f"{SOURCE} at {commit}",
        "license": "MIT, Copyright (c) 2018 Microsoft Docs",
        "areas": {},
    }
    for area in AREAS:
        for name in sorted({path.name for path in (checkout / "specification" / area).glob("*/*.json")}):
            if files := _versions(checkout, area, name):
                table["areas"][f"{area}/{name.removesuffix('.json')}"] = _area(files)
    lines = json.dumps(table, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    text = lines.replace('"operations":', '\n"operations":').replace('"types":', '\n"types":')
    (Path(__file__).parent / "specification.json").write_text(text + "\n", encoding="utf-8")


def _versions(checkout: Path, area: str, name: str) -> list[Json]:
    """The area's file in each version that has it, the newest first."""
    places = (checkout / "specification" / area / version / name for version in VERSIONS)
    return [json.loads(place.read_text(encoding="utf-8-sig")) for place in places if place.is_file()]


def _area(files: list[Json]) -> Json:
    operations: dict[tuple[str, str], Json] = {}
    types: Json = {}
    for file in files:
        for path, verbs in {**file["paths"], **file.get("x-ms-paths", {})}.items():
            for verb, told in verbs.items():
                operations.setdefault((verb.upper(), path), _operation(verb.upper(), path, told))
        for name, definition in file["definitions"].items():
            if name not in _DEFINED:
                _merge(types.setdefault(name, {"properties": {}}), definition)
    listed = [operations[key] for key in sorted(operations, key=lambda key: (key[1].lower(), key[0]))]
    return {
        "host": files[0]["host"],
        "operations": listed,
        "types": {name: types[name] for name in _reached(listed, types)},
    }


def _operation(verb: str, path: str, told: Json) -> Json:
    body = [entry for entry in told["parameters"] if entry.get("in") == "body"]
    answers = {status: _type(answer.get("schema", {})) for status, answer in told["responses"].items()}
    value: Json = {
        "name": told["operationId"],
        "verb": verb,
        "path": path.removeprefix("/{organization}"),
        "answers": {status: kind for status, kind in answers.items() if kind != "any"},
        "scopes": sorted({scope for entry in told.get("security", ()) for scope in entry.get("oauth2", ())}),
        "query": {entry["name"]: _type(entry) for entry in told["parameters"] if entry.get("in") == "query"},
        "route": {entry["name"]: _type(entry) for entry in told["parameters"] if entry.get("in") == "path"},
    }
    value["route"].pop("organization", None)
    if body:
        value["body"] = _type(body[0]["schema"])
    return {key: entry for key, entry in value.items() if entry}


def _merge(kept: Json, definition: Json) -> None:
    """Add what an older version of the definition has and the kept one has not."""
    for base in definition.get("allOf", ()):
        if "$ref" in base:
            kept.setdefault("is", base["$ref"].rpartition("/")[2])
    for name, told in definition.get("properties", {}).items():
        new, old = _type(told), kept["properties"].get(name)
        if old is None:
            kept["properties"][name] = new
        elif old[0] == new[0] == "=":
            kept["properties"][name] = "=" + "|".join(dict.fromkeys((old[1:] + "|" + new[1:]).split("|")))
    if "required" in definition:
        kept.setdefault("required", definition["required"])


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _DEFINED.get(name, f"#{name}")
    if "enum" in schema:
        return "=" + "|".join(str(value) for value in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        items = _type(schema.get("items", {}))
        # .NET writes an array of bytes as one text in base64.
        return items if items == "byte" else f"[{items}"
    if kind == "object":
        more = schema.get("additionalProperties")
        return "{" + _type(more) if isinstance(more, dict) else "any"
    if kind in ("integer", "number", "boolean"):
        return str(kind)
    return _PLAIN.get(schema.get("format", ""), "string") if kind == "string" else "any"


def _reached(operations: list[Json], types: Json) -> list[str]:
    """The definitions that some operation answers or takes, by name."""
    found: set[str] = set()
    texts = [text for row in operations for text in (*row.get("answers", {}).values(), row.get("body", ""))]
    while texts:
        name = texts.pop().lstrip("[{")
        if name.startswith("#") and name[1:] not in found and name[1:] in types:
            found.add(name[1:])
            definition = types[name[1:]]
            texts += [*definition["properties"].values(), f"#{definition.get('is', '')}"]
    return sorted(found)


if __name__ == "__main__":
    main()
