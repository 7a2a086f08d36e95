namespace WunderProxy.Tests.ManagerApi.Events;

/// <summary>One event of a stream as a browser would dispatch it.</summary>
/// <param name="Name">Its name; empty for a block without data.</param>
/// <param name="Id">The id in the block; empty if it has none.</param>
/// <param name="Data">Its lines of data, joined.</param>
internal sealed record StreamEvent(string Name, string Id, string Data)
{
    /// <summary>Parses the blocks of a stream, comments left out.</summary>
    public static IEnumerable<StreamEvent> Parse(string stream) => stream
        .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(block => !block.StartsWith(':'))
        .Select(block => ParseBlock(block.Split('\n')));

    /// <summary>Parses the lines of one block.</summary>
    public static StreamEvent ParseBlock(IReadOnlyList<string> lines) => new(
        Values(lines, "event: ").LastOrDefault() ?? string.Empty,
        Values(lines, "id: ").LastOrDefault() ?? string.Empty,
        string.Join('\n', Values(lines, "data: ")));

    private static IEnumerable<string> Values(IEnumerable<string> lines, string field) =>
        lines.Where(line => line.StartsWith(field, StringComparison.Ordinal)).Select(line => line[field.Length..]);
}
