namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Upper bounds of the buckets of exact histograms.</summary>
internal static class BucketBounds
{
    /// <summary>
    /// Durations in microseconds: the advice of OpenTelemetry for <c>http.server.request.duration</c>, and then 30 and 60
    /// seconds.
    /// </summary>
    public static long[] DurationMicroseconds { get; } =
    [
        5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 250_000, 500_000, 750_000,
        1_000_000, 2_500_000, 5_000_000, 7_500_000, 10_000_000, 30_000_000, 60_000_000,
    ];

    /// <summary>The same durations in ticks of 100 ns; made after the microseconds, because made of them.</summary>
    public static long[] DurationTicks { get; } = [.. DurationMicroseconds.Select(bound => bound * TimeSpan.TicksPerMicrosecond)];

    /// <summary>Time that the proxy adds to a request, in microseconds: 50 µs to 1 s.</summary>
    public static long[] OverheadMicroseconds { get; } =
    [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    ];

    /// <summary>Sizes of bodies in bytes: 1 KiB to 1 GiB, each four times the bound below it.</summary>
    public static long[] SizeBytes { get; } = [.. Enumerable.Range(5, 11).Select(power => 1L << (2 * power))];
}
