using System.Globalization;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Judges whether a new upstream is clearly worse than the one before. Pure: numbers in, evidence out.</summary>
internal static class GuardVerdict
{
    /// <summary>Fewer errors than these prove nothing.</summary>
    private const int MinErrors = 5;

    /// <summary>The share of errors must be this much higher: one in fifty.</summary>
    private const double MinShareDifference = 0.02;

    /// <summary>And that by so many standard errors: chance does it once in a thousand.</summary>
    private const double MinDeviations = 3;

    /// <summary>Quantiles of fewer exchanges are noise.</summary>
    private const int MinRequestsForTimes = 100;

    /// <summary>Slower by this factor…</summary>
    private const double MinSlowdown = 2.5;

    /// <summary>…and by this many seconds: less is the machine's noise.</summary>
    private const double MinDelaySeconds = 0.01;

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

    /// <summary>The evidence when it is clearly slower; null when not.</summary>
    public static string? FindSlowness(TrafficReport before, TrafficReport now)
    {
        var isEnough = before.Requests >= MinRequestsForTimes && now.Requests >= MinRequestsForTimes;
        return isEnough && now.P95Seconds >= before.P95Seconds * MinSlowdown
            && now.P95Seconds - before.P95Seconds >= MinDelaySeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"95% of {now.Requests} requests took up to {now.P95Seconds * 1000:0} ms, before {before.P95Seconds * 1000:0} ms")
            : null;
    }
}
