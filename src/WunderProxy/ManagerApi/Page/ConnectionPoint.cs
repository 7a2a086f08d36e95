namespace WunderProxy.ManagerApi.Page;

/// <summary>The connections and requests at the end of one step of the time axis.</summary>
/// <param name="At">End of the step.</param>
/// <param name="Connections">Number of client connections.</param>
/// <param name="InFlight">Number of requests and tunnels in flight.</param>
internal readonly record struct ConnectionPoint(DateTimeOffset At, long Connections, long InFlight);
