"""The container's entry point: `train` trains, `serve` serves, as SageMaker starts a container."""

from __future__ import annotations

import os
import sys
import traceback

from layout import Layout


def train(layout: Layout) -> int:
    """Status 0 with a model, or 1 with a failure file that says why not."""
    import script_mode
    from hyperparameters import BadHyperparameter

    hyperparameters = layout.read_configuration("hyperparameters")
    try:
        if "sagemaker_program" in hyperparameters or "SAGEMAKER_PROGRAM" in os.environ:
            script_mode.run(layout, hyperparameters)
        else:
            import training

            training.train(layout, hyperparameters)
    except script_mode.ScriptFailed as failure:
        layout.write_failure(str(failure))
        return failure.code if 0 < failure.code < 256 else 1
    except BadHyperparameter as failure:
        layout.write_failure(str(failure))
        print(f"ERROR: {failure}", file=sys.stderr, flush=True)
        return 1
    except Exception as failure:
        layout.write_failure(f"{type(failure).__name__}: {failure}\n{traceback.format_exc()}")
        traceback.print_exc()
        return 1
    return 0


def serve(layout: Layout) -> int:
    """Serves with the user's code if the model brings any, with the algorithm's own otherwise."""
    import user_module
    import web

    path = user_module.find(layout)
    if path is not None:
        web.serve(user_module.invoker(user_module.load(path), layout))
    else:
        import serving

        web.serve(serving.invoker(layout))
    return 0


def main(arguments: list[str]) -> int:
    """Does what the one argument says."""
    actions = {"train": train, "serve": serve}
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"expected one of {sorted(actions)}, got {arguments}", file=sys.stderr)
        return 2
    return actions[arguments[0]](Layout.from_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
