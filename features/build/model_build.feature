Feature: Model Build pipeline
  The pipeline runs the unit tests, then a SageMaker pipeline: preprocess, train, evaluate, and registration of a model
  that is good enough.

  Scenario: A good model is registered
    Given ada's pull request is merged into main
    When the Model Build run has ended
    Then the SageMaker pipeline has run Preprocess, Train, Evaluate, CheckError, Baseline and Register
    And the unit test results are published
    And the logs of the training job are in CloudWatch Logs

  Scenario: A model below the threshold is not registered
    Given a registered model version waits for approval
    When the SageMaker pipeline runs with a limit that no model can keep
    Then the execution has failed at the step ErrorTooLarge with the measured error
    And no new version is registered

  Scenario: A training script that raises says why
    Given a registered model version waits for approval
    When a training job runs with hyperparameters that the algorithm refuses
    Then the job has failed and its failure reason carries the algorithm's text
