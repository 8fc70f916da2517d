Feature: Manual gate and production
  The run waits for a person who has the right; then the same template goes to the production account.

  Scenario: Production waits for a person who has the right
    Given the integration tests on staging have passed
    When the run waits at the gate
    Then production has no endpoint
    And ada may not approve
    And after edsger's approval production serves the same version
