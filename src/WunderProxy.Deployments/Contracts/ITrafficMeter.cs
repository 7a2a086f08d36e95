namespace WunderProxy.Deployments.Contracts;

/// <summary>The seam to the data plane's statistics, for the guard.</summary>
public interface ITrafficMeter
{
    /// <summary>What a target has served since it was switched to; null when nothing is known of it any more.</summary>
    TrafficReport? Measure(TrafficTarget target);
}
