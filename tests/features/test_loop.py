"""The pattern's scenarios, run against a simulator with real work in the process engine."""

from __future__ import annotations

from pytest_bdd import scenarios

# In the order of the loop, a call each, for one call sorts its features by title: a scenario finds the world where the
# one before it left it.
scenarios("../../features/experiment/accounts.feature")
scenarios("../../features/experiment/source.feature")
scenarios("../../features/build/model_build.feature")
scenarios("../../features/approve/registry.feature")
scenarios("../../features/approve/events.feature")
scenarios("../../features/deploy/quality.feature")
scenarios("../../features/deploy/staging.feature")
scenarios("../../features/deploy/production.feature")
scenarios("../../features/deploy/gate.feature")
scenarios("../../features/deploy/batch.feature")
scenarios("../../features/monitor/monitoring.feature")
