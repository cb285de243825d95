"""The sandbox over HTTP: endpoints, limits and faults."""
