"""HTML as a tree, so that no text of a template can become markup."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Content = str | Element


def tag(name: str, /, *content: Content, **attributes: str) -> Element:
    """An element.

    Args:
        name: Its name.
        content: Texts and elements in it, in their order.
        attributes: Its attributes; `class_` is `class`, `aria_label` is `aria-label`.
    """
    element = Element(
        name,
        {key.strip("_").replace("_", "-"): value for key, value in attributes.items()},
    )
    for part in content:
        if isinstance(part, Element):
            element.append(part)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + part
        else:
            element.text = (element.text or "") + part
    return element


def document(root: Element) -> str:
    """A document from its `html` element, with everything escaped."""
    rendered = ElementTree.tostring(root, encoding="unicode", method="html")
    return f"<!doctype html>\n{rendered}\n"
