using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Switching;

/// <summary>Judges whether a new upstream is clearly worse than the one before. Pure: numbers in, evidence out.</summary>
internal static class GuardVerdict
{
    /// <summary>Fewer errors than these prove nothing.</summary>
    private const int MinErrors = 5;

    /// <summary>The share of errors must be this much higher: one in fifty.</summary>
    private const double MinShareDifference = 0.02;

    /// <summary>And that by so many standard errors: chance does it once in a thousand.</summary>
    private const double MinDeviations = 3;

    /// <summary>The middle of fewer exchanges is noise.</summary>
    private const int MinRequestsForMedian = 20;

    /// <summary>The slowest twentieth of fewer exchanges is noise.</summary>
    private const int MinRequestsForTail = 100;

    /// <summary>Slower by this factor…</summary>
    private const double MinSlowdown = 2.5;

    /// <summary>…and the middle by this many seconds: less is the machine's noise.</summary>
    private const double MinMedianDelaySeconds = 0.01;

    /// <summary>…or the slowest twentieth by these, which a pause of the machine makes of any request.</summary>
    private const double MinTailDelaySeconds = 0.05;

    /// <summary>The evidence when the errors are clearly more; null when not.</summary>
    public static string? FindErrors(TrafficReport before, TrafficReport now)
    {
        if (now.ServerErrors < MinErrors)
        {
            return null;
        }

        var expected = before.Requests == 0 ? 0 : (double)before.ServerErrors / before.Requests;
        var share = (double)now.ServerErrors / now.Requests;
        var spread = Math.Max(expected, 1.0 / now.Requests);
        var deviation = Math.Sqrt(spread * (1 - Math.Min(spread, 0.99)) / now.Requests);
        return share - expected >= MinShareDifference && share - expected >= MinDeviations * deviation
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{share:P1} of {now.Requests} requests answered 5xx ({now.GatewayErrors} by the proxy), before {expected:P1}")
            : null;
    }

    /// <summary>Whether a stretch of traffic has so many exchanges that its times say something.</summary>
    public static bool IsEnoughForTimes(TrafficReport stretch) => stretch.Requests >= MinRequestsForMedian;

    /// <summary>The evidence when it is clearly slower; null when not.</summary>
    /// <remarks>
    /// The slowest twentieth shows what hits some requests; where few big bodies make it up it hides that every other
    /// request became slower, so the middle is looked at as well.
    /// </remarks>
    public static string? FindSlowness(TrafficReport before, TrafficReport now)
    {
        var requests = Math.Min(before.Requests, now.Requests);
        return (requests >= MinRequestsForTail ? Compare(before, now, 0.95, MinTailDelaySeconds) : null)
            ?? (requests >= MinRequestsForMedian ? Compare(before, now, 0.5, MinMedianDelaySeconds) : null);
    }

    private static string? Compare(TrafficReport before, TrafficReport now, double share, double minDelaySeconds)
    {
        var (expected, seconds) = (before.Quantile(share), now.Quantile(share));
        return seconds >= expected * MinSlowdown && seconds - expected >= minDelaySeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{share * 100:0}% of {now.Requests} requests took up to {seconds * 1000:0} ms, before {expected * 1000:0} ms")
            : null;
    }
}
