using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Operations;

/// <summary>Merges what the machines of a fleet measured of launch configs, as the events of their switches tell it.</summary>
/// <param name="events">The events, in ascending order of time.</param>
public sealed class FleetMeasurements(IReadOnlyList<DeploymentEvent> events)
{
    /// <summary>
    /// Fewest requests of a machine whose response times count, unless no machine has more: one slow request says nothing
    /// about a machine.
    /// </summary>
    private const int MinRequests = 20;

    /// <summary>Most characters of a machine's name; others may write events.</summary>
    private const int MaxHost = 64;

    /// <summary>Longest wait for the events in the store, of which a later reading then finds more.</summary>
    public static TimeSpan EventPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A note for callers about the measurements: empty, or that some may be missing.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Reads the newest events of all machines. If the store fails or takes too long, a note says so.</summary>
    public static async Task<FleetMeasurements> ReadAsync(
        EventReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (events, isWhole) = await reader.ReadWithinAsync(EventPatience, clock, cancellationToken);
        return new FleetMeasurements(events)
        {
            Notes = isWhole ? [] : ["the events in the store could not all be read: measurements may be missing"],
        };
    }

    /// <summary>Returns what was measured of a launch config: of each machine what it measured last.</summary>
    /// <param name="hash">SHA-256 hash of the launch config.</param>
    /// <param name="own">What this machine knows without its events, which goes before them; null for nothing.</param>
    /// <param name="ownHost">Name of this machine.</param>
    /// <returns>What was measured; null if nothing was.</returns>
    public Measured? Of(string hash, Measured? own = null, string ownHost = "")
    {
        Dictionary<string, Measured> machines = new(StringComparer.Ordinal);
        foreach (var happened in events)
        {
            if (happened.Measured?.Before is { } served && served.Hash == hash)
            {
                machines[happened.Host] = Find(happened.Host) with
                {
                    Traffic = TrafficOf(served),
                    ServedSeconds = served.ServedSeconds,
                };
            }

            if (happened.Measured?.After is { } started && started.Hash == hash)
            {
                machines[happened.Host] = Find(happened.Host) with { StartSeconds = started.StartSeconds };
            }
        }

        if (own is not null)
        {
            var told = Find(ownHost);
            machines[ownHost] = own with
            {
                StartSeconds = own.StartSeconds ?? told.StartSeconds,
                Traffic = own.Traffic ?? told.Traffic,
                ServedSeconds = own.ServedSeconds ?? told.ServedSeconds,
            };
        }

        return machines.Count == 0 ? null : Merge(hash, machines);

        Measured Find(string host) => machines.GetValueOrDefault(host) ?? new Measured(hash, null, null);
    }

    private static TrafficSummary? TrafficOf(MeasuredService served) => served.CountedSeconds is null
        ? null
        : new TrafficSummary(served.Requests, served.ErrorShare, served.GatewayErrors, served.P50, served.P99);

    private static Measured Merge(string hash, Dictionary<string, Measured> machines)
    {
        var busy = machines.Where(machine => machine.Value.Traffic is { Requests: > 0 }).ToArray();
        var counted = busy.Where(machine => machine.Value.Traffic!.Requests >= MinRequests).ToArray();
        var timed = counted.Length > 0 ? counted : busy;
        return new Measured(hash, machines.Values.Max(machine => machine.StartSeconds), Sum(busy, timed))
        {
            ServedSeconds = machines.Values.Max(machine => machine.ServedSeconds),
            Machines = machines.Count,
            SlowestHost = busy.Length > 1 ? SlowestOf(timed) : null,
        };
    }

    private static string SlowestOf(KeyValuePair<string, Measured>[] timed)
    {
        var host = timed.MaxBy(machine => machine.Value.Traffic!.P99).Key;
        return host[..Math.Min(host.Length, MaxHost)];
    }

    private static TrafficSummary? Sum(KeyValuePair<string, Measured>[] busy, KeyValuePair<string, Measured>[] timed)
    {
        if (busy.Length == 0)
        {
            return null;
        }

        var requests = busy.Sum(machine => machine.Value.Traffic!.Requests);
        return new TrafficSummary(
            requests,
            Math.Round(busy.Sum(machine => machine.Value.Traffic!.ErrorShare * machine.Value.Traffic.Requests) / requests, 6),
            busy.Sum(machine => machine.Value.Traffic!.GatewayErrors),
            timed.Max(machine => machine.Value.Traffic!.P50),
            timed.Max(machine => machine.Value.Traffic!.P99));
    }
}
