using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Applications;

/// <summary>Writes events; they are durable on this machine at once, and nothing fails or waits long because of them.</summary>
internal sealed class EventRecorder(LifecycleContext context)
{
    /// <summary>A caller waits this long for the store to have its event; while the store is away, not at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>An event of now, on this machine.</summary>
    public DeploymentEvent Create(string type, string by) =>
        new(type, context.Clock.GetUtcNow(), by, Environment.MachineName);

    /// <summary>Records an event; never throws, since what the event tells of has happened.</summary>
    public async Task RecordAsync(DeploymentEvent recorded)
    {
        try
        {
            // The local copy is written before the first await inside.
            context.Faults.Hit("event-before");
            var isAway = context.Notices.Store.IsOpen;
            var writing = WriteAsync(recorded with { Reason = SecretMask.Empty.Apply(recorded.Reason) });
            if (!isAway)
            {
                await Task.WhenAny(writing, Task.Delay(Patience, context.Clock, CancellationToken.None));
            }

            context.Faults.Hit("event-after");
        }
        catch (Exception fault)
        {
            DeploymentLog.EventLost(context.Log, recorded.Type, AfterSwitch.Describe(fault));
        }
    }

    private async Task WriteAsync(DeploymentEvent recorded)
    {
        try
        {
            if (await context.Events.RecordAsync(recorded, CancellationToken.None))
            {
                context.Notices.StoreWritten();
            }
            else if (!context.Notices.IsReadOnly)
            {
                context.Notices.Store.OpenUnlessOpen("events wait on this machine until the store answers");
            }
        }
        catch (Exception fault)
        {
            DeploymentLog.EventLost(context.Log, recorded.Type, AfterSwitch.Describe(fault));
        }
    }
}
