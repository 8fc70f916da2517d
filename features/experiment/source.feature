Feature: Experiment and source control
  A data scientist tries out models in the development account, then brings the code to Azure Repos by a pull request.

  Scenario: A trial in the development account trains for real
    Given the accounts are set up and the data is in the automation account
    When ada runs the trial script in the development account
    Then a training job of the development account has completed with its error as a metric

  Scenario: A merge into main starts the Model Build pipeline
    Given the trial in the development account is done
    When ada's pull request is merged into main
    Then a run of Model Build has started for the merge commit
