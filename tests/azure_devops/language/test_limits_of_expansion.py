"""An expansion that grows without end is given up in the service's words."""

from __future__ import annotations

import pytest

from simulator.azure_devops.language.compile import compile_pipeline
from simulator.azure_devops.language.invalid import PipelineInvalid

LOOPS = "".join(f"{'  ' * (2 * n)}- ${{{{ each x{n} in parameters.many }}}}:\n" for n in range(6))


def refusal_of(**files: str) -> str:
    texts = {f"{name}.yml": text for name, text in files.items()}
    with pytest.raises(PipelineInvalid) as caught:
        compile_pipeline("a.yml", texts.get, {}, {}, groups=lambda name: {})
    return caught.value.message


def test_nested_loops_end_at_the_size_of_an_object():
    many = ", ".join("x" * 20 for _ in range(40))
    text = f"parameters:\n- {{name: many, type: object, default: [{many}]}}\nsteps:\n{LOOPS}"
    assert refusal_of(a=f"{text}{'  ' * 12}- script: x") == "/a.yml: Maximum object size exceeded"


def test_templates_that_double_themselves_end_at_the_depth_or_size_of_an_object():
    double = "steps:\n- template: b.yml\n- template: b.yml\n"
    assert "Maximum object depth exceeded" in refusal_of(a="steps:\n- template: b.yml\n", b=double)


def test_a_text_that_doubles_itself_ends_at_the_memory_of_an_expression():
    doubling = "".join(
        f"  v{n}: ${{{{ variables.v{n - 1} }}}}${{{{ variables.v{n - 1} }}}}\n" for n in range(1, 40)
    )
    assert "exceeded" in refusal_of(a=f"variables:\n  v0: xxxxxxxx\n{doubling}steps:\n- script: x\n")


def test_a_loop_over_much_with_nothing_in_it_ends_too():
    text = "parameters:\n- {name: many, type: object, default: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]}\n"
    assert "Maximum object size exceeded" in refusal_of(a=f"{text}steps:\n{LOOPS}{'  ' * 12}[]\n")
