import pytest

from rehearsal.report import Prediction, read_predictions


def test_an_output_is_read_with_the_names_of_its_classes() -> None:
    line = '{"prediction": [[1.0, 0.9, 0.1, 0.2, 0.3, 1], [0, 0.5, 0, 0, 1, 1]]}'
    assert read_predictions(line, labels=["face", "cat"]) == (
        Prediction(label="cat", score=0.9, xmin=0.1, ymin=0.2, xmax=0.3, ymax=1),
        Prediction(label="face", score=0.5, xmin=0, ymin=0, xmax=1, ymax=1),
    )


def test_an_output_without_objects_is_empty() -> None:
    assert read_predictions('{"prediction": []}\n', labels=["face"]) == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "an output is one line"),
        ('{"prediction":\n[]}', "an output is one line"),
        ("nonsense", "an output is JSON"),
        ("[]", "an output is {"),
        ('{"prediction": 1}', "an output is {"),
        ('{"prediction": [], "image": {}}', "an output is {"),
        ('{"prediction": [7]}', "a prediction is"),
        ('{"prediction": [[0, 0.5, 0, 0, 1]]}', "a prediction is"),
        ('{"prediction": [[1, 0.5, 0, 0, 1, 1]]}', "a prediction is"),
        ('{"prediction": [[0.5, 0.5, 0, 0, 1, 1]]}', "a prediction is"),
        ('{"prediction": [[0, 1.5, 0, 0, 1, 1]]}', "a prediction is"),
        ('{"prediction": [[0, 0.5, -0.1, 0, 1, 1]]}', "a prediction is"),
        ('{"prediction": [[0, 0.5, NaN, 0, 1, 1]]}', "a prediction is"),
        ('{"prediction": [[0, "0.5", 0, 0, 1, 1]]}', "a prediction is"),
    ],
)
def test_another_format_is_refused_with_the_rule(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        read_predictions(text, labels=["face"])
