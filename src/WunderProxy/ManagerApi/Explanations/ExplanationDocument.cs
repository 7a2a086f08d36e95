using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>The answer to <c>GET /explain</c>: a paragraph, what to do, and the evidence.</summary>
internal sealed record ExplanationDocument
{
    /// <summary>What is explained, one of <see cref="ExplainedMatter"/>.</summary>
    public required string What { get; init; }

    /// <summary>Why this is explained, for a caller who did not ask for anything in particular.</summary>
    public string? Chosen { get; init; }

    /// <summary>When what is explained happened; null if nothing is.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Name of the cause for programs, in snake case; it never changes.</summary>
    public required string Cause { get; init; }

    /// <summary>What happened and why, in one paragraph.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do; empty if nothing has to be done.</summary>
    public required string Advice { get; init; }

    /// <summary>Evidence that could not be obtained, and why.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The evidence of a failed launch; left out for anything else.</summary>
    public FailedLaunch? Launch { get; init; }

    /// <summary>The evidence of a switch; left out for anything else.</summary>
    public SwitchRecord? Switch { get; init; }

    /// <summary>The evidence about errors; left out for anything else.</summary>
    public ErrorsView? Errors { get; init; }

    /// <summary>Returns the answer when there is nothing to explain.</summary>
    public static ExplanationDocument OfNothing(string summary) => new()
    {
        What = ExplainedMatter.Nothing,
        Cause = "none",
        Summary = summary,
        Advice = "",
    };
}
