using System.Text.Json;
using System.Text.RegularExpressions;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;

namespace WunderProxy.Tests.Metrics;

/// <summary>Alert rules and dashboard ask only for metrics and labels that the program has.</summary>
[Parallelizable]
internal sealed partial class MonitoringTests
{
    /// <summary>What Prometheus itself adds.</summary>
    private static readonly string[] OfPrometheus = ["up", "job", "instance", "le", "quantile"];

    /// <summary>What the dashboard makes by <c>label_replace</c>.</summary>
    private static readonly string[] Made = ["class"];

    private static IReadOnlyList<MetricFamily> All { get; } = MetricCollection.Of(FullFacts.Of(), FullFacts.Traffic());

    private static string[] Names { get; } =
    [
        .. All.SelectMany(family => family.Type switch
        {
            MetricType.Histogram => [$"{family.Name}_bucket", $"{family.Name}_sum", $"{family.Name}_count"],
            MetricType.Summary => [family.Name, $"{family.Name}_sum", $"{family.Name}_count"],
            _ => new[] { family.Name },
        }),
    ];

    [Test]
    public void Alert_rules_know_the_metrics()
    {
        var rules = File.ReadAllText(Path.Combine(Repository.Root, "docs", "monitoring", "alerts.yml"));
        var expressions = Rules().Matches(rules).Select(rule => rule.Groups["expr"].Value).ToArray();

        Assert.That(expressions, Has.Length.EqualTo(Regex.Count(rules, "- alert: ")).And.Length.GreaterThanOrEqualTo(10));
        AssertKnown(expressions);
    }

    [Test]
    public void Dashboard_knows_the_metrics()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "monitoring", "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        var expressions = panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Concat(dashboard.RootElement.GetProperty("annotations").GetProperty("list").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToArray();

        Assert.That(panels.Select(panel => panel.GetProperty("id").GetInt32()), Is.Unique);
        Assert.That(expressions, Has.Length.GreaterThan(15));
        AssertKnown(expressions);
    }

    private static void AssertKnown(IEnumerable<string> expressions)
    {
        var labels = All.SelectMany(family => family.Points).SelectMany(point => point.Labels).Select(label => label.Name)
            .Concat(OfPrometheus).Concat(Made).ToHashSet(StringComparer.Ordinal);
        Assert.Multiple(() =>
        {
            foreach (var expression in expressions)
            {
                var bare = Quoted().Replace(expression, string.Empty);
                Assert.That(
                    MetricName().Matches(bare).Select(name => name.Value).Except(Names, StringComparer.Ordinal), Is.Empty, expression);
                Assert.That(
                    LabelName().Matches(bare).SelectMany(name => name.Groups["name"].Captures).Select(name => name.Value).Except(labels, StringComparer.Ordinal),
                    Is.Empty,
                    expression);
            }
        });
    }

    /// <summary>The expression of a rule, on one line or, after a bar, on the deeper lines that follow.</summary>
    [GeneratedRegex(@"^ +expr: (?:\|\n(?<expr>(?: {10,}.*\n)+)|(?<expr>.+)\n)", RegexOptions.Multiline, 1000)]
    private static partial Regex Rules();

    [GeneratedRegex(@"\b(?:wunderproxy|http|process|dotnet)_[a-z_]+\b", RegexOptions.None, 1000)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"(?:[{,]\s*(?<name>[a-z_]+)\s*(?:=|!)|\bby \((?:(?<name>[a-z_]+)(?:, )?)+\))", RegexOptions.None, 1000)]
    private static partial Regex LabelName();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();
}
