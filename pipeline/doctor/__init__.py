"""What works and what is missing before a run: sign-in, permissions, licences, cloud."""
