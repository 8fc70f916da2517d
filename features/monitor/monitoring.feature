Feature: Capture, monitoring and retraining
  Production's requests and answers are captured; every hour they are compared with the training data, and drift starts
  the training again.

  Scenario: Traffic like the training data raises no alarm
    Given production serves the approved version
    When an hour of healthy traffic has passed
    Then the captured records are in the production account in AWS's layout
    And the monitor has run and the drift alarm is not raised

  Scenario: Drift raises the alarm and starts the retraining
    Given an hour of healthy traffic has passed
    When an hour of drifted traffic has passed
    Then the monitor has completed with violations and its reports are written
    And the drift alarm is raised
    And a retrained version waits for approval

  Scenario: Without the bucket policy the monitor fails and says so
    Given an hour of drifted traffic has passed
    When the production bucket's policy is removed and another hour passes
    Then the monitor's execution has failed naming the access that was denied
