using WunderProxy.Deployments.Acme.Protocol;

namespace WunderProxy.Deployments.Acme;

/// <summary>Computes when certificates are renewed and failures tried again.</summary>
internal static class RenewalTimes
{
    /// <summary>Longest pause that is granted to a server that asks for one.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromDays(7);

    /// <summary>Life of a certificate below which half of it passes before the renewal, not two thirds.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromDays(10);

    private static readonly TimeSpan FirstFailurePause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPauseOfAll = TimeSpan.FromHours(12);

    /// <summary>Shortest time between two orders that the server's advice alone causes.</summary>
    private static readonly TimeSpan AdvisedOrderInterval = TimeSpan.FromHours(6);

    /// <summary>Part of the life after which a certificate is renewed even if the server advises to wait.</summary>
    private const double LatestShare = 0.8;

    /// <summary>Part of the life over which the renewals of a fleet are spread, before the time due.</summary>
    private const double Spread = 0.03;

    /// <summary>
    /// Returns when a certificate is renewed without advice of the server: after two thirds of its life, after half of a
    /// life below 10 days, and up to 3% of the life earlier by chance.
    /// </summary>
    /// <param name="notBefore">Start of the validity.</param>
    /// <param name="notAfter">End of the validity.</param>
    /// <param name="chance">A number from 0 to 1 that stays the same for a certificate.</param>
    public static DateTimeOffset ByLife(DateTimeOffset notBefore, DateTimeOffset notAfter, double chance)
    {
        var life = notAfter - notBefore;
        var share = life < ShortLife ? 1.0 / 2 : 2.0 / 3;
        return notBefore + (life * (share - (Spread * chance)));
    }

    /// <summary>
    /// Returns a time in the period that the server suggests (RFC 9773 section 4.2), or null if the suggestion makes no
    /// sense.
    /// </summary>
    public static DateTimeOffset? BySuggestion(RenewalInfo info, double chance) =>
        info.SuggestedWindow is { } window && window.End > window.Start
            ? window.Start + ((window.End - window.Start) * chance)
            : null;

    /// <summary>
    /// Returns the latest time at which a certificate is renewed, whatever the server advises: after four fifths of its life,
    /// so that orders which fail at first can be repeated before its end.
    /// </summary>
    /// <param name="notBefore">Start of the validity.</param>
    /// <param name="notAfter">End of the validity.</param>
    public static DateTimeOffset Latest(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        notBefore + ((notAfter - notBefore) * LatestShare);

    /// <summary>
    /// Returns when a certificate is renewed by the server's advice. A server that always says "now" orders at most once in
    /// 6 hours, whichever instance asks, unless the certificate's life demands more.
    /// </summary>
    /// <param name="advised">The time chosen from the server's suggestion.</param>
    /// <param name="byLife">When the certificate is renewed without advice.</param>
    /// <param name="orderedAt">When the certificate was ordered, or the start of its validity if another process ordered it.</param>
    public static DateTimeOffset ByAdvice(DateTimeOffset advised, DateTimeOffset byLife, DateTimeOffset orderedAt)
    {
        var earliest = orderedAt + AdvisedOrderInterval;
        earliest = earliest < byLife ? earliest : byLife;
        return advised < earliest ? earliest : advised;
    }

    /// <summary>
    /// Returns the longest pause after failures that a certificate leaves: half of the rest of its life, so that there are
    /// more tries before its end. For a certificate that has expired, half of its whole life: where certificates last for
    /// hours, orders of every few hours are expected.
    /// </summary>
    /// <param name="notBefore">Start of the validity.</param>
    /// <param name="notAfter">End of the validity.</param>
    /// <param name="now">The present time.</param>
    public static TimeSpan LongestFailurePause(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now) =>
        (notAfter > now ? notAfter - now : notAfter - notBefore) / 2;

    /// <summary>
    /// Returns the pause after a number of failures: from 1 min, doubled up to 12 h, each chosen from its upper half, and
    /// never less than the server asks for.
    /// </summary>
    /// <param name="failures">Number of failures since the last success, from 1.</param>
    /// <param name="retryAfter">How long the server asks to be left alone; null if it does not say.</param>
    /// <param name="chance">A number from 0 to 1, chosen anew for each pause.</param>
    /// <param name="longest">Longest pause that the certificate in use leaves; a minute is always waited.</param>
    public static TimeSpan AfterFailure(int failures, TimeSpan? retryAfter, double chance, TimeSpan longest)
    {
        longest = longest < LongestPauseOfAll ? longest : LongestPauseOfAll;
        var doubled = FirstFailurePause * Math.Pow(2, Math.Min(failures - 1, 20));
        var pause = (doubled < longest ? doubled : longest) * ((1 + chance) / 2);
        pause = pause < FirstFailurePause ? FirstFailurePause : pause;
        return retryAfter > pause ? retryAfter.Value : pause;
    }
}
