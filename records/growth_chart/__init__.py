"""The growth chart: one child's measurements on the percentile lines of WHO or CDC, laid out for an SVG.

Pure geometry on top of records.growth; templates/records/_growth_chart.html draws what `draw` returns. The design is
that of CDC's paper charts, which nurses know: age from left to right, lines named at their right end.
"""

from records.growth_chart.drawing import Chart, Plotted, draw
from records.growth_chart.spans import Span, span_of

__all__ = ["Chart", "Plotted", "Span", "draw", "span_of"]
