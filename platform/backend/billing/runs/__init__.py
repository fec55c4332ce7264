"""What billing does by itself, day by day. Each step can be previewed, repeated and killed."""
