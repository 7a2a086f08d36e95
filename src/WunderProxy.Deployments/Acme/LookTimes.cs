namespace WunderProxy.Deployments.Acme;

/// <summary>Computes when the keeper looks at a host again.</summary>
internal static class LookTimes
{
    /// <summary>Longest time between two looks into the store while all is well.</summary>
    public static readonly TimeSpan SharedLookInterval = TimeSpan.FromHours(1);

    private static readonly TimeSpan OtherOrderPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SavePause = TimeSpan.FromMinutes(1);

    /// <summary>Returns the next look at a host of which nothing is due now.</summary>
    /// <param name="host">The host.</param>
    /// <param name="now">The present time.</param>
    /// <param name="hasStore">Whether other instances may put certificates into a store.</param>
    public static DateTimeOffset Next(ManagedHost host, DateTimeOffset now, bool hasStore)
    {
        var next = host.RenewAt < host.NextAdvice ? host.RenewAt : host.NextAdvice;
        var look = now + WithChance(SharedLookInterval);
        next = hasStore && look < next ? look : next;
        return !host.IsSaved && now + SavePause < next ? now + SavePause : next;
    }

    /// <summary>
    /// Returns the next look at a host that must not be ordered yet. Another instance may succeed meanwhile, and a host
    /// without a certificate is down.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="now">The present time.</param>
    /// <param name="isSharing">Whether the certificates of other instances are taken over.</param>
    public static DateTimeOffset InPause(ManagedHost host, DateTimeOffset now, bool isSharing)
    {
        var isServed = host.Certificate is { } certificate && certificate.NotAfter > now;
        var look = now + WithChance(isServed ? SharedLookInterval : 2 * OtherOrderPause);
        return isSharing && look < host.NextOrder ? look : host.NextOrder;
    }

    /// <summary>Returns the next look at a host while another instance orders: its certificate will be in the store.</summary>
    public static DateTimeOffset AfterOtherOrder(DateTimeOffset now) =>
        now + (OtherOrderPause * (1 + Random.Shared.NextDouble()));

    /// <summary>Chooses from the upper half of an interval, so that the instances of a fleet do not all ask at once.</summary>
    private static TimeSpan WithChance(TimeSpan interval) => interval * (0.5 + (Random.Shared.NextDouble() / 2));
}
