using System.Text.Json;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The right to deploy where the store has no conditional writes. Lamport's bakery over objects: announce a claim,
/// give up when somebody has a turn, else take one, and go on only when nobody who announced took an earlier one.
/// Needs a store whose listing shows a finished write, and clocks that agree to a few seconds.
/// </summary>
internal sealed class DeployerLease : IAsyncDisposable
{
    /// <summary>So many deployers at once are none; each claim costs a read.</summary>
    private const int MaxClaims = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnnouncedPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnnouncedPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxAnnouncedPause = TimeSpan.FromMilliseconds(500);

    private readonly IObjectStore _store;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _released = new();
    private Task _renewal = Task.CompletedTask;
    private LeaseClaim _claim;

    private DeployerLease(IObjectStore store, string prefix, LeaseClaim claim, TimeProvider time) =>
        (_store, _prefix, _claim, _time) = (store, prefix, claim, time);

    /// <summary>Takes the lease, or fails when another deployer has it.</summary>
    /// <exception cref="LeaseHeldException">Another deployer has it.</exception>
    public static async Task<DeployerLease> TakeAsync(
        IObjectStore store, string prefix, string by, TimeProvider time, CancellationToken cancellationToken)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var claim = new LeaseClaim(DeploymentIntent.NewId(), LenientJson.WellFormed(by), Environment.MachineName, At: null, expires);
        var lease = new DeployerLease(store, prefix, claim, time);
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

    /// <summary>To be called before each write: a lease that could not be renewed is somebody else's by now.</summary>
    /// <exception cref="LeaseHeldException">It has expired.</exception>
    public void ThrowIfLost()
    {
        if (_time.GetUtcNow() >= _claim.Expires)
        {
            throw new LeaseHeldException(
                "another deployer", "the lease of this deployment has expired; nothing was written");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        _released.Dispose();
        try
        {
            await _store.DeleteAsync(ObjectKey.Lock(_prefix, _claim.Id), CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // The store is away: the claim expires by itself.
        }
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        // Whoever has a turn already is before us: no need to queue up behind only to lose.
        var others = await OthersAsync([], cancellationToken);
        if (others.Where(other => other.At is not null).MinBy(other => other.At) is { } holder)
        {
            throw HeldBy(holder);
        }

        await WriteAsync(_claim with { At = _time.GetUtcNow() }, cancellationToken);
    }

    private async Task AwaitTurnAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
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

            var isPatient = _time.GetElapsedTime(started) < AnnouncedPatience;
            if (first is not null || !isPatient)
            {
                throw HeldBy((first ?? announced)!);
            }

            // Somebody who announced may still take an earlier turn than ours: its second write tells. A turn that was
            // taken never changes, so that the later ones need not be read again.
            var turns = others.Where(other => other.At is not null);
            later.UnionWith(turns.Select(other => ObjectKey.Lock(_prefix, other.Id)));
            await Task.Delay(pause, _time, cancellationToken);
            pause = pause < MaxAnnouncedPause ? pause * 2 : pause;
        }
    }

    private static LeaseHeldException HeldBy(LeaseClaim other) =>
        new(other.By, $"{other.By} on {other.Host} is deploying (lease until {GoTime.Format(other.Expires)})");

    /// <summary>The unexpired claims of the others, but for those that are known to come after ours.</summary>
    private async Task<LeaseClaim[]> OthersAsync(HashSet<string> later, CancellationToken cancellationToken)
    {
        var own = ObjectKey.Lock(_prefix, _claim.Id);
        var keys = await _store.ListAsync(ObjectKey.Locks(_prefix), cancellationToken);
        if (keys.Count > MaxClaims)
        {
            throw new ObjectStoreException(
                ObjectStoreFault.Refused, $"{_store.Description} has more than {MaxClaims} lease objects {ObjectKey.Locks(_prefix)}*");
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
        catch (Exception e) when (e is JsonException or ObjectStoreException { IsAboutContent: true })
        {
            // No deployer wrote that, and it would keep all of them away for ever.
            return null;
        }

        var now = _time.GetUtcNow();
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
        await _store.PutAsync(ObjectKey.Lock(_prefix, claim.Id), bytes, PutCondition.None, cancellationToken);

        // Only now: what the others see is what counts.
        _claim = claim;
    }

    private async Task RenewAsync()
    {
        try
        {
            do
            {
                await Task.Delay(RenewalInterval, _time, _released.Token);
            }
            while (await TryRenewAsync());
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var now = _time.GetUtcNow();
        if (now >= _claim.Expires)
        {
            // Too late, as after a suspended machine: somebody else may hold it by now.
            return false;
        }

        try
        {
            // Not cancelled by the release: a write given up half-way might land after the claim was deleted.
            await WriteAsync(_claim with { Expires = now + Lifetime }, CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // Tried again at the next interval, while it lasts.
        }

        return true;
    }
}
