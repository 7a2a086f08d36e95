using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.Instance;

namespace WunderProxy.Fleet;

/// <summary>
/// Writes history and events of a deploy or rollback once the managers have switched. An exception of any type becomes
/// a message that says what is in service and what is not recorded.
/// </summary>
internal sealed class FleetHistory(IObjectStore store, string prefix, string by, IFleetReport report, TimeProvider clock)
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HistoryRepository _history = new(store, prefix, clock);

    /// <summary>Writes history and event of what all managers serve.</summary>
    /// <exception cref="FleetException">
    /// The launch config is in service but not recorded; the message says how to complete the record.
    /// </exception>
    public async Task WriteAsync(DeploymentIntent intent, HistoryClaim claim, string managers)
    {
        HistoryEntry? entry = null;
        if (await TryAsync(async () => entry = await claim.ApplyAsync(intent, CancellationToken.None)) is { } fault)
        {
            var missing = claim.IsHistoryWritten ? "current.json was not" : "neither history.json nor current.json was";
            var again = intent.Kind == DeploymentKind.Rollback ? $"run the rollback again with --to {intent.Hash}" : "run the deploy again";
            var reason = $"{intent.Revision} is in service on {managers}, but {missing} written: {Describe(fault)}; to record it, {again}";
            await RecordEventAsync(intent.ToEvent(null) with { Reason = reason });
            throw new FleetException(reason);
        }

        await RecordEventAsync(intent.ToEvent(entry));
    }

    /// <summary>Restores history and <c>current.json</c> after the managers went back.</summary>
    /// <param name="intent">The intent that was recorded.</param>
    /// <param name="before">Hash of what serves again; empty for nothing.</param>
    /// <returns>The outcome, in words.</returns>
    public async Task<string> TakeOutAsync(DeploymentIntent intent, string before)
    {
        var fault = await TryAsync(async () =>
        {
            var undo = await CreateUndoAsync(intent, before);
            await using var claim = await _history.ClaimAsync(by, CancellationToken.None);
            await claim.ApplyAsync(undo, CancellationToken.None);
        });
        return fault is null
            ? "its entry was taken out of the history"
            : $"its entry is still in the history, since that could not be written: {Describe(fault)}; run 'wunderproxy rollback' to put it right";
    }

    /// <summary>Records that the deploy or rollback failed.</summary>
    public Task TellFailureAsync(DeploymentIntent intent, string reason) => RecordEventAsync(
        intent.ToEvent(null) with
        {
            Id = DeploymentIntent.NewId(),
            Type = EventType.Failure,
            At = clock.GetUtcNow(),
            Result = "failed",
            Reason = reason,
        });

    /// <summary>Releases the claim; a lease that cannot be released expires by itself.</summary>
    public async Task GiveBackAsync(HistoryClaim claim)
    {
        try
        {
            await claim.DisposeAsync();
        }
        catch (Exception exception)
        {
            report.Fail(store.Description, $"the lease was not given back: {Describe(exception)}");
        }
    }

    /// <summary>
    /// Creates the intent that undoes another: the entry of a deploy is removed; after a rollback, which makes no
    /// entry, one is appended for what serves again.
    /// </summary>
    private async Task<DeploymentIntent> CreateUndoAsync(DeploymentIntent intent, string before)
    {
        var now = clock.GetUtcNow();
        var config = LaunchConfigReference.TryParse(before, out var reference)
            ? await new LaunchConfigRepository(store, prefix).LoadAsync(reference, CancellationToken.None)
            : null;
        var undo = intent.Kind == DeploymentKind.Rollback && config is not null
            ? DeploymentIntent.Deploy(config, by, now)
            : DeploymentIntent.Withdraw(intent, by, now);
        return undo with { FromHash = before, ReturnHash = config?.Hash.Value ?? "", ReturnRevision = config?.Revision ?? "" };
    }

    private async Task RecordEventAsync(DeploymentEvent happened)
    {
        try
        {
            await new EventLog(store, prefix).RecordAsync(happened, CancellationToken.None);
        }
        catch (Exception exception)
        {
            report.Fail(store.Description, $"the event was not written: {Describe(exception)}");
        }
    }

    /// <summary>
    /// Tries a few times and returns the last exception, or null. The kind of exception does not matter, since none
    /// changes what is in service.
    /// </summary>
    private async Task<Exception?> TryAsync(Func<Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return null;
            }
            catch (Exception exception)
            {
                if (attempt == Tries || exception is not (ObjectStoreException or LeaseHeldException))
                {
                    return exception;
                }

                await Task.Delay(Pause * attempt, clock, CancellationToken.None);
            }
        }
    }

    private static string Describe(Exception exception) =>
        exception is ObjectStoreException or LeaseHeldException or LaunchConfigNotFoundException or HashMismatchException
            ? exception.Message
            : LastResort.Describe(exception);
}
