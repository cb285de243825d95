"""The cheapest set of actions that reaches a target."""
