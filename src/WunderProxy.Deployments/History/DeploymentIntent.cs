using System.Security.Cryptography;
using System.Text.Json.Serialization;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The change to be written to the history after a switch. The local state keeps the intent from before the switch
/// until the change is written; applying it several times has the effect of once.
/// </summary>
public sealed record DeploymentIntent
{
    /// <summary>
    /// 16 hexadecimal digits that identify the intent and name its event, so that a repeated event is the same object.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The kind of change to the history.</summary>
    public required DeploymentKind Kind { get; init; }

    /// <summary>
    /// Hash of the launch config that is deployed, rolled back to or withdrawn, as written in the entry.
    /// </summary>
    public required string Hash { get; init; }

    /// <summary>MD5 alias of the launch config to deploy; empty for the other kinds.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Revision of the launch config.</summary>
    public required string Revision { get; init; }

    /// <summary>
    /// Who asked for the deployment, in a form that survives writing and reading, because the intent recognises its own
    /// entry by this name.
    /// </summary>
    public required string By
    {
        get;
        init => field = LenientJson.WellFormed(value);
    }

    /// <summary>When the deployment was asked for; entries made later are kept.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether to append an entry even if the last one already has this hash.</summary>
    public bool ForceReload { get; init; }

    /// <summary>Time of the entry to go back to; null for kinds other than a rollback.</summary>
    public DateTimeOffset? EntryAt { get; init; }

    /// <summary>When the withdrawn or rejected deployment was asked for; null for the other kinds.</summary>
    public DateTimeOffset? EntrySince { get; init; }

    /// <summary>Who asked for the withdrawn deployment; empty for the other kinds.</summary>
    public string EntryBy { get; init; } = "";

    /// <summary>Hash of the launch config in service before, for the event; empty if none was.</summary>
    public string FromHash { get; init; } = "";

    /// <summary>Whether a caller's deploy or a guard's undo created this intent.</summary>
    public IntentOrigin Origin { get; init; }

    /// <summary>
    /// Whether the event has already been recorded, because the history could not be written at once.
    /// </summary>
    public bool IsTold { get; init; }

    /// <summary>
    /// SHA-256 of the launch config that serves again after a withdrawal or rejection; empty for the other kinds.
    /// </summary>
    public string ReturnHash { get; init; } = "";

    /// <summary>Revision of the launch config of <see cref="ReturnHash"/>.</summary>
    public string ReturnRevision { get; init; } = "";

    /// <summary>How long the operation took until the switch, in seconds, for the event; null if that was not measured.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }

    /// <summary>Measurements at the switch, for its event; null if there are none.</summary>
    [JsonConverter(typeof(MeasurementConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SwitchMeasurement? Measured { get; init; }

    /// <summary>Creates the intent to append a launch config to the history.</summary>
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

    /// <summary>Creates the intent to make an existing entry the last one.</summary>
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

    /// <summary>
    /// Creates the intent to remove the entry of a deploy; it is applied after the deploy, whose entry need not be
    /// written yet.
    /// </summary>
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

    /// <summary>
    /// Creates the intent to remove the entry that another deployer makes for a switch that a guard has undone.
    /// </summary>
    /// <param name="hash">SHA-256 of the rejected launch config.</param>
    /// <param name="alias">MD5 of the rejected launch config; empty if unknown.</param>
    /// <param name="revision">Revision of the rejected launch config.</param>
    /// <param name="servedSince">
    /// When the launch config before it went into service; the entry to remove is newer.
    /// </param>
    /// <param name="by">Who undid the switch.</param>
    /// <param name="startedAt">When the switch was undone.</param>
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
    /// Returns the event for the written change. The event has the intent's id, so that a repeated event is the same
    /// object, and the time of the new entry, so that events have the order of the history.
    /// </summary>
    /// <param name="entry">The result of <see cref="HistoryClaim.ApplyAsync"/>.</param>
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
        return new DeploymentEvent(type, at, By, Environment.MachineName, Revision, Hash, FromHash)
        {
            Id = Id,
            Seconds = Seconds,
            Measured = Measured,
        };
    }

    /// <summary>Returns a new random id of 16 hexadecimal digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Returns the history with the change made; the same object if it already has it.</summary>
    /// <param name="history">The present history.</param>
    /// <param name="now">
    /// Time for the new entry, unless the last one is later: then the entry gets the next possible time.
    /// </param>
    internal DeploymentHistory ApplyTo(DeploymentHistory history, DateTimeOffset now) => Kind switch
    {
        DeploymentKind.Deploy => AppendTo(history, now),
        DeploymentKind.Rollback => CutFrom(history),
        DeploymentKind.Reject => RejectFrom(history, now),
        _ => FindEntry(history) is { } own ? OrReturned(history.Without(own), now) : history,
    };

    /// <summary>Returns the entry that this intent made or goes back to, or null if the history has none.</summary>
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

    /// <summary>Whether no entry needs to be added, because the last one already names what is in service.</summary>
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
    /// Returns the time for a new entry. Times ascend strictly, so that the events, whose keys contain them, have the
    /// order of the history. No time precedes the start of the deployment, by which the intent finds its own entry
    /// again even after the clock was set back.
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
            // The other deployer has not written yet, or another launch config has been deployed since.
            return history;
        }

        var made = history.Entries.Reverse().TakeWhile(entry => IsSame(entry.Hash) && entry.DeployedAt >= EntrySince).ToArray();
        return made.Length == 0
            ? Returned(history, now)
            : OrReturned(new DeploymentHistory(history.Entries.SkipLast(made.Length)), now);
    }

    /// <summary>
    /// Returns the history, or one with the returned launch config if it would be empty: an empty history would leave
    /// <c>current.json</c> naming the rejected launch config.
    /// </summary>
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

        // Deployments made after this rollback was asked for come later and keep their entries.
        var later = history.Entries.Reverse().TakeWhile(entry => entry != target).Reverse().ToArray();
        var kept = later.Where(entry => entry.DeployedAt > StartedAt).ToArray();
        return kept.Length == later.Length
            ? history
            : new DeploymentHistory([.. history.RollbackTo(target).Entries, .. kept]);
    }
}
