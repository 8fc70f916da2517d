"""The expression language, as tables of what was measured on the service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator.azure_devops.language.expressions.evaluate import evaluate_text
from simulator.azure_devops.language.expressions.failure import ExpressionFailure
from simulator.azure_devops.language.expressions.functions import FUNCTIONS
from simulator.azure_devops.language.expressions.values import ObjectValue, Value, of, to_text
from simulator.azure_devops.language.slots import JOB_CONDITION

CONTEXTS: dict[str, Value] = {
    "parameters": ObjectValue(
        {
            "Name": "ada",
            "flag": True,
            "list": of(["one", "Two", "three"]),
            "empty": of([]),
            "numbers": of(["01", "x"]),
            "object": of({"Key": "v", "deep": {"x": "1"}}),
            "people": of(
                [{"name": "ada", "tags": ["a", "b"]}, {"name": "grace", "tags": ["c"]}, {"other": 1}]
            ),
        },
        folds_case=True,
        strict=True,
    ),
    "variables": ObjectValue({"My.Var": "dotted", "plain": "text", "number": "1,234.50"}, folds_case=True),
    "pipeline": of({"startTime": datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)}),
}


def text_of(expression: str) -> str:
    return to_text(evaluate_text(expression, CONTEXTS))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # literals
        ("true", "True"),
        ("FALSE", "False"),
        ("1.50", "1.5"),
        ("1.23456785", "1.2345679"),
        ("-0.00000001", "0"),
        ("79228162514264337593543950335", "79228162514264337593543950335"),
        ("-.5", "-0.5"),
        ("100", "100"),
        ("1.2.3", "1.2.3"),
        ("'it''s'", "it's"),
        ("''", ""),
        # equality converts the right side to the left side's kind
        ("eq('A', 'a')", "True"),
        ("eq(1, '1.0')", "True"),
        ("eq('1.0', 1)", "False"),
        ("eq(true, 'false')", "True"),
        ("eq('false', false)", "True"),
        ("eq(0, '')", "True"),
        ("eq(1, 'x')", "False"),
        ("eq(0, '  ')", "False"),
        ("eq(1234, '1,2,34')", "True"),
        ("eq(1, ' 1 ')", "True"),
        ("eq(true, parameters.empty)", "True"),
        ("eq('ß', 'SS')", "False"),
        ("eq(1.2.0, '1.2')", "False"),
        ("eq(1.2.3, ' 1. 2.3')", "True"),
        ("gt(1.2.0, 1.2)", "True"),
        ("eq(variables.missing, '')", "True"),
        ("eq(variables['number'], 1234.5)", "False"),
        ("eq(1234.5, variables['number'])", "True"),
        ("eq(parameters.list, parameters.list)", "True"),
        ("eq(parameters.empty, parameters.list)", "False"),
        ("ne('a', 'b')", "True"),
        # order
        ("gt(1.10, 1.9)", "False"),
        ("gt(1.10.0, 1.9.0)", "True"),
        ("lt('a', 'B')", "True"),
        ("ge(2, '2')", "True"),
        ("le(true, false)", "False"),
        # truth
        ("not(parameters.empty)", "False"),
        ("not('')", "True"),
        ("and('x', 1, parameters.empty)", "True"),
        ("or(false, 0, '')", "False"),
        ("xor(true, 'x')", "False"),
        ("and(false, parameters.nothere)", "False"),
        ("or(true, parameters.nothere)", "True"),
        # access
        ("parameters.NAME", "ada"),
        ("parameters.object.Key", "v"),
        ("parameters.object.key", ""),
        ("parameters.object.deep.nothing.at.all", ""),
        ("variables['my.var']", "dotted"),
        ("variables.My.Var", ""),
        ("parameters.list[1]", "Two"),
        ("parameters.list[1.9]", "Two"),
        ("parameters.list['0']", "one"),
        ("parameters.list[-1]", ""),
        ("parameters.list[3]", ""),
        ("parameters.list[7]", ""),
        ("parameters.name.anything", ""),
        ("join(',', parameters.people.*.name)", "ada,grace"),
        ("join(',', parameters.people[*].tags[0])", "a,c"),
        ("join(',', parameters.people.*.tags.*)", "a,b,c"),
        ("length(parameters.missingless.*)", None),
        # functions
        ("IN('b', 'A', 'B')", "True"),
        ("notIn('c', 'a', 'b')", "True"),
        ("in('a', 'A', parameters.nothere)", "True"),
        ("contains('ABC', 'bc')", "True"),
        ("containsValue(parameters.list, 'two')", "True"),
        ("containsValue(parameters.object, 'V')", "True"),
        ("containsValue(parameters.numbers, 1)", "True"),
        ("containsValue(parameters.numbers, '1')", "False"),
        ("containsValue('text', parameters.nothere)", "False"),
        ("join(parameters.nothere, 'one')", "one"),
        ("variables.missing[parameters.nothere]", ""),
        ("format('none', parameters.nothere)", "none"),
        ("format('}}{{ {0:}', 'x')", "}{ x"),
        ("length('😀')", "2"),
        ("startsWith('refs/heads/x', 'REFS/')", "True"),
        ("endsWith('main', 'AIN')", "True"),
        ("format('{0}-{1}-{0}', 'a', 2)", "a-2-a"),
        ("format('{{{0}}}', 'x')", "{x}"),
        ("format('{0:yyyyMMdd} {0:HH\\:mm\\:ss}', pipeline.startTime)", "20261122 09:05:07"),
        ("format('{0:yy M d H m s fff K zzz}', pipeline.startTime)", "26 11 22 9 5 7 000 +00:00 +00:00"),
        ("format('{0}', pipeline.startTime)", "2026-11-22 09:05:07+00:00"),
        ("eq(pipeline.startTime, '2026/11/22 9:05:07Z')", "True"),
        ("gt(pipeline.startTime, '2026-11-22T09:05:06.5Z')", "True"),
        ("eq(pipeline.startTime, 'yesterday')", "False"),
        ("join(';', parameters.list)", "one;Two;three"),
        ("join(';', 'one')", "one"),
        ("length('four')", "4"),
        ("length(parameters.object)", "2"),
        ("replace('aXa', 'a', 'b')", "bXb"),
        ("replace('aXa', 'A', 'b')", "aXa"),
        ("lower('ÄB')", "äb"),
        ("upper('ab')", "AB"),
        ("trim('  x ')", "x"),
        ("coalesce('', variables.missing, 'z', 'y')", "z"),
        ("iif(eq(1, 1), 'yes', 'no')", "yes"),
        ("length(split('a,,b', ','))", "3"),
        ("length(split('abc', ''))", "1"),
        ("substring('hello', 1, 3)", "ell"),
        ("substring('hello', 2)", "llo"),
        ("convertToJson(parameters.object)", '{\n  "Key": "v",\n  "deep": {\n    "x": "1"\n  }\n}'),
        ("convertToJson(1.5)", "1.5"),
        ("convertToJson(variables.missing)", "null"),
    ],
)
def test_an_expression_has_its_measured_value(expression, expected):
    if expected is None:
        with pytest.raises(ExpressionFailure, match="Key not found 'missingless'"):
            text_of(expression)
        return
    assert text_of(expression) == expected


HELP = "For more help, refer to https://go.microsoft.com/fwlink/?linkid=842996"


@pytest.mark.parametrize(
    ("expression", "sentence", "position"),
    [
        ("nope", "Unrecognized value: 'nope'", 1),
        ("nope.x", "Unrecognized value: 'nope'", 1),
        ("nosuch(1)", "Unrecognized value: 'nosuch'", 1),
        ("null", "Unrecognized value: 'null'", 1),
        ('"x"', "Unrecognized value: '\"x\"'", 1),
        ("+1", "Unrecognized value: '+1'", 1),
        ("1e3", "Unrecognized value: '1e3'", 1),
        ("0x1F", "Unrecognized value: '0x1F'", 1),
        ("'open", "Unrecognized value: ''open'", 1),
        ("1 == 1", "Unexpected symbol: '=='", 3),
        ("eq(1, 2) 'x", "Unrecognized value: ''x'", 10),
        ("eq(nope)", "Unexpected symbol: ')'", 8),
        ("lower(nope, 1)", "Unrecognized value: 'nope'", 7),
        ("lower(1, nope)", "Unexpected symbol: ','", 8),
        ("79228162514264337593543950336", "Unrecognized value: '79228162514264337593543950336'", 1),
        ("1.2.3.4.5", "Unrecognized value: '1.2.3.4.5'", 1),
        ("parameters.my-name", "Unexpected symbol: 'my-name'", 12),
        ("true.x", "Unexpected symbol: '.'", 5),
        ("and(1, 2,)", "Unexpected symbol: ')'", 10),
        ("(true)", "Unexpected symbol: '('", 1),
        ("eq(1, 2) 3", "Unexpected symbol: '3'", 10),
        ("nosuch(1) 2", "Unexpected symbol: '2'", 11),
        ("eq(1)", "Unexpected symbol: ')'", 5),
        ("not(1, 2)", "Unexpected symbol: ','", 6),
        ("eq(1,", "Unclosed function: 'eq'", 1),
        ("eq(1", "Unclosed function: 'eq'", 1),
        ("eq", "Expected '(' to follow a function: 'eq'", 1),
        ("variables.", "Expected a property name to follow the dereference operator '.': '.'", 10),
        ("variables.1", "Unexpected symbol: '1'", 11),
        ("variables['x'", "Unclosed indexer: '['", 10),
        ("always()", "Unrecognized value: 'always'", 1),
    ],
)
def test_a_malformed_expression_is_refused_in_the_services_words(expression, sentence, position):
    with pytest.raises(ExpressionFailure) as caught:
        text_of(expression)
    located = f"{sentence}. Located at position {position} within expression: '{expression}'. {HELP}"
    assert str(caught.value) == located


@pytest.mark.parametrize(
    ("expression", "sentence", "position"),
    [
        ("1 == 1", "Unrecognized value: '=='", 3),
        ("eq(nope, 1", "Unrecognized value: 'nope'", 4),
        ("eq(1, 2) nope", "Unrecognized value: 'nope'", 10),
        ("eq(1, 2) variables", "Unexpected symbol: 'variables'", 10),
        ("eq(1, 2) eq", "Unexpected symbol: 'eq'", 10),
        ("variables.1", "Unexpected symbol: '1'", 11),
        ("$[ true ]", "Unrecognized value: '$'", 1),
        ("eq(1, nope.x", "Unrecognized value: 'nope'", 7),
        ("eq(1", "Unclosed function: 'eq'", 1),
    ],
)
def test_a_condition_of_a_job_is_read_in_one_pass(expression, sentence, position):
    """`GraphCondition` of actions/runner (2019, MIT) creates the tree without checking the syntax first."""
    with pytest.raises(ExpressionFailure) as caught:
        JOB_CONDITION.parse(expression)
    located = f"{sentence}. Located at position {position} within expression: '{expression}'. {HELP}"
    assert str(caught.value) == located


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "An expression was expected"),
        ("   ", "An expression was expected"),
        ("parameters.nothere", "Key not found 'nothere'"),
        ("gt(1, 'x')", "Unable to convert from String to Number. Value: 'x'"),
        ("contains(parameters.list, 'one')", "Unable to convert from Array to String. Value: Array"),
        ("lower(parameters.object)", "Unable to convert from Object to String. Value: Object"),
        ("iif(true, 'x', parameters.nothere)", "Key not found 'nothere'"),
        (
            "format('{1}', 'x')",
            "The following format string references more arguments than were supplied: {1}",
        ),
        ("format('{', 'x')", "The following format string is invalid: {"),
        ("format('{0}{1', parameters.nothere, 1)", "The following format string is invalid: {0}{1"),
        ("format('{0:x}', 1)", "The format specifiers 'x' are not valid for objects of type 'Number'"),
        (
            "format('{0:HH:mm}', pipeline.startTime)",
            "The format specifiers 'HH:mm' are not valid for objects of type 'DateTime'",
        ),
        ("gt(1, 1.2.3)", "Unable to convert from Version to Number. Value: v1.2.3"),
        ("gt(1, 'it''s')", "Unable to convert from String to Number. Value: 'it''s'"),
        ("gt(pipeline.startTime, 1)", "Unable to convert from Number to DateTime. Value: 1"),
        (
            "length(1)",
            (
                "Kind 'Number' not supported. Only arrays, strings, dictionaries, or collections are supported for the "
                "length function."
            ),
        ),
        ("not(" * 49 + "variables['x']" + ")" * 49, f"Exceeded max expression depth 50. {HELP}"),
        ("'" + "x" * 21_000 + "'", f"Exceeded max expression length 21000. {HELP}"),
    ],
)
def test_an_expression_that_cannot_be_evaluated_says_why(expression, sentence):
    with pytest.raises(ExpressionFailure) as caught:
        text_of(expression)
    assert str(caught.value) == sentence


def test_depth_counts_function_arguments_only():
    accepted = "not(" * 49 + "true" + ")" * 49
    assert text_of(accepted) == "False"
    with pytest.raises(ExpressionFailure, match="Exceeded max expression depth 50"):
        text_of("not(" * 50 + "true" + ")" * 50)
    assert text_of("parameters.object" + ".x" * 80) == ""


def test_function_names_are_unique_whatever_their_case():
    assert all(name == name.lower() for name in FUNCTIONS)
