using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Operations;

/// <summary>
/// Cuts drains short. Not an operation of the gate: a drain in the way is ended while the next deploy runs, too.
/// </summary>
internal sealed class DrainEnder(Application application)
{
    /// <summary>Ends what is in flight on every draining deployment of a launch config, and records the event.</summary>
    /// <exception cref="DeploymentException">Nothing of that launch config drains.</exception>
    public async Task<DrainEndResult> EndAsync(LaunchConfigReference reference, string by, CancellationToken cancellationToken)
    {
        var began = application.Clock.GetTimestamp();
        var draining = application.Table.All
            .Where(deployment => deployment.State == DeploymentState.Draining && deployment.IsOf(reference))
            .ToArray();
        if (draining.Length == 0)
        {
            throw new DeploymentException(DeploymentError.NotFound, $"nothing of {reference.Brief} drains");
        }

        var ends = draining.Select(deployment => deployment.Drain).OfType<DrainHandle>().Select(drain => drain.Traffic.EndAsync());
        var cut = (await Task.WhenAll(ends).WaitAsync(cancellationToken)).Aggregate(default(DrainHolders), DrainHolders.Add);
        application.Statistics.CountCutOff(cut);
        await application.Events.RecordAsync(application.Events.Create(EventType.DrainEnd, by) with
        {
            Revision = draining[0].Revision,
            Hash = draining[0].Hash.Value,
            Reason = $"ended {cut.Exchanges} exchanges, {cut.EventStreams} event streams, "
                + $"{cut.LongResponses} long responses, {cut.Upgraded} tunnels",
        });
        return new DrainEndResult(
            draining[0].Hash.Value,
            draining[0].Revision,
            cut.Exchanges,
            cut.EventStreams,
            cut.LongResponses,
            cut.Upgraded,
            Math.Round(application.Clock.GetElapsedTime(began).TotalSeconds, 3));
    }
}
