using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Everything that the page shows at one moment; sections read it and nothing else.</summary>
/// <param name="Now">The moment.</param>
/// <param name="Window">The window that the charts show.</param>
/// <param name="Facts">The state of both planes, reduced to what the reader may see.</param>
/// <param name="Rights">What the reader may see and do.</param>
internal sealed record PageModel(DateTimeOffset Now, PageWindow Window, StatusFacts Facts, PageRights Rights)
{
    private static readonly Html Hidden = Html.Of($"<span class=dim>hidden</span>");

    private (StatusFacts Facts, StatusDocument Document)? _status;

    /// <summary>The same facts as <c>/status</c> tells them.</summary>
    public StatusDocument Status
    {
        get
        {
            // A copy of the record may have other facts.
            if (!ReferenceEquals(_status?.Facts, Facts))
            {
                _status = (Facts, Facts.ToDocument());
            }

            return _status!.Value.Document;
        }
    }

    /// <summary>Whether the API has a token, without which nothing can be changed from a browser.</summary>
    public bool HasToken { get; init; }

    /// <summary>Whether containers are managed; false for <c>forward</c>.</summary>
    public bool HasContainers { get; init; }

    /// <summary>Whether two launch configs can be compared.</summary>
    public bool HasDiff { get; init; }

    /// <summary>Containers of the application.</summary>
    public IReadOnlyList<ContainerView> Containers { get; init; } = [];

    /// <summary>What each revision served, the current one first.</summary>
    public IReadOnlyList<RevisionSeries> Series { get; init; } = [];

    /// <summary>What was served in the last minute.</summary>
    public RecentTraffic Recent { get; init; } = new(0, null, null, null);

    /// <summary>Requests per second of the application over time, whatever served them.</summary>
    public IReadOnlyList<(DateTimeOffset At, double PerSecond)> Rates { get; init; } = [];

    /// <summary>Open connections and exchanges in flight over the time of the window.</summary>
    public IReadOnlyList<ConnectionPoint> Connections { get; init; } = [];

    /// <summary>Switches, rollbacks and verdicts within the window, oldest first.</summary>
    public IReadOnlyList<PageMark> Marks { get; init; } = [];

    /// <summary>The history, newest first; null while it has not been read.</summary>
    public IReadOnlyList<HistoryRow>? History { get; init; }

    /// <summary>Earlier revisions that finish their requests.</summary>
    public IReadOnlyList<DrainRow> Drains { get; init; } = [];

    /// <summary>Whether the page can make changes.</summary>
    public bool MayAct => Rights == PageRights.Operator;

    /// <summary>Returns a text that only some readers may see, or for the others a word in its place.</summary>
    public Html Told(string text) => Rights == PageRights.Stranger ? Hidden : Html.Of($"{text}");

    /// <summary>The name of the application, or of the program where there is none.</summary>
    public string Name => Facts.App.Length > 0 ? Facts.App : "WunderProxy";

    /// <summary>The revision in service; null if there is none or its name is unknown.</summary>
    public string? Revision => Status.Upstream is { Revision: { Length: > 0 } revision } ? revision : null;

    /// <summary>The time axis that all charts of the page share.</summary>
    public TimeAxis Axis => new(Window, Now, Marks);
}
