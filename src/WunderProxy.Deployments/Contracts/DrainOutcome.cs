namespace WunderProxy.Deployments.Contracts;

/// <summary>How the drain of an earlier revision goes, or went.</summary>
/// <param name="State">One of the constants of this type.</param>
/// <param name="InFlight">Exchanges and tunnels in flight when the drain began.</param>
/// <param name="CutOff">Exchanges and tunnels that were closed at the deadline.</param>
/// <param name="Seconds">Duration of the drain in seconds; null while it goes on.</param>
public sealed record DrainOutcome(string State, int InFlight, int CutOff = 0, double? Seconds = null)
{
    /// <summary>Exchanges are still in flight.</summary>
    public const string Draining = "draining";

    /// <summary>All exchanges ended by themselves.</summary>
    public const string Ended = "ended";

    /// <summary>The deadline passed, and what was left was closed.</summary>
    public const string CutShort = "cut_off";

    /// <summary>The revision was wanted again, or the manager ended, before the drain did.</summary>
    public const string Abandoned = "abandoned";
}
