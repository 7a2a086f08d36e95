using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Collects what the page shows, from memory: neither engine nor store delays a page.</summary>
/// <param name="status">Reads the state of both planes, and the series.</param>
/// <param name="lifecycle">The containers; null for <c>forward</c>.</param>
/// <param name="events">Returns the events of this process, oldest first.</param>
/// <param name="clock">Clock of ages and of the time axis.</param>
internal sealed class PageReader(
    StatusReader status, IContainerLifecycle? lifecycle, Func<IReadOnlyList<EventView>> events, TimeProvider clock)
{
    private readonly HistoryCache? _history = lifecycle is null ? null : new HistoryCache(lifecycle, clock);

    /// <summary>Whether the manager API has a token that the page can ask for.</summary>
    public bool HasToken { get; init; }

    /// <summary>Whether two launch configs can be compared.</summary>
    public bool HasDiff { get; set; }

    /// <summary>
    /// Returns the page's content at present; waits a moment for the store if the history has never been read.
    /// </summary>
    public async ValueTask<PageModel> ReadAsync(PageWindow window, PageRights rights)
    {
        var facts = status.Read();
        if (_history is not null)
        {
            await _history.WaitAsync(facts.Lifecycle.Current?.Hash.Value);
        }

        return Read(rights == PageRights.Stranger ? facts.ForStrangers() : facts, window, rights);
    }

    /// <summary>Returns the page's content, without waiting.</summary>
    /// <param name="facts">The present state, reduced to what the reader may see.</param>
    /// <param name="window">The window of the charts.</param>
    /// <param name="rights">What the reader may see and do.</param>
    public PageModel Read(StatusFacts facts, PageWindow window, PageRights rights)
    {
        var now = clock.GetUtcNow();
        var recent = events();
        var past = _history?.Read(facts.Lifecycle.Current?.Hash.Value)?.With(recent);
        var containers = lifecycle?.Containers ?? [];
        var series = status.ReadSeries(window);
        return new PageModel(now, window, facts, rights)
        {
            HasToken = HasToken,
            HasDiff = HasDiff,
            HasContainers = lifecycle is not null,
            Containers = rights == PageRights.Stranger ? [.. containers.Select(container => container.ForAnybody())] : containers,
            Series = series.Revisions,
            Connections = series.Connections,
            Rates = series.Rates,
            Recent = series.Recent,
            Marks = PageMarks.Of(recent, past?.Entries, facts.Lifecycle.Guard, now - window.Span, now, rights),
            History = past is null ? null : HistoryRows.Of(past, containers, now, rights),
            Drains = [.. facts.Lifecycle.Draining.Select(DrainRow.Of)],
        };
    }
}
