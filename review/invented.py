"""Names that AWS makes up, in letters that no template can spell.

What a literal says is known before a deployment, and these names are not: so none is
ever equal to one, and a pattern matches one only where its wildcards stand for what
nobody knows.

The letters are those that Unicode keeps for use inside of a program (Unicode: Private-
Use Characters, Noncharacters and Sentinels FAQ). A template that has one is refused.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

_DIGITS = "".join(map(chr, range(0xFDD0, 0xFDE0)))
_RANDOM = chr(0xFDEF) * 12
"""As many characters as AWS appends (AWS: CloudFormation, Name type)."""

_LETTER = re.compile("[\ufdd0-\ufdef]")
_ESCAPED = re.compile(r"\\u(fd[de][0-9a-f])", re.IGNORECASE)
"""Such a letter where Python or JSON quotes a text."""

Shown = TypeVar("Shown")


def unknown(text: str) -> str:
    """A text of which nothing is known, such as an id; two of one text are one."""
    digits = text.encode(errors="surrogatepass").hex()
    return "".join(_DIGITS[int(digit, 16)] for digit in digits)


def with_unknown_end(name: str) -> str:
    """A name that CloudFormation makes: it appends what nobody knows."""
    return f"{name}-{_RANDOM}"


def is_spelled_in(text: str) -> bool:
    """Whether a text has a letter, or its escape, that only these names may have."""
    return _LETTER.search(_unescaped(text)) is not None


def shown(found: Shown) -> Shown:
    """A text as people read it; of a record or several, all their texts."""
    if isinstance(found, str):
        return _read(found)  # type: ignore[return-value]  # a text, as found
    if isinstance(found, tuple | list):
        return type(found)(map(shown, found))
    if is_dataclass(found) and not isinstance(found, type):
        texts = {each.name: shown(getattr(found, each.name)) for each in fields(found)}
        return replace(found, **texts)
    return found


def _read(text: str) -> str:
    known = _unescaped(text).replace(f"-{_RANDOM}", "").replace(_RANDOM[0], "")
    return re.sub(f"(?:[{_DIGITS}]{{2}})+", _letters, known)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _letters(found: re.Match[str]) -> str:
    digits = "".join(f"{_DIGITS.index(each):x}" for each in found[0])
    return bytes.fromhex(digits).decode(errors="replace")
