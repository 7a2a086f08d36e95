using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Switching;

/// <summary>
/// Decides from statistics whether a new upstream is clearly worse than the previous one. Pure functions, which return
/// the evidence.
/// </summary>
internal static class GuardVerdict
{
    /// <summary>Fewest errors that prove anything.</summary>
    private const int MinErrors = 5;

    /// <summary>Least difference of the error rates: one request in fifty.</summary>
    private const double MinShareDifference = 0.02;

    /// <summary>
    /// Least difference of the error rates in standard errors; chance alone exceeds this once in a thousand.
    /// </summary>
    private const double MinDeviations = 3;

    /// <summary>Fewest exchanges whose median says anything.</summary>
    private const int MinRequestsForMedian = 20;

    /// <summary>Fewest exchanges whose slowest twentieth says anything.</summary>
    private const int MinRequestsForTail = 100;

    /// <summary>Least factor by which the new upstream must be slower, in addition to the delays below.</summary>
    private const double MinSlowdown = 2.5;

    /// <summary>Least difference of the medians in seconds; a smaller one is noise of the machine.</summary>
    private const double MinMedianDelaySeconds = 0.01;

    /// <summary>
    /// Least difference of the slowest twentieths in seconds; a smaller one may come from a pause of the machine.
    /// </summary>
    private const double MinTailDelaySeconds = 0.05;

    /// <summary>Returns the evidence if errors are clearly more frequent; else null.</summary>
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

    /// <summary>Whether a span of traffic has enough exchanges to compare durations.</summary>
    public static bool IsEnoughForTimes(TrafficReport stretch) => stretch.Requests >= MinRequestsForMedian;

    /// <summary>Returns the evidence if the new upstream is clearly slower; else null.</summary>
    /// <remarks>
    /// The slowest twentieth shows what delays some requests. Where few large bodies make it up, it hides that all
    /// other requests became slower, so the median is compared too.
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
