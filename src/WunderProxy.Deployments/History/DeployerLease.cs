using System.Text.Json;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The right to deploy, in stores without conditional writes, or to do another thing that only one may do at a time
/// (<see cref="LeaseKind"/>). Lamport's bakery algorithm over objects: a deployer
/// announces a claim, gives up if another one has a turn, else takes a turn, and proceeds only if no announced claim
/// has an earlier turn. Requires a store whose listing shows every finished write, and clocks that agree to within a
/// few seconds.
/// </summary>
internal sealed class DeployerLease : IAsyncDisposable
{
    /// <summary>Most claims that are considered; each costs a read, and so many deployers do not exist.</summary>
    private const int MaxClaims = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnnouncedPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnnouncedPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxAnnouncedPause = TimeSpan.FromMilliseconds(500);

    private readonly IObjectStore _store;
    private readonly string _prefix;
    private readonly LeaseKind _kind;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _released = new();
    private Task _renewal = Task.CompletedTask;
    private LeaseClaim _claim;

    private DeployerLease(IObjectStore store, string prefix, LeaseKind kind, LeaseClaim claim, TimeProvider clock) =>
        (_store, _prefix, _kind, _claim, _clock) = (store, prefix, kind, claim, clock);

    /// <summary>Takes the lease, or throws if another deployer has it.</summary>
    /// <exception cref="LeaseHeldException">Another deployer has the lease.</exception>
    public static Task<DeployerLease> TakeAsync(
        IObjectStore store, string prefix, string by, TimeProvider clock, CancellationToken cancellationToken) =>
        TakeAsync(store, prefix, LeaseKind.Deploying, by, clock, cancellationToken);

    /// <summary>Takes the lease of a kind, or throws if another one has it.</summary>
    /// <exception cref="LeaseHeldException">Another one has the lease.</exception>
    public static async Task<DeployerLease> TakeAsync(
        IObjectStore store,
        string prefix,
        LeaseKind kind,
        string by,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var expires = clock.GetUtcNow() + Lifetime;
        var claim = new LeaseClaim(DeploymentIntent.NewId(), LenientJson.WellFormed(by), Environment.MachineName, At: null, expires);
        var lease = new DeployerLease(store, prefix, kind, claim, clock);
        try
        {
            await lease.WriteAsync(claim, cancellationToken);
            await lease.TakeTurnAsync(cancellationToken);
            await lease.AwaitTurnAsync(cancellationToken);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }

        lease._renewal = lease.RenewAsync();
        return lease;
    }

    /// <summary>
    /// Throws if the lease has expired; called before each write, because another deployer may hold the lease by then.
    /// </summary>
    /// <exception cref="LeaseHeldException">The lease has expired.</exception>
    public void ThrowIfLost()
    {
        if (_clock.GetUtcNow() >= _claim.Expires)
        {
            throw new LeaseHeldException(
                $"another {_kind.Holder}", $"the lease of this {_kind.Holder} has expired; nothing was written");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        _released.Dispose();
        try
        {
            await _store.DeleteAsync(KeyOf(_claim), CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // The store cannot be reached; the claim expires by itself.
        }
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        // A deployer that already has a turn comes first, so queueing behind it would only lose.
        var others = await OthersAsync([], cancellationToken);
        if (others.Where(other => other.At is not null).MinBy(other => other.At) is { } holder)
        {
            throw HeldBy(holder);
        }

        await WriteAsync(_claim with { At = _clock.GetUtcNow() }, cancellationToken);
    }

    private async Task AwaitTurnAsync(CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        var pause = AnnouncedPause;
        HashSet<string> later = new(StringComparer.Ordinal);
        while (true)
        {
            var others = await OthersAsync(later, cancellationToken);
            var first = others.Where(other => other.Precedes(_claim)).MinBy(other => other.At);
            var announced = others.FirstOrDefault(other => other.At is null);
            if (first is null && announced is null)
            {
                return;
            }

            var isPatient = _clock.GetElapsedTime(started) < AnnouncedPatience;
            if (first is not null || !isPatient)
            {
                throw HeldBy((first ?? announced)!);
            }

            // A deployer that has announced may still take an earlier turn than ours, which its second write shows. A
            // turn never changes, so later turns need not be read again.
            var turns = others.Where(other => other.At is not null);
            later.UnionWith(turns.Select(other => KeyOf(other)));
            await Task.Delay(pause, _clock, cancellationToken);
            pause = pause < MaxAnnouncedPause ? pause * 2 : pause;
        }
    }

    private string KeyOf(LeaseClaim claim) => ObjectKey.Lock(_prefix, _kind.KeyStart, claim.Id);

    private LeaseHeldException HeldBy(LeaseClaim other) =>
        new(other.By, $"{other.By} on {other.Host} {_kind.Doing} (lease until {GoTime.Format(other.Expires)})");

    /// <summary>Returns the unexpired claims of other deployers, except those known to come after ours.</summary>
    private async Task<LeaseClaim[]> OthersAsync(HashSet<string> later, CancellationToken cancellationToken)
    {
        var own = KeyOf(_claim);
        var keys = await _store.ListAsync(ObjectKey.Locks(_prefix, _kind.KeyStart), cancellationToken);
        if (keys.Count > MaxClaims)
        {
            throw new ObjectStoreException(
                ObjectStoreFault.Refused, $"{_store.Description} has more than {MaxClaims} lease objects {ObjectKey.Locks(_prefix, _kind.KeyStart)}*");
        }

        var unknown = keys.Where(key => key != own && !later.Contains(key));
        var read = await Task.WhenAll(unknown.Select(key => ReadAsync(key, cancellationToken)));
        return [.. read.OfType<LeaseClaim>()];
    }

    private async Task<LeaseClaim?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        LeaseClaim? claim;
        try
        {
            claim = await _store.GetAsync(key, cancellationToken) is { } read
                ? JsonSerializer.Deserialize(LenientJson.Repair(read.Bytes).Span, HistoryJsonContext.Default.LeaseClaim)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or ObjectStoreException { IsAboutContent: true })
        {
            // No deployer wrote this object, which would otherwise keep all of them away for ever.
            return null;
        }

        var now = _clock.GetUtcNow();
        if (claim is not { Id: not null, By: not null })
        {
            return null;
        }

        if (claim.Expires < now - Lifetime)
        {
            await _store.DeleteAsync(key, cancellationToken);
        }

        return claim.Expires <= now ? null : claim;
    }

    private async Task WriteAsync(LeaseClaim claim, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(claim, HistoryJsonContext.Default.LeaseClaim);
        await _store.PutAsync(KeyOf(claim), bytes, PutCondition.None, cancellationToken);

        // Set only after the write, because what other deployers see is decisive.
        _claim = claim;
    }

    private async Task RenewAsync()
    {
        try
        {
            do
            {
                await Task.Delay(RenewalInterval, _clock, _released.Token);
            }
            while (await TryRenewAsync());
        }
        catch (OperationCanceledException)
        {
            // The lease has been released.
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var now = _clock.GetUtcNow();
        if (now >= _claim.Expires)
        {
            // Too late, for example after the machine was suspended: another deployer may hold the lease.
            return false;
        }

        try
        {
            // The release does not cancel this write: an abandoned write could arrive after the claim was deleted.
            await WriteAsync(_claim with { Expires = now + Lifetime }, CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // The next interval tries again, as long as the lease lasts.
        }

        return true;
    }
}
