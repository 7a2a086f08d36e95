"""Small differences between builds or settings of ours: ratios within each round, with an interval for their median."""
import statistics

from report import CONFIDENCE, compared, interval, markdown


def table(results, scenarios, baseline, names, bound):
    """One row for each scenario and proxy: how its judged figure compares with the baseline's in the same rounds.

    A row is worse only when the whole interval lies beyond the bound. A second run of the baseline's own command among
    the names is the control: what its rows show is noise.
    """
    rows = [["work", "proxy", "figure", f"x {baseline}", f"{CONFIDENCE:.0%} interval", "rounds", f"worse by over {bound:g}?"]]
    for scenario in scenarios:
        column = compared(scenario)
        for name in names:
            ratios = results.ratios(scenario.name, name, baseline, column)
            if name == baseline or not ratios:
                continue
            low, high = interval(ratios)
            worse = high < 1 - bound if scenario.kind == "bytes" else low > 1 + bound
            rows.append([scenario.title, name, column, f"{statistics.median(ratios):.3f}", f"{low:.3f} to {high:.3f}",
                         str(len(ratios)), "WORSE" if worse else "no"])
    return markdown(rows)
