using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>The errors of the last ten minutes, and what happened beside them.</summary>
internal sealed record ErrorsView
{
    /// <summary>From when on the numbers count.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Number of exchanges that ended.</summary>
    public required long Requests { get; init; }

    /// <summary>Number of answers with status 500 to 599.</summary>
    public required long ServerErrors { get; init; }

    /// <summary>Number of 502 and 504 answers that the proxy made.</summary>
    public required long GatewayErrors { get; init; }

    /// <summary>Number of connects to the application that failed.</summary>
    public required long ConnectsFailed { get; init; }

    /// <summary>Number of requests that were sent once more on another connection.</summary>
    public required long Retries { get; init; }

    /// <summary>Number of requests that were sent to a peer.</summary>
    public required long Fallbacks { get; init; }

    /// <summary>The failed exchanges by cause, phase, status and revision; the most frequent first.</summary>
    public required IReadOnlyList<ErrorGroup> Groups { get; init; }

    /// <summary>Deaths and returns of the container, changes of its health, switches, pauses and drains, oldest first.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>The container in service and its last log lines; left out for callers without rights.</summary>
    public ContainerReport? Container { get; init; }

    /// <summary>The circuits of engine and store; left out for <c>forward</c>.</summary>
    public CircuitsView? Circuits { get; init; }

    /// <summary>Share of the exchanges that were answered with 500 to 599, 0 to 1.</summary>
    public double ErrorShare => Requests > 0 ? Math.Round((double)ServerErrors / Requests, 6) : 0;
}
