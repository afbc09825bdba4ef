"""What was measured, as Markdown and as JSON. Nothing here fails: a goal is met or it is not."""
import json
import math
import statistics


def percentile(values, percent):
    """The smallest value that so many percent of them do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


class Series:
    """Many measurements of one thing, in one unit."""

    def __init__(self, values, unit="ms", scale=1000):
        self.values, self.unit = [value * scale for value in values], unit
        self.p50 = statistics.median(self.values)
        self.p95 = percentile(self.values, 95)

    def json(self):
        return {"p50": self.p50, "p95": self.p95, "n": len(self.values), "unit": self.unit, "values": self.values}


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


class Report:
    def __init__(self):
        self.sections, self.goals, self.failures = {}, [], []

    def add(self, section, name, series, beside=None, note=""):
        """`beside`: (name of the neighbour, its Series), measured in turns with this one."""
        self.sections.setdefault(section, []).append((name, series, beside, note))

    def goal(self, words, value, limit, unit="", at_least=False):
        self.goals.append({"goal": words, "measured": value, "limit": limit, "unit": unit, "at_least": at_least,
                           "is_met": value >= limit if at_least else value <= limit})

    def markdown(self):
        out = []
        for section, entries in self.sections.items():
            rows = []
            for name, series, beside, note in entries:
                ratio = f"{number(series.p50 / beside[1].p50)} × {beside[0]}" if beside and beside[1].p50 else ""
                rows.append([name, f"{number(series.p50)} {series.unit}", f"{number(series.p95)} {series.unit}",
                             len(series.values), ratio, note])
            out.append(f"### {section}\n\n" + table(["what", "p50", "p95", "n", "beside it", ""], rows))
        rows = [[goal["goal"], f"{'≥' if goal['at_least'] else '≤'} {goal['limit']:g} {goal['unit']}".strip(),
                 f"{number(goal['measured'])} {goal['unit']}".strip(), "met" if goal["is_met"] else "**not met**"]
                for goal in self.goals]
        if rows:
            out.append("### Goals\n\n" + table(["goal", "limit", "measured", ""], rows))
        out += [f"Not measured: {words}\n" for words in self.failures]
        return "\n".join(out)

    def json(self):
        return json.dumps({
            "measured": [{"section": section, "what": name, **series.json(), "note": note,
                          **({"beside": beside[0], "ratio": series.p50 / beside[1].p50}
                             if beside and beside[1].p50 else {})}
                         for section, entries in self.sections.items() for name, series, beside, note in entries],
            "goals": self.goals, "not_measured": self.failures}, indent=1)
