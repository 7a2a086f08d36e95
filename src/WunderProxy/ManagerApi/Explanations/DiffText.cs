using System.Globalization;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Writes the differences of two launch configs for people.</summary>
internal static class DiffText
{
    /// <summary>Returns the text, which ends with a line end.</summary>
    public static string Write(DiffView diff)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine(PlainText.OneLine($"from {Named(diff.From)} to {Named(diff.To)}"));
        foreach (var note in diff.Notes)
        {
            text.WriteLine(PlainText.OneLine($"note: {note}"));
        }

        if (diff.Changes.Count == 0)
        {
            text.WriteLine("  nothing differs");
        }

        foreach (var change in diff.Changes)
        {
            ExplanationText.Row(text, change.Part, Describe(change));
        }

        if (diff.IsCut)
        {
            text.WriteLine("  … and more");
        }

        WriteMeasured(text, diff.From);
        WriteMeasured(text, diff.To);
        return text.ToString();
    }

    private static string Named(DiffSide side) => $"{side.Revision} ({ShortId.Of(side.Hash)})";

    private static string Describe(ConfigChange change)
    {
        var values = (change.Before, change.After) switch
        {
            (null, null) => "",
            ({ } before, { } after) => $": {before} -> {after}",
            var (before, after) => $": {before ?? after}",
        };
        return $"{change.Kind} {change.Path}{values}";
    }

    private static void WriteMeasured(StringWriter text, DiffSide side)
    {
        if (side.Measured is not { } measured)
        {
            return;
        }

        string[] parts =
        [
            measured.StartSeconds is { } start ? $"healthy {PlainText.Seconds(start)} after its start" : "",
            measured.ServedSeconds is { } served ? $"served {Wording.Span(TimeSpan.FromSeconds(served))}" : "",
            SwitchEvidenceText.NumbersOf(measured.Traffic),
            measured.Machines > 1 ? MachinesOf(measured) : "",
        ];
        ExplanationText.Row(text, "measured", $"{side.Revision}: {string.Join("; ", parts.Where(part => part.Length > 0))}");
    }

    private static string MachinesOf(Measured measured)
    {
        var machines = string.Create(CultureInfo.InvariantCulture, $"{measured.Machines} machines");
        return measured.SlowestHost is { } host ? $"{machines}, times of the slowest ({host})" : machines;
    }
}
