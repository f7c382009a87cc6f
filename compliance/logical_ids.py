"""The names that CDK gives to resources, for whoever has a template and no constructs.

CDK may not change how it makes them: every stack that is deployed depends on it (AWS:
Identifiers and the AWS CDK).
"""

import hashlib
import re

_LONGEST = 240


def logical_id(path: str) -> str:
    """The logical id of a resource.

    Args:
        path: Its construct's path below its stack, such as `Network/Vpc`.
    """
    components = [each for each in path.split("/") if each != "Default"]
    if len(components) == 1:
        return _alphanumeric(components[0])
    digest = hashlib.md5("/".join(components).encode(), usedforsecurity=False)
    told: list[str] = []
    for each in components:
        if not told or not told[-1].endswith(each):
            told.append(each)
    human = "".join(_alphanumeric(each) for each in told if each != "Resource")
    return human[:_LONGEST] + digest.hexdigest()[:8].upper()


def _alphanumeric(text: str) -> str:
    return re.sub("[^A-Za-z0-9]", "", text)
