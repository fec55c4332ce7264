"""Recomputes all amounts from the facts, and says where what is stored differs."""
