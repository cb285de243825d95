"""The invented tenants, and what happens to them over time."""
