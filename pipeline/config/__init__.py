"""What tenants.yaml and the files beside it say."""
