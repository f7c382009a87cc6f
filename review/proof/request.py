"""Any request at all, and what AWS guarantees of each.

Source: AWS: AWS global condition context keys; IAM JSON policy elements: Effect of
missing context keys in negated operators; Set operators for multivalued context keys.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import z3

from .formulas import Formula, Text, all_of, any_of, literal
from .patterns import arn_like

_IS_SERVICE = "aws:principalisawsservice"
_BOOLEAN_KEYS = {
    _IS_SERVICE,
    "aws:securetransport",
    "aws:viaawsservice",
    "kms:grantisforawsresource",
    "sagemaker:networkisolation",
}
_NUMERIC_KEYS = {"s3:tlsversion"}
MULTIVALUED_KEYS = {
    "aws:calledvia",
    "sagemaker:vpcsecuritygroupids",
    "sagemaker:vpcsubnets",
}


_ANOTHER = "(another value)"


class Request:
    """Any request at all; two requests of one solver question are the same one.

    Attributes:
        object_key: The object's key, any text.
        anonymous: Nobody signed it.
        by_service: A service principal signed it.
    """

    def __init__(self) -> None:
        self.object_key: Text = z3.String("object key")
        self.anonymous: Formula = z3.Bool("anonymous")
        self.by_service: Formula = z3.Bool("by a service")
        self.keys: dict[str, tuple[Formula, Any]] = {}
        self.members: dict[tuple[str, str], Formula] = {}
        self.remainders: dict[tuple[str, frozenset[str]], Formula] = {}
        self.said: dict[str, Formula] = {}

    def present(self, key: str) -> Formula:
        """The request carries this condition key."""
        return self._key(key)[0]

    def value(self, key: str) -> Any:
        """The value of a single-valued condition key; meaningless when absent."""
        return self._key(key)[1]

    def equals(self, key: str, value: str) -> Formula:
        """The key is present and has exactly this value."""
        return all_of([self.present(key), self.value(key) == literal(value)])

    def among(self, key: str, values: Iterable[str]) -> Formula:
        """The key is present and has one of these values."""
        return any_of(self.equals(key, value) for value in values)

    def signed_by(self, *roles: str) -> Formula:
        """The caller is one of the roles with these ARN patterns."""
        arn = self.value("aws:PrincipalArn")
        known = any_of(arn_like(arn, pattern) for pattern in roles)
        return all_of([self.present("aws:PrincipalArn"), known])

    def contains(self, key: str, value: str) -> Formula:
        """The multivalued key holds this value."""
        self._key(key)
        member = (key.lower(), value)
        return self.members.setdefault(member, z3.Bool(f"{member[0]} holds {value}"))

    def contains_beside(self, key: str, values: Iterable[str]) -> Formula:
        """The multivalued key holds a value that is none of these."""
        rest = (key.lower(), frozenset(values))
        # It may hold these too: without them it would hold another one or nothing.
        for value in sorted(rest[1]):
            self.contains(key, value)
        name = f"{rest[0]} holds more than {sorted(rest[1])}"
        return self.remainders.setdefault(rest, z3.Bool(name))

    def laws(self, *, partition: str, account: str) -> list[Formula]:
        """State what AWS guarantees about the keys of every request."""
        user = z3.Not(any_of([self.anonymous, self.by_service]))
        arn = self.value("aws:PrincipalArn")
        ours = self.value("aws:PrincipalAccount") == literal(account)
        # Federated users are of STS, all others of IAM (AWS: AWS global condition
        # context keys, aws:PrincipalArn).
        is_of_account = any_of(
            z3.PrefixOf(literal(f"arn:{partition}:{service}::{account}:"), arn)
            for service in ("iam", "sts")
        )
        return [
            z3.Not(all_of([self.anonymous, self.by_service])),
            self.present("aws:PrincipalArn") == user,
            self.present("aws:PrincipalAccount") == z3.Not(self.by_service),
            z3.Implies(user, ours == is_of_account),
            z3.Implies(
                self.anonymous, self.equals("aws:PrincipalAccount", "anonymous")
            ),
            self.present("aws:PrincipalServiceName") == self.by_service,
            self.present("aws:SecureTransport"),
            self.present("s3:TlsVersion") == self.value("aws:SecureTransport"),
            *self._laws_of_services(),
            *self._laws_of_multivalued_keys(),
        ]

    def _laws_of_services(self) -> Iterator[Formula]:
        """Of a key that few documents ask for."""
        if _IS_SERVICE in self.keys:
            yield self.present(_IS_SERVICE) == z3.Not(self.anonymous)
            yield self.value(_IS_SERVICE) == self.by_service

    def _laws_of_multivalued_keys(self) -> Iterator[Formula]:
        for key in sorted(MULTIVALUED_KEYS & self.keys.keys()):
            # One value stands for all that no document names.
            self.contains(key, _ANOTHER)
            held = {v: holds for (k, v), holds in self.members.items() if k == key}
            yield self.present(key) == any_of(held.values())
            for (name, values), beside in self.remainders.items():
                if name == key:
                    yield beside == any_of(
                        holds for value, holds in held.items() if value not in values
                    )

    def _key(self, key: str) -> tuple[Formula, Any]:
        name = key.lower()
        if name not in self.keys:
            self.keys[name] = (z3.Bool(f"has {name}"), _unknown(name))
        return self.keys[name]


def _unknown(key: str) -> Any:
    if key in MULTIVALUED_KEYS:
        return None
    if key in _BOOLEAN_KEYS:
        return z3.Bool(key)
    if key in _NUMERIC_KEYS:
        return z3.Real(key)
    return z3.String(key)
