namespace WunderProxy.IntegrationTests.Faults;

/// <summary>How often a fault is tried: a few times in CI, often in the full form that <c>eng/chaos.sh</c> runs.</summary>
internal static class FaultRounds
{
    /// <summary>Whether this is the full form.</summary>
    public static bool AreFull => Environment.GetEnvironmentVariable("WUNDERPROXY_FAULT_ROUNDS") == "full";

    /// <summary>The number for the form that runs.</summary>
    public static int Of(int ci, int full) => AreFull ? full : ci;
}
