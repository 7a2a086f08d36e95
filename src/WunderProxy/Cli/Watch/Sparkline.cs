namespace WunderProxy.Cli.Watch;

/// <summary>Draws numbers as a row of small bars.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>
    /// Returns a bar for each value, the highest of which is full; a value of 0 is a blank, so that it is told from little.
    /// </summary>
    public static string Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var most = all.DefaultIfEmpty().Max();
        return string.Concat(all.Select(value => value <= 0 ? ' ' : Bars[(int)Math.Ceiling(value / most * Bars.Length) - 1]));
    }
}
