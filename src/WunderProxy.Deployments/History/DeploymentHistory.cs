using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>The ordered record of deployments, oldest first; immutable, without I/O.</summary>
public sealed class DeploymentHistory
{
    /// <summary>Most entries that are kept; the oldest leave first.</summary>
    public const int MaxEntries = 10;

    private readonly HistoryEntry[] _entries;

    /// <summary>
    /// A history of these entries, oldest first; of more than <see cref="MaxEntries"/> the oldest leave.
    /// </summary>
    public DeploymentHistory(IEnumerable<HistoryEntry> entries) => _entries = [.. entries.TakeLast(MaxEntries)];

    /// <summary>The history before the first deployment.</summary>
    public static DeploymentHistory Empty { get; } = new([]);

    /// <summary>The entries, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>The newest entry; null when there is none.</summary>
    public HistoryEntry? Last => _entries.LastOrDefault();

    /// <summary>Reads <c>history.json</c>; <c>null</c> and <c>[]</c> are empty.</summary>
    /// <exception cref="FormatException">The bytes are no history; the message names entry and field.</exception>
    public static DeploymentHistory Parse(ReadOnlyMemory<byte> bytes) => new(HistoryJson.Read(bytes));

    /// <summary>
    /// The bytes of <c>history.json</c>; entries that were read are written as they were. Where all together would be
    /// more than can be read again, the oldest leave.
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

    /// <summary>Adds an entry as the newest; the oldest leave above <see cref="MaxEntries"/>.</summary>
    public DeploymentHistory Append(HistoryEntry entry) => new([.. _entries, entry]);

    /// <summary>Makes an entry the newest: later ones leave.</summary>
    /// <exception cref="HistoryEmptyException">The entry is not in this history.</exception>
    public DeploymentHistory RollbackTo(HistoryEntry entry)
    {
        var index = Array.LastIndexOf(_entries, entry);
        return index >= 0
            ? new DeploymentHistory(_entries.Take(index + 1))
            : throw new HistoryEmptyException($"the history has no entry of {entry.DeployedAt:O} any more");
    }

    /// <summary>Takes one entry out, and no other.</summary>
    public DeploymentHistory Without(HistoryEntry entry) => new(_entries.Where(other => other != entry));

    /// <summary>The entry that a rollback goes to.</summary>
    /// <param name="target">A hash, a revision, or empty for the one before.</param>
    /// <param name="inService">The launch config in service; null when there is none.</param>
    /// <param name="named">
    /// The launch config that <paramref name="target"/> names, when it is a hash of one; else null.
    /// </param>
    /// <exception cref="HistoryEmptyException">No entry fits.</exception>
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
