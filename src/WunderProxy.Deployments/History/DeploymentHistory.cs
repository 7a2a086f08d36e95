using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>The ordered record of deployments, oldest first; immutable and without I/O.</summary>
public sealed class DeploymentHistory
{
    /// <summary>Most entries of a history; beyond this number the oldest are dropped.</summary>
    public const int MaxEntries = 10;

    private readonly HistoryEntry[] _entries;

    /// <summary>
    /// Creates a history of these entries, oldest first; of more than <see cref="MaxEntries"/> the oldest are dropped.
    /// </summary>
    public DeploymentHistory(IEnumerable<HistoryEntry> entries) => _entries = [.. entries.TakeLast(MaxEntries)];

    /// <summary>The history of a service before its first deployment.</summary>
    public static DeploymentHistory Empty { get; } = new([]);

    /// <summary>The entries of the history, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>The newest entry, or null if there is none.</summary>
    public HistoryEntry? Last => _entries.LastOrDefault();

    /// <summary>Parses <c>history.json</c>; <c>null</c> and <c>[]</c> are an empty history.</summary>
    /// <exception cref="FormatException">The bytes are not a history; the message names entry and field.</exception>
    public static DeploymentHistory Parse(ReadOnlyMemory<byte> bytes) => new(HistoryJson.Read(bytes));

    /// <summary>
    /// Returns the bytes of <c>history.json</c>. Entries that were read are written unchanged. If the whole would be
    /// larger than can be read again, the oldest entries are dropped.
    /// </summary>
    public byte[] ToBytes()
    {
        var bytes = HistoryJson.Write(_entries);
        for (var left = 1; bytes.Length > DocumentLimits.History && left < _entries.Length; left++)
        {
            bytes = HistoryJson.Write(_entries.Skip(left));
        }

        return bytes;
    }

    /// <summary>
    /// Returns the history with the entry as its newest one; beyond <see cref="MaxEntries"/> the oldest is dropped.
    /// </summary>
    public DeploymentHistory Append(HistoryEntry entry) => new([.. _entries, entry]);

    /// <summary>Returns the history up to and including the entry; later entries are dropped.</summary>
    /// <exception cref="HistoryEmptyException">The history does not contain the entry.</exception>
    public DeploymentHistory RollbackTo(HistoryEntry entry)
    {
        var index = Array.LastIndexOf(_entries, entry);
        return index >= 0
            ? new DeploymentHistory(_entries.Take(index + 1))
            : throw new HistoryEmptyException($"the history has no entry of {entry.DeployedAt:O} any more");
    }

    /// <summary>Returns the history without one entry.</summary>
    public DeploymentHistory Without(HistoryEntry entry) => new(_entries.Where(other => other != entry));

    /// <summary>Finds the entry that a rollback goes back to.</summary>
    /// <param name="target">A hash, a revision, or empty for the entry before.</param>
    /// <param name="inService">The launch config in service; null if there is none.</param>
    /// <param name="named">The launch config that <paramref name="target"/> names if it is a hash; else null.</param>
    /// <exception cref="HistoryEmptyException">No entry matches.</exception>
    public HistoryEntry FindTarget(string? target, LaunchConfig? inService, LaunchConfig? named = null)
    {
        var wanted = target?.Trim() ?? "";
        var serving = inService is null ? -1 : Array.FindLastIndex(_entries, entry => inService.Is(entry.Hash));
        var earlier = serving < 0 ? _entries : _entries.AsSpan(0, serving).ToArray();
        if (wanted.Length == 0)
        {
            return Array.FindLast(earlier, entry => inService?.Is(entry.Hash) != true)
                ?? throw new HistoryEmptyException("the history has no earlier entry to go back to");
        }

        return Array.FindLast(_entries, entry => IsOf(entry, wanted, named))
            ?? Array.FindLast(earlier, entry => entry.Revision == wanted)
            ?? throw new HistoryEmptyException($"the history has no earlier entry of '{wanted}'");
    }

    private static bool IsOf(HistoryEntry entry, string wanted, LaunchConfig? named) =>
        named?.Is(entry.Hash) == true
        || (LaunchConfigReference.TryParse(wanted, out var reference)
            && LaunchConfigReference.TryParse(entry.Hash, out var own) && own == reference);
}
