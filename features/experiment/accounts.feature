Feature: Accounts, roles and data
  The landing zone has a development, an automation, a staging and a production account. People reach what their work
  needs and nothing else; artefacts live in the automation account, and the other accounts read them there.

  Scenario: Accounts are separate and roles open only to those they trust
    Given the accounts are set up and the data is in the automation account
    Then the organization has the accounts dev, automation, staging and production
    And ada may read in automation and staging
    And ada may not write in staging
    And ada may not assume the deploy role of production
    And staging reads the artefacts of automation and dev's own bucket stays closed to it
