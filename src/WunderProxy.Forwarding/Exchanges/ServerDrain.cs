using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Ends all client connections of a server that shuts down.</summary>
internal sealed class ServerDrain(LoopContext[] contexts, ForwarderSettings settings, ConnectionLimit limit)
{
    // Coarse, because nobody waits for the last millisecond of a shutdown.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs some work on each loop and waits until all have done it.</summary>
    public static async Task OnEachLoopAsync(IEnumerable<LoopContext> contexts, Action<LoopContext> work)
    {
        foreach (var context in contexts)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            context.Loop.Post(
                _ =>
                {
                    work(context);
                    done.TrySetResult();
                },
                null);
            await done.Task;
        }
    }

    /// <summary>Waits until all connections have ended; those that remain at the deadlines are cut off.</summary>
    public async Task RunAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken)
    {
        var last = exchanges > upgraded ? exchanges : upgraded;
        var start = settings.Clock.GetTimestamp();

        // Draining the upstream handles kinds, spreading and WebSocket endings; this code only closes idle connections.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var slots = settings.Routes.Applications.Select(application => application.Slot);
        slots = settings.Peers is { } peers ? slots.Append(peers.Slot) : slots;
        var upstreams = slots.Select(slot => slot.Current).OfType<Upstream>();
        Task drains = Task.WhenAll(upstreams.Select(upstream => upstream.DrainAsync(exchanges, upgraded, stopping.Token)));
        while (limit.Open > 0 && settings.Clock.GetElapsedTime(start) < last)
        {
            await OnEachLoopAsync(contexts, static context => context.Connections.CloseIdle());
            if (settings.Clock.GetElapsedTime(start) >= exchanges)
            {
                await OnEachLoopAsync(contexts, static context => context.Connections.EndWithoutUpstream());
            }

            await Task.Delay(LookInterval, settings.Clock, cancellationToken);
        }

        await OnEachLoopAsync(contexts, static context => context.Connections.AbortAll());
        await stopping.CancelAsync();
        await drains.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
