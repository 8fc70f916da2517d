"""Which components are in which trials, both ways, and which jobs a component tells of."""

from __future__ import annotations

from simulator.kernel.world import Kernel

_OF_TRIAL = "sagemaker.component_of_trial"
_OF_COMPONENT = "sagemaker.trial_of_component"
_OF_SOURCE = "sagemaker.component_of_source"


def join(kernel: Kernel, scope: str, trial: str, component: str) -> None:
    """Put a component into a trial; `scope` is account/region. Names are lower case here, as in row keys."""
    trial, component = trial.lower(), component.lower()
    with kernel.store.transaction():
        kernel.store.put(_OF_TRIAL, f"{scope}/{trial}/{component}", {})
        kernel.store.put(_OF_COMPONENT, f"{scope}/{component}/{trial}", {})


def leave(kernel: Kernel, scope: str, trial: str, component: str) -> bool:
    """Take a component out of a trial; says whether it was in it."""
    trial, component = trial.lower(), component.lower()
    with kernel.store.transaction():
        kernel.store.delete(_OF_TRIAL, f"{scope}/{trial}/{component}")
        return kernel.store.delete(_OF_COMPONENT, f"{scope}/{component}/{trial}")


def components_of(kernel: Kernel, scope: str, trial: str) -> list[str]:
    """The names of a trial's components."""
    return _last(kernel, _OF_TRIAL, f"{scope}/{trial.lower()}/")


def trials_of(kernel: Kernel, scope: str, component: str) -> list[str]:
    """The names of the trials that a component is in."""
    return _last(kernel, _OF_COMPONENT, f"{scope}/{component.lower()}/")


def tell_of(kernel: Kernel, scope: str, source_arn: str, component: str) -> None:
    """Note that a component tells of a job; ARNs are the same in any case, as on AWS, where they are lower."""
    kernel.store.put(_OF_SOURCE, f"{scope}/{source_arn.lower()}/{component.lower()}", {})


def telling_of(kernel: Kernel, scope: str, source_arn: str) -> list[str]:
    """The names of the components that tell of a job."""
    return _last(kernel, _OF_SOURCE, f"{scope}/{source_arn.lower()}/")


def _last(kernel: Kernel, kind: str, prefix: str) -> list[str]:
    return [key[len(prefix) :] for key, _ in kernel.store.scan(kind, prefix)]
