using System.Globalization;

namespace WunderProxy.Sample;

/// <summary>What the environment says about how this application behaves.</summary>
/// <param name="Port">PORT, where it listens; 9292 when absent.</param>
/// <param name="Revision">REVISION, shown on the page and in the header X-Revision.</param>
/// <param name="StartDelay">START_DELAY in seconds: the time before it listens.</param>
/// <param name="InitialHealth">HEALTH: the status that /up answers until it is switched; 200 when absent.</param>
/// <param name="ExitAtStart">EXIT_AT_START: end at once with this code.</param>
/// <param name="ExitAfter">EXIT_AFTER in seconds: end with code 1 so long after the first request, /up apart.</param>
/// <param name="FailPercent">FAIL_PERCENT: this share of the requests, /up apart, is answered 500.</param>
/// <param name="Slowness">SLOW_MS: every request, /up apart, waits so long.</param>
internal sealed record SampleSettings(
    int Port,
    string Revision,
    TimeSpan StartDelay,
    int InitialHealth,
    int? ExitAtStart,
    TimeSpan? ExitAfter,
    int FailPercent,
    TimeSpan Slowness)
{
    public static SampleSettings FromEnvironment() => new(
        Number("PORT") ?? 9292,
        Environment.GetEnvironmentVariable("REVISION") ?? "dev",
        TimeSpan.FromSeconds(Number("START_DELAY") ?? 0),
        Number("HEALTH") ?? 200,
        Number("EXIT_AT_START"),
        Number("EXIT_AFTER") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Number("FAIL_PERCENT") ?? 0,
        TimeSpan.FromMilliseconds(Number("SLOW_MS") ?? 0));

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
