"""The form that takes a report of a lost card."""
