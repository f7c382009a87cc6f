"""Checks of templates, with Node in a process of its own."""

import json

import pytest

from compliance.templates import find_in

pytestmark = pytest.mark.gate

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {}}


def test_each_template_has_its_own_answer_also_where_a_check_stops() -> None:
    plain = ("plain", json.dumps({"Resources": {"Plain": BUCKET}}))
    bad = {"Resources": {"Bad": {**BUCKET, "DependsOn": ["Nowhere"]}}}
    odd = ("odd", json.dumps(bad))

    answers = find_in([plain, odd, plain])

    assert answers.keys() == {plain, odd}
    assert str(answers[odd]).startswith("odd: ")
    found = answers[plain]
    assert not isinstance(found, str)
    assert {each.path for each in found} == {"plain/Plain"}
    assert {each.check for each in found} >= {"AwsSolutions", "AWS Control Tower"}
