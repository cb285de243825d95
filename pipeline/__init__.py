"""Identity posture, kept as history."""
