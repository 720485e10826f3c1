"""stub"""

from evaluation.runs.analysis import Analysis


def page(analysis: Analysis) -> str:
    """Stub."""
    return ""
