"""Graph components of the NLU pipeline."""
