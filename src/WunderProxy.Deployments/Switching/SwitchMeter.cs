using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Switching;

/// <summary>Measures what a switch takes out of service and what it brings into service, for the event of the switch.</summary>
internal sealed class SwitchMeter(Application application)
{
    /// <summary>Returns what is known of both at present; null if nothing is.</summary>
    /// <param name="next">The deployment that begins to serve.</param>
    /// <param name="previous">The deployment that stops serving; null if there is none.</param>
    /// <param name="record">The local record as it is before the switch.</param>
    public SwitchMeasurement? Measure(Deployment next, Deployment? previous, LifecycleRecord record)
    {
        var before = previous is null ? null : OfService(previous, record);
        var after = application.Measurements.Of(next.Hash.Value)?.StartSeconds is { } seconds
            ? new MeasuredStart(next.Hash.Value, seconds)
            : null;
        return new SwitchMeasurement(before, after).Plausible();
    }

    private MeasuredService OfService(Deployment previous, LifecycleRecord record)
    {
        var served = new MeasuredService(previous.Hash.Value)
        {
            ServedSeconds = record.Container == previous.Replica.Id.Value && record.Since > default(DateTimeOffset)
                ? SecondsSince(record.Since)
                : null,
        };
        if (previous.Target is not { } target || application.Meter?.Measure(target) is not { } report)
        {
            return served;
        }

        var traffic = TrafficSummary.Of(report);
        return served with
        {
            CountedSeconds = report.CountedFrom is { } from ? SecondsSince(from) : served.ServedSeconds ?? 0,
            Requests = traffic.Requests,
            ErrorShare = traffic.ErrorShare,
            GatewayErrors = traffic.GatewayErrors,
            P50 = traffic.P50,
            P99 = traffic.P99,
        };
    }

    /// <summary>Returns the seconds since a time of the wall clock, which may have been set back meanwhile.</summary>
    private double SecondsSince(DateTimeOffset time) =>
        Math.Round(Math.Max(0, (application.Clock.GetUtcNow() - time).TotalSeconds), 3);
}
