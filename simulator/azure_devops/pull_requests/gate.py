"""What pull requests ask of the branch policies, which stand above them."""

from __future__ import annotations

from typing import Protocol

from simulator.azure_devops.organization import Row


class Gate(Protocol):
    """Answers for one pull request (a row)."""

    def refusals(self, row: Row, options: Row) -> list[str]:
        """The texts of the required policies that are not met; empty when it may be completed with `options`."""

    def reviewers(self, row: Row) -> list[Row]:
        """The reviewers that policies add, with `name` and `isRequired`."""

    def votes_after_push(self, row: Row, reviewers: list[Row]) -> list[Row]:
        """The reviewers with what is left of their votes after a push to the source branch."""

    def protected(self, repository: Row, ref: str) -> bool:
        """Whether only pull requests may change the branch."""


class Open:
    """No policy at all."""

    def refusals(self, row: Row, options: Row) -> list[str]:
        """None."""
        return []

    def reviewers(self, row: Row) -> list[Row]:
        """None."""
        return []

    def votes_after_push(self, row: Row, reviewers: list[Row]) -> list[Row]:
        """As they are."""
        return reviewers

    def protected(self, repository: Row, ref: str) -> bool:
        """Never."""
        return False
