namespace WunderProxy.Deployments.Contracts;

/// <summary>The port through which the guard reads the data plane's statistics.</summary>
public interface ITrafficMeter
{
    /// <summary>Returns what a target has served since the switch to it; null if its statistics are gone.</summary>
    TrafficReport? Measure(TrafficTarget target);
}
