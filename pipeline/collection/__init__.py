"""Tenants x feeds into the lake."""
