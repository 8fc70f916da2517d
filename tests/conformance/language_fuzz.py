"""Random expressions and pipelines: each has a value or a sentence, in bounded time and memory.

By hand, whole: `python -m tests.conformance.language_fuzz`; it prints the counts.
The suite runs a short one of fixed seed (tests/azure_devops/language/test_fuzz.py).
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.functions import FUNCTIONS
from simulator.azure_devops.language.expressions.values import ObjectValue, of
from simulator.azure_devops.language.final_yaml import final_yaml
from simulator.azure_devops.language.invalid import PipelineInvalid

_PART = 10_000
LONGEST_SECONDS = 5.0  # of one example, processor time
CONTEXTS = {
    "parameters": ObjectValue(
        {"a": of([1, {"b": ["x", None, 2.5]}]), "o": of({"K": {"k": "v"}, "n": 3}), "t": "text"},
        folds_case=True,
        strict=True,
    ),
    "variables": ObjectValue({"My.Var": "1.2.3", "n": "1,000", "empty": ""}, folds_case=True),
}
_TOKENS = st.sampled_from(
    [
        *FUNCTIONS,
        *"()[],.*'-",
        "''",
        "'a'",
        "'{0}'",
        "'{', '}}'",
        "1",
        "-.5",
        "1.2.3",
        "true",
        "parameters",
        "variables",
        " ",
    ]
)
_LEAF = st.one_of(
    st.sampled_from(
        [
            "true",
            "False",
            "parameters.a",
            "parameters.o",
            "parameters.o.*",
            "parameters.a[1].b",
            "variables.n",
        ]
    ),
    st.sampled_from(
        ["variables['My.Var']", "parameters.missing", "variables.missing", "parameters.*.*", "nope", "null"]
    ),
    st.integers(-(10**30), 10**30).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=9).map(str),
    st.text(max_size=12).map(lambda text: "'" + text.replace("'", "''") + "'"),
    st.lists(st.integers(0, 2**31), min_size=3, max_size=4).map(lambda parts: ".".join(map(str, parts))),
)


def _call(arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from([*FUNCTIONS, "counter", "always", "Eq", "nosuch"])
    calls = st.builds(
        lambda name, items: f"{name}({', '.join(items)})", names, st.lists(arguments, max_size=4)
    )
    indexes = st.builds(
        lambda target, index: f"{target}[{index}]", st.sampled_from(["parameters", "variables.x"]), arguments
    )
    fitting = st.sampled_from(sorted(FUNCTIONS)).flatmap(lambda name: _fitting(name, arguments))
    return st.one_of(fitting, fitting, fitting, calls, indexes)


def _fitting(name: str, arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A call with as many arguments as the function takes."""
    arity = FUNCTIONS[name].arity
    most = arity.least + 2 if arity.most is None else min(arity.most, arity.least + 2)
    items = st.lists(arguments, min_size=arity.least, max_size=most)
    return items.map(lambda found: f"{name}({', '.join(found)})")


EXPRESSIONS = st.one_of(
    st.recursive(_LEAF, _call, max_leaves=12),
    st.lists(_TOKENS, max_size=14).map("".join),
    st.text(max_size=30),
)

_WORDS = """steps jobs stages variables parameters script task job stage deployment template pool name value default
type dependsOn condition strategy matrix runOnce deploy environment resources trigger inputs env extends container
target <<"""
_DIRECTIVES = ["${{ if eq(1, 1) }}", "${{ elseif false }}", "${{ else }}", "${{ each x in parameters.a }}"]
_KEYS = st.sampled_from(
    [*_WORDS.split(), *_DIRECTIVES, "${{ insert }}", "${{ each y in x }}", "${{ parameters.t }}"]
)
_SCALARS = st.one_of(
    st.sampled_from(
        [
            "x",
            "''",
            "~",
            "true",
            "010",
            "on",
            "1.5",
            "2020-01-01",
            "&a b",
            "*a",
            "!!int 1",
            "|\n  a",
            "none",
            "a.yml",
        ]
    ),
    st.sampled_from(
        [
            "$(x)",
            "$[ variables.a ]",
            "${{ parameters.a }}",
            "a ${{ x.k }} b",
            "${{ convertToJson(parameters) }}",
        ]
    ),
    EXPRESSIONS.map(lambda text: "${{ " + text.replace("\n", " ") + " }}"),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=10),
)


def _block(children: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    def indented(lines: list[str]) -> list[str]:
        return [f"  {line}" for line in lines]

    entry = st.builds(lambda key, lines: [f"{key}:", *indented(lines)], _KEYS, children)
    item = children.map(lambda lines: [f"- {lines[0]}", *indented(lines[1:])] if lines else ["-"])
    flat = st.lists(entry, min_size=1, max_size=4) | st.lists(item, min_size=1, max_size=4)
    return flat.map(lambda blocks: [line for block in blocks for line in block])


_ENTRY = st.builds(lambda key, scalar: [f"{key}: {scalar}"], _KEYS, _SCALARS)
_BLOCKS = st.recursive(_ENTRY | _SCALARS.map(lambda scalar: [scalar]), _block, max_leaves=16)
_HEAD = "parameters:\n- {name: a, type: object, default: [1, [2], {k: v}]}\n- {name: t, default: steps}\n"
_BODIES = _BLOCKS.map("\n".join)
_SMALL = st.one_of(
    st.sampled_from(
        ["x", "'01'", "$(x)", "${{ parameters.t }}", "a ${{ length(parameters.a) }} b", "${{ variables.v }}"]
    ),
    _LEAF.map(lambda text: '"${{ coalesce(' + text.replace("\\", "").replace('"', "") + ', 1) }}"'),
)
_STEP = st.one_of(
    st.builds(lambda kind, text: [f"- {kind}: {text}"], st.sampled_from(["script", "bash", "pwsh"]), _SMALL),
    st.builds(
        lambda text, name: [f"- script: {text}", f"  displayName: {name}", "  env:", f"    A: {text}"],
        _SMALL,
        _SMALL,
    ),
    st.builds(
        lambda text: ["- task: Some@1", "  inputs:", f"    ${{{{ insert }}}}: {{a: {text}}}", "    b: c"],
        _SMALL,
    ),
)


def _directed(items: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Lists, some of them under directives."""
    lists = st.lists(items, min_size=1, max_size=4).map(
        lambda found: [line for item in found for line in item]
    )
    return lists | st.builds(
        lambda key, found: [f"- {key}:", *(f"  {line}" for line in found)],
        st.sampled_from(_DIRECTIVES),
        lists,
    )


_STEPS = st.recursive(_STEP, _directed, max_leaves=10)
_JOB = st.builds(
    lambda number, steps: [f"- job: J{number}", "  steps:", *(f"  {line}" for line in steps)],
    st.integers(0, 99),
    _STEPS,
)
_JOBS = st.lists(_JOB, min_size=1, max_size=3).map(lambda jobs: [line for job in jobs for line in job])
_PIPELINES = st.one_of(
    _STEPS.map(lambda lines: "\n".join([f"{_HEAD}variables: {{v: w}}", "steps:", *lines])),
    _JOBS.map(lambda lines: "\n".join([f"{_HEAD}jobs:", *lines])),
)
DOCUMENTS = st.one_of(
    _PIPELINES,
    _PIPELINES,
    _BODIES,
    _BODIES.map(lambda body: f"{_HEAD}{body}"),
    st.builds(
        lambda key, body: f"{_HEAD}{key}:\n{body}\n",
        st.sampled_from(["steps", "jobs", "stages", "variables"]),
        _BODIES,
    ),
)


def evaluate(expression: str) -> str:
    """How an expression ends: `value` or `refused`. Any other exception than ours is a defect."""
    try:
        evaluate_text(expression, CONTEXTS)
    except ExpressionFailure as failure:
        if not str(failure):
            raise AssertionError("refused without a word") from failure
        return "refused"
    return "value"


def compile_document(text: str) -> str:
    """How a document ends: `compiled` (its canonical YAML is written too) or `refused`."""
    try:
        plan = compile_pipeline("a.yml", lambda path: text, {}, {}, groups=lambda name: {})
    except PipelineInvalid as refusal:
        if not refusal.message:
            raise AssertionError("refused without a word") from refusal
        return "refused"
    final_yaml(plan)
    return "compiled"


def fuzz(
    strategy: st.SearchStrategy[str], ends: Callable[[str], str], count: int, start: int, at_once: int = 1
) -> Counter[str]:
    """Runs `count` texts, drawn `at_once`; raises on the first defect or the first that takes too long."""
    found: Counter[str] = Counter()

    @seed(start)
    @settings(
        max_examples=-(-count // at_once),
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(strategy, min_size=at_once, max_size=at_once))
    def some(texts: list[str]) -> None:
        for text in texts:
            began = time.process_time()
            found[ends(text)] += 1
            took = time.process_time() - began
            if took > LONGEST_SECONDS:
                raise AssertionError(f"{took:.1f} s for {text!r}")

    some()
    return found


def main() -> None:
    """Runs both and prints what was found and the largest memory of the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expressions", type=int, default=200_000)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261122)
    asked = parser.parse_args()
    for name, strategy, ends, count, at_once in (
        ("expressions", EXPRESSIONS, evaluate, asked.expressions, 20),
        ("documents", DOCUMENTS, compile_document, asked.documents, 1),
    ):
        began = time.monotonic()
        found: Counter[str] = Counter()
        for part in range(0, count, _PART):  # hypothesis remembers what it drew
            found += fuzz(strategy, ends, min(_PART, count - part), asked.seed + part, at_once)
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{name}: {sum(found.values())} {dict(found)}, {time.monotonic() - began:.0f} s, at most {largest} MB"
        )


if __name__ == "__main__":
    main()
