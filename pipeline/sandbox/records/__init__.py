"""What an endpoint of the sandbox answers."""
