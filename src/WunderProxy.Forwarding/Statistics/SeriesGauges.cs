namespace WunderProxy.Forwarding.Statistics;

/// <summary>What was in flight and what waited: at the end of a point, and at most.</summary>
internal readonly record struct SeriesGauges(int InFlight, int InFlightMax, int Waiting, int WaitingMax)
{
    /// <summary>Returns the gauges of one moment.</summary>
    public static SeriesGauges Of(int inFlight, int waiting) => new(inFlight, inFlight, waiting, waiting);

    /// <summary>Returns the gauges of a time that ends with <paramref name="later"/>.</summary>
    public SeriesGauges Then(SeriesGauges later) => new(
        later.InFlight,
        Math.Max(InFlightMax, later.InFlightMax),
        later.Waiting,
        Math.Max(WaitingMax, later.WaitingMax));
}
