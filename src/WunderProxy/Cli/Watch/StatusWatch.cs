namespace WunderProxy.Cli.Watch;

/// <summary>Shows pages on a terminal and reads them anew every second, until a person has seen enough.</summary>
/// <param name="ask">Reads the pages.</param>
/// <param name="clock">Measures the pauses.</param>
internal sealed class StatusWatch(Func<CancellationToken, Task<IReadOnlyList<WatchPage>>> ask, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A key takes effect within this time.
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until <c>q</c>, or until cancelled.</summary>
    public async Task RunAsync(WatchTerminal terminal, CancellationToken cancellationToken)
    {
        var view = new WatchView();
        try
        {
            while (!view.IsDone)
            {
                var pages = await ask(cancellationToken);
                var start = clock.GetTimestamp();
                terminal.Show(view.Frame(pages, WatchTerminal.Height));
                while (!view.IsDone && clock.GetElapsedTime(start) < Interval)
                {
                    await Task.Delay(KeyInterval, clock, cancellationToken);
                    if (ObeyKeys(view, terminal))
                    {
                        terminal.Show(view.Frame(pages, WatchTerminal.Height));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A person has seen enough.
        }
    }

    private static bool ObeyKeys(WatchView view, WatchTerminal terminal)
    {
        var hasKeys = false;
        while (terminal.TryReadKey() is { } key)
        {
            view.OnKey(key);
            hasKeys = true;
        }

        return hasKeys;
    }
}
