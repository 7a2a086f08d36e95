using System.Globalization;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.History;

/// <summary>
/// Finds launch configs by what people call them: a hash, a revision, or a place in the history, <c>~0</c> for the last
/// entry and <c>~1</c> for the entry before it.
/// </summary>
/// <param name="history">The history.</param>
/// <param name="load">Loads a launch config; throws if it does not exist.</param>
public sealed class ConfigFinder(
    DeploymentHistory history, Func<LaunchConfigReference, CancellationToken, Task<LaunchConfig>> load)
{
    private readonly List<string> _notes = [];

    /// <summary>What callers should know about the choices that were made.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Finds a launch config by the name that a caller gave it.</summary>
    /// <param name="name">A hash, a revision, or <c>~N</c>.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="HistoryEmptyException">The history has no such entry.</exception>
    /// <exception cref="LaunchConfigNotFoundException">The store has no launch config of this hash.</exception>
    public Task<LaunchConfig> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (LaunchConfigReference.TryParse(name, out var reference))
        {
            return load(reference, cancellationToken);
        }

        var entry = EntryOf(name.Trim());
        return LaunchConfigReference.TryParse(entry.Hash, out var found)
            ? load(found, cancellationToken)
            : throw new HistoryEmptyException($"the history entry of {entry.Revision} names no launch config");
    }

    private HistoryEntry EntryOf(string name)
    {
        if (name.StartsWith('~') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var back))
        {
            return back < history.Entries.Count
                ? history.Entries[^(back + 1)]
                : throw new HistoryEmptyException($"the history has {history.Entries.Count} entries, and none {name}");
        }

        var entries = history.Entries.Where(entry => entry.Revision == name).ToArray();
        if (entries.Select(entry => entry.Hash).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
        {
            _notes.Add($"the history has several launch configs of revision {name}: the newest is compared");
        }

        return entries.LastOrDefault() ?? throw new HistoryEmptyException($"the history has no entry of '{name}'");
    }
}
