using System.Text.RegularExpressions;

namespace WunderProxy.Architecture.Tests;

/// <summary>Habits of the code that no analyzer checks: the same thing has the same name everywhere.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class HabitTests
{
    [Test]
    public void Caught_exception_is_named_exception() => Assert.That(LinesWith(OtherExceptionName()), Is.Empty);

    [Test]
    public void Time_provider_is_named_clock() => Assert.That(LinesWith(OtherClockName()), Is.Empty);

    private static List<string> LinesWith(Regex habit)
    {
        string[] folders = ["src", "tests", "benchmarks", "samples"];
        List<string> lines = [];
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(Plan.Root, folder), "*.cs", SearchOption.AllDirectories)))
        {
            lines.AddRange(File.ReadLines(file).Where(line => habit.IsMatch(line)).Select(line => $"{file}: {line.Trim()}"));
        }

        return lines;
    }

    // Only a catch inside another one needs a second name.
    [GeneratedRegex(@"\bcatch \([\w.]+ (?!exception\)|second\))\w+\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OtherExceptionName();

    [GeneratedRegex(@"\bTimeProvider\?? (?!_?[cC]lock\b)\w+( =|[,;)]| \{)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OtherClockName();
}
