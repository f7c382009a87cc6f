"""The command that uploads is the same wherever it is told."""

from tests.synthesized import Synthesis


def test_the_upload_command_stands_in_the_outputs_of_each_transform(
    synthesis: Synthesis,
) -> None:
    for transform in synthesis.environment.transforms:
        told = synthesis.one("Custom::TransformModel", transform.name).properties
        outputs = synthesis.outputs(transform.name)
        assert outputs["UploadCommand"] == told["UploadCommand"]


def test_a_changed_run_reaches_the_model_too(synthesis: Synthesis) -> None:
    for transform in synthesis.environment.transforms:
        model = synthesis.one("Custom::TransformModel", transform.name).properties
        assert model["Run"] == transform.run
