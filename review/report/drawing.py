"""The network as a drawing in the page."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from review.delta.picture import EDGES, Node, nodes
from review.review import Review

from .markup import tag

_PLACES = {
    "jobs": (0, 1),
    "groups": (1, 1),
    "subnets": (2, 1),
    "endpoint": (3, 1),
    "wayout": (3, 2.4),
    "models": (4, 0),
    "inputs": (4, 1),
    "outputs": (4, 2),
    "key": (5, 1),
}
"""Column and row of each part."""

_WIDTH, _HEIGHT = 150, 44
_ACROSS, _DOWN = 195, 62


def drawing(review: Review) -> Element:
    """An SVG picture; what changed is marked by colour and by word."""
    parts = list(nodes(review.change, review.network))
    names = {each.name for each in parts}
    changed = [f"{each.label} ({each.change})" for each in parts if each.change]
    return tag(
        "svg",
        tag("title", f"The network. Changed: {'; '.join(changed) or 'nothing'}."),
        *(_edge(*each) for each in EDGES if names.issuperset(each)),
        *(part for each in parts for part in _node(each)),
        viewBox=f"0 0 {5 * _ACROSS + _WIDTH + 2} {3.4 * _DOWN + _HEIGHT - 18:.0f}",
        role="img",
        class_="network",
    )


def _corner(name: str) -> tuple[float, float]:
    column, row = _PLACES[name]
    return column * _ACROSS + 1, row * _DOWN + 1


def _edge(one: str, other: str) -> Element:
    x, y = _corner(one)
    to_x, to_y = _corner(other)
    middle = _HEIGHT / 2
    return tag(
        "path",
        d=f"M{x + _WIDTH:g} {y + middle:g} L{to_x - 7:g} {to_y + middle:g} "
        f"m-6 -4 l7 4 l-7 4",
    )


def _node(node: Node) -> Iterator[Element]:
    x, y = _corner(node.name)
    kind = node.change or "unchanged"
    yield tag(
        "rect",
        x=f"{x:g}",
        y=f"{y:g}",
        width=f"{_WIDTH}",
        height=f"{_HEIGHT}",
        rx="6",
        class_=kind,
    )
    lines = [*node.label.split(": ", 1), *([node.change] if node.change else [])]
    for number, line in enumerate(lines):
        height = y + _HEIGHT / 2 + 4 + (number - (len(lines) - 1) / 2) * 13
        yield tag("text", line, x=f"{x + _WIDTH / 2:g}", y=f"{height:g}", class_=kind)
