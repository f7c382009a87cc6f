"""Builds HTML as a tree, so that no text can be taken for markup."""

from __future__ import annotations

from xml.etree import ElementTree

Content = str | ElementTree.Element


def tag(name: str, /, *content: Content, **attributes: str) -> ElementTree.Element:
    """Return an element.

    Args:
        name: Of the element.
        content: Text and elements, in their order.
        attributes: Of the element; `class_` stands for `class`, `data_label` for
            `data-label`.
    """
    element = ElementTree.Element(
        name, {key.strip("_").replace("_", "-"): attributes[key] for key in attributes}
    )
    for part in content:
        if not isinstance(part, str):
            element.append(part)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + part
        else:
            element.text = (element.text or "") + part
    return element


def document(root: ElementTree.Element) -> str:
    """Render an `html` element as a document, with everything escaped."""
    rendered = ElementTree.tostring(root, encoding="unicode", method="html")
    return f"<!doctype html>\n{rendered}\n"
