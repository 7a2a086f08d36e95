using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>An earlier revision that finishes its requests.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Hash">SHA-256 hash of its launch config.</param>
/// <param name="Holds">What holds the drain, in words.</param>
/// <param name="Left">Time until the drain ends and cuts off all exchanges in flight; zero when there are none.</param>
/// <param name="Total">The whole time allowed.</param>
internal sealed record DrainRow(string Revision, string Hash, string Holds, TimeSpan Left, TimeSpan Total)
{
    /// <summary>Describes what holds a drain, and until when.</summary>
    public static DrainRow Of(DrainView drain)
    {
        var isLong = drain.EventStreams + drain.LongResponses + drain.Upgraded > 0;
        return new(
            drain.Revision,
            drain.Hash,
            HoldsOf(drain),
            TimeSpan.FromSeconds(drain.SecondsLeft),
            (isLong ? drain.UpgradedUntil : drain.ExchangesUntil) - drain.Since);
    }

    private static string HoldsOf(DrainView drain)
    {
        (int Count, string Noun)[] holders =
        [
            (drain.Exchanges, "request"), (drain.LongResponses, "long response"), (drain.EventStreams, "event stream"), (drain.Upgraded, "tunnel"),
        ];
        var words = holders.Where(holder => holder.Count > 0).Select(holder => Wording.Count(holder.Count, holder.Noun)).ToArray();
        return words.Length == 0 ? "holds nothing any more" : $"holds {string.Join(", ", words)}";
    }
}
