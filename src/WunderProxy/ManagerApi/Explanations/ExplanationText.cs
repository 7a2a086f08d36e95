using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Writes an explanation for people: the paragraph, what to do, then the evidence in columns.</summary>
internal static class ExplanationText
{
    /// <summary>Returns the text, which ends with a line end.</summary>
    public static string Write(ExplanationDocument explanation)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        if (explanation.Chosen is { } chosen)
        {
            text.WriteLine(PlainText.OneLine($"Explaining {explanation.What}: {chosen}."));
            text.WriteLine();
        }

        text.WriteLine(PlainText.OneLine(explanation.Summary));
        if (explanation.Advice.Length > 0)
        {
            text.WriteLine();
            text.WriteLine("What to do: " + PlainText.OneLine(explanation.Advice));
        }

        if (explanation.What != ExplainedMatter.Nothing)
        {
            text.WriteLine();
            Row(text, "cause", explanation.Cause);
        }

        if (explanation.Launch is { } launch)
        {
            LaunchEvidenceText.Write(text, launch);
        }

        if (explanation.Switch is { } done)
        {
            SwitchEvidenceText.Write(text, done);
        }

        foreach (var missing in explanation.Missing)
        {
            Row(text, "not known", missing);
        }

        if (explanation.Errors is { } errors)
        {
            ErrorsEvidenceText.Write(text, errors);
        }

        return text.ToString();
    }

    /// <summary>Writes one row of the evidence; one without words is left out.</summary>
    internal static void Row(StringWriter text, string name, string words)
    {
        if (words.Length > 0)
        {
            text.WriteLine($"  {name,-12} {PlainText.OneLine(words)}");
        }
    }

    /// <summary>Writes the steps of an operation with their durations.</summary>
    internal static void Steps(StringWriter text, IEnumerable<StepTime> steps) =>
        Row(text, "steps", string.Join(", ", steps.Select(step => $"{step.Step} {PlainText.Seconds(step.Seconds)}")));

    /// <summary>Writes the lines of a container's log, the last thing in an explanation.</summary>
    internal static void Log(StringWriter text, IReadOnlyList<string> log)
    {
        Row(text, "log", log.Count == 1 ? "the last line of the container" : $"the last {log.Count} lines of the container");
        foreach (var line in log)
        {
            text.WriteLine("    | " + PlainText.OneLine(line));
        }
    }
}
