"""A company whose AWS gives prepared answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.company import Company

Answer = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringCompany(Company):
    """Answers `<service>.<operation>` from a table; pages are answered as one."""

    answers: Mapping[str, Answer]

    def client(
        self,
        service: str,
        *,
        role: str | None = None,
        through: str | None = None,
        plain: bool = False,
    ) -> Any:
        return _Client(service, self.answers)


class _Client:
    def __init__(self, service: str, answers: Mapping[str, Answer]) -> None:
        self._service = service
        self._answers = answers

    def __getattr__(self, operation: str) -> Answer:
        return self._answers[f"{self._service}.{operation}"]

    def get_paginator(self, operation: str) -> "_Pages":
        return _Pages(self._answers[f"{self._service}.{operation}"])


class _Pages:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def paginate(self, **request: Any) -> list[Any]:
        return [self._answer(**request)]
