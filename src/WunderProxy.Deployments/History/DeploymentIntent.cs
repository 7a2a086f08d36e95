using System.Security.Cryptography;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// What is to be written to the history once a switch has happened. It is kept in the local state from before the
/// switch until it is written, and may be applied any number of times with the effect of once.
/// </summary>
public sealed record DeploymentIntent
{
    /// <summary>16 hex digits; also names the event, so that a repeated event is the same object.</summary>
    public required string Id { get; init; }

    /// <summary>What it does to the history.</summary>
    public required DeploymentKind Kind { get; init; }

    /// <summary>
    /// Hash of the launch config that is deployed, rolled back to or withdrawn, as its entry names it.
    /// </summary>
    public required string Hash { get; init; }

    /// <summary>MD5 alias of the launch config that is deployed; empty for the others.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Its revision.</summary>
    public required string Revision { get; init; }

    /// <summary>Who asked for it; as it can be read again, since it tells its own entry from those of others.</summary>
    public required string By
    {
        get;
        init => field = LenientJson.WellFormed(value);
    }

    /// <summary>When it was asked for; entries made after it are left alone.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Append even when this hash is the last entry already.</summary>
    public bool ForceReload { get; init; }

    /// <summary>The time of the entry to go back to; null for the others.</summary>
    public DateTimeOffset? EntryAt { get; init; }

    /// <summary>When the deploy that is withdrawn was asked for; null for the others.</summary>
    public DateTimeOffset? EntrySince { get; init; }

    /// <summary>By whom it was asked for; empty for the others.</summary>
    public string EntryBy { get; init; } = "";

    /// <summary>What was in service before, for the event; empty when nothing was.</summary>
    public string FromHash { get; init; } = "";

    /// <summary>Whether a caller's deploy or a guard's undo created this intent.</summary>
    public IntentOrigin Origin { get; init; }

    /// <summary>Whether the event is recorded already: that of a history which could not be written at once.</summary>
    public bool IsTold { get; init; }

    /// <summary>SHA-256 of what serves again after a withdrawal or rejection; empty for the others.</summary>
    public string ReturnHash { get; init; } = "";

    /// <summary>The revision of <see cref="ReturnHash"/>.</summary>
    public string ReturnRevision { get; init; } = "";

    /// <summary>Appends a launch config to the history.</summary>
    public static DeploymentIntent Deploy(LaunchConfig config, string by, DateTimeOffset startedAt) => new()
    {
        Id = NewId(),
        Kind = DeploymentKind.Deploy,
        Hash = config.Hash.Value,
        Alias = config.Alias.Value,
        Revision = config.Revision,
        By = by,
        StartedAt = startedAt,
        ForceReload = config.ForceReload,
    };

    /// <summary>Makes an entry the last one.</summary>
    public static DeploymentIntent Rollback(HistoryEntry target, string by, DateTimeOffset startedAt) => new()
    {
        Id = NewId(),
        Kind = DeploymentKind.Rollback,
        Hash = target.Hash,
        Revision = target.Revision,
        By = by,
        StartedAt = startedAt,
        EntryAt = target.DeployedAt,
    };

    /// <summary>Takes the entry of a deploy out again; to be applied after that. The entry need not be written yet.</summary>
    public static DeploymentIntent Withdraw(DeploymentIntent deploy, string by, DateTimeOffset startedAt) => new()
    {
        Id = NewId(),
        Kind = DeploymentKind.Withdraw,
        Hash = deploy.Hash,
        Revision = deploy.Revision,
        By = by,
        StartedAt = startedAt,
        EntrySince = deploy.StartedAt,
        EntryBy = deploy.By,
    };

    /// <summary>Takes out the entry that another deployer makes for a switch which a guard has undone.</summary>
    /// <param name="hash">SHA-256 of the rejected launch config.</param>
    /// <param name="alias">Its MD5; empty when it is not known.</param>
    /// <param name="revision">Its revision.</param>
    /// <param name="servedSince">Since when the launch config before it was in service: its own entry is newer than that.</param>
    /// <param name="by">Who undid the switch.</param>
    /// <param name="startedAt">When.</param>
    public static DeploymentIntent Reject(
        string hash, string alias, string revision, DateTimeOffset servedSince, string by, DateTimeOffset startedAt) => new()
        {
            Id = NewId(),
            Kind = DeploymentKind.Reject,
            Hash = hash,
            Alias = alias,
            Revision = revision,
            By = by,
            StartedAt = startedAt,
            EntrySince = servedSince,
        };

    /// <summary>
    /// The event of this, once it is written: with its own id, so that a repeated event is the same object, and with
    /// the time of the entry that it made, so that events have the order of the history.
    /// </summary>
    /// <param name="entry">What <see cref="HistoryClaim.ApplyAsync"/> returned.</param>
    public DeploymentEvent ToEvent(HistoryEntry? entry)
    {
        var type = Kind switch
        {
            DeploymentKind.Deploy => EventType.Deploy,
            DeploymentKind.Rollback => EventType.Rollback,
            _ => EventType.GuardRollback,
        };

        var isMade = Kind == DeploymentKind.Deploy && entry is not null && IsOwn(entry);
        var at = isMade ? entry!.DeployedAt : StartedAt;
        return new DeploymentEvent(type, at, By, Environment.MachineName, Revision, Hash, FromHash) { Id = Id };
    }

    /// <summary>16 random hex digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The history with this done; the same object when it says so already.</summary>
    /// <param name="history">The history as it is now.</param>
    /// <param name="now">The time of the entry, unless the last one is later: then just after it.</param>
    internal DeploymentHistory ApplyTo(DeploymentHistory history, DateTimeOffset now) => Kind switch
    {
        DeploymentKind.Deploy => AppendTo(history, now),
        DeploymentKind.Rollback => CutFrom(history),
        DeploymentKind.Reject => RejectFrom(history, now),
        _ => FindEntry(history) is { } own ? OrReturned(history.Without(own), now) : history,
    };

    /// <summary>The entry that this made or goes to; null when the history has none.</summary>
    internal HistoryEntry? FindEntry(DeploymentHistory history) => Kind switch
    {
        DeploymentKind.Deploy => history.Entries.LastOrDefault(IsOwn) ?? (AddsNothingTo(history) ? history.Last : null),
        DeploymentKind.Rollback => history.Entries.LastOrDefault(entry => entry.Hash == Hash && entry.DeployedAt == EntryAt),
        DeploymentKind.Reject => null,
        _ => history.Entries.LastOrDefault(
            entry => entry.Hash == Hash && entry.DeployedBy == EntryBy && entry.DeployedAt >= EntrySince),
    };

    private bool IsOwn(HistoryEntry entry) =>
        entry.Hash == Hash && entry.DeployedBy == By && entry.DeployedAt >= StartedAt;

    /// <summary>What is the last entry and in service already needs no other one.</summary>
    private bool AddsNothingTo(DeploymentHistory history) =>
        !ForceReload && history.Last is { } last && IsSame(last.Hash) && (FromHash.Length == 0 || IsSame(FromHash));

    /// <summary>Whether the last entry names the rejected launch config.</summary>
    internal bool RejectsLastOf(DeploymentHistory history) =>
        Kind == DeploymentKind.Reject && history.Last is { } last && IsSame(last.Hash);

    private bool IsSame(string hash) =>
        hash.Equals(Hash, StringComparison.OrdinalIgnoreCase)
        || (Alias.Length > 0 && hash.Equals(Alias, StringComparison.OrdinalIgnoreCase));

    private DeploymentHistory AppendTo(DeploymentHistory history, DateTimeOffset now)
    {
        if (FindEntry(history) is not null)
        {
            return history;
        }

        return history.Append(new HistoryEntry(Revision, TimeAfter(history, now), By, Hash));
    }

    /// <summary>
    /// Times strictly ascend, so that the events, which carry them in their keys, have the order of the history; and none
    /// is before the start, which is how this finds its own entry again, even if the clock was set back.
    /// </summary>
    private DateTimeOffset TimeAfter(DeploymentHistory history, DateTimeOffset now)
    {
        DateTimeOffset[] bounds = [now, StartedAt, history.Last?.DeployedAt.AddTicks(1) ?? StartedAt];
        return bounds.Max();
    }

    private DeploymentHistory RejectFrom(DeploymentHistory history, DateTimeOffset now)
    {
        if (!RejectsLastOf(history))
        {
            // No deployer has written yet, or another launch config was deployed since.
            return history;
        }

        var made = history.Entries.Reverse().TakeWhile(entry => IsSame(entry.Hash) && entry.DeployedAt >= EntrySince).ToArray();
        return made.Length == 0
            ? Returned(history, now)
            : OrReturned(new DeploymentHistory(history.Entries.SkipLast(made.Length)), now);
    }

    /// <summary>An empty history would leave <c>current.json</c> as it is, naming what was rejected.</summary>
    private DeploymentHistory OrReturned(DeploymentHistory history, DateTimeOffset now) =>
        history.Last is null ? Returned(history, now) : history;

    private DeploymentHistory Returned(DeploymentHistory history, DateTimeOffset now) => ReturnHash.Length == 0
        ? history
        : history.Append(new HistoryEntry(ReturnRevision, TimeAfter(history, now), By, ReturnHash));

    private DeploymentHistory CutFrom(DeploymentHistory history)
    {
        if (FindEntry(history) is not { } target)
        {
            return history;
        }

        // Whoever deployed after this rollback was asked for comes after it, and keeps the entry.
        var later = history.Entries.Reverse().TakeWhile(entry => entry != target).Reverse().ToArray();
        var kept = later.Where(entry => entry.DeployedAt > StartedAt).ToArray();
        return kept.Length == later.Length
            ? history
            : new DeploymentHistory([.. history.RollbackTo(target).Entries, .. kept]);
    }
}
