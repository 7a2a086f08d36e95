using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Statistics;

/// <summary>Counts launches, switches, probes and drains of one application since the process started.</summary>
/// <param name="clock">Measures how long the counts of a revision are kept.</param>
internal sealed class LifecycleStatistics(TimeProvider clock)
{
    /// <summary>The type of a switch that a guard made.</summary>
    public const string Guard = "guard";

    /// <summary>The result of a switch after which traffic goes to another container.</summary>
    public const string Switched = "switched";

    /// <summary>The result of a switch to the container that had the traffic already.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>The result of work that failed; traffic goes where it went.</summary>
    public const string Failed = "failed";

    /// <summary>The result of a launch that ended with a healthy container.</summary>
    public const string Ok = "ok";

    private const string Total = "total";

    /// <summary>Calls to the object store by operation and result.</summary>
    public DurationTally StoreCalls { get; } = new(DurationBounds.Calls);

    /// <summary>Durations of drains by how they ended.</summary>
    public DurationTally Drains { get; } = new(DurationBounds.Drains);

    /// <summary>Health checks by revision and reason.</summary>
    public ProbeStatistics Probes { get; } = new(clock);

    /// <summary>Launches by phase and result.</summary>
    public DurationTally Launches { get; } = new(DurationBounds.Launches);

    /// <summary>Switches of traffic by type and result.</summary>
    public EventTally Switches { get; } = new();

    /// <summary>Switches that a guard undid, by reason.</summary>
    public EventTally GuardRollbacks { get; } = new();

    /// <summary>Exchanges that drains cut off, by class.</summary>
    public EventTally CutOff { get; } = new();

    /// <summary>Counts a launch that started a container, or was to.</summary>
    /// <param name="phases">Durations of the phases; those of the same name are added up.</param>
    /// <param name="seconds">Duration of the whole launch in seconds.</param>
    /// <param name="result"><see cref="Ok"/> or <see cref="Failed"/>.</param>
    public void CountLaunch(IEnumerable<StepTime> phases, double seconds, string result)
    {
        foreach (var phase in phases.GroupBy(step => step.Step, StringComparer.Ordinal))
        {
            Launches.Count(phase.Key, result, TimeSpan.FromSeconds(phase.Sum(step => step.Seconds)));
        }

        Launches.Count(Total, result, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Counts what a drain, or a caller who ended it, cut off.</summary>
    public void CountCutOff(DrainHolders cut)
    {
        CutOff.Count("exchange", count: cut.Exchanges);
        CutOff.Count("event_stream", count: cut.EventStreams);
        CutOff.Count("long_response", count: cut.LongResponses);
        CutOff.Count("upgraded", count: cut.Upgraded);
    }
}
