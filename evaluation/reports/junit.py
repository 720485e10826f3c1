"""A run as JUnit's XML, which build servers show: a test case for each condition of the gate and each question."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from evaluation.runs.analysis import Analysis


def junit(analysis: Analysis) -> str:
    """The gate's conditions are failures where they do not hold; a question that went wrong is told, and fails nothing.

    A share of wrong answers is expected, and is the gate's business: questions would make every build red.
    """
    root = ET.Element("testsuites", name=analysis.run.id)
    gate = _suite(root, "gate", len(analysis.verdicts), sum(not verdict.passed for verdict in analysis.verdicts))
    for verdict in analysis.verdicts:
        case = ET.SubElement(gate, "testcase", classname="gate", name=verdict.name)
        if verdict.passed:
            ET.SubElement(case, "system-out").text = _clean(verdict.reason)
        else:
            failure = ET.SubElement(case, "failure", message=_clean(verdict.reason))
            failure.text = _clean("\n".join(verdict.questions))
    for suite in analysis.suites:
        of_suite = _suite(root, suite.name, len(suite.rows), 0)
        for row in suite.rows:
            case = ET.SubElement(of_suite, "testcase", classname=f"{suite.name}.{row.slice}", name=row.id)
            if not row.right:
                said = f"{row.text}\nexpected: {row.expected}\ngot: {row.got}"
                ET.SubElement(case, "system-out").text = _clean(said)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, tests: int, failures: int) -> ET.Element:
    return ET.SubElement(root, "testsuite", name=name, tests=str(tests), failures=str(failures), errors="0")


def _clean(text: str) -> str:
    """Without characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
