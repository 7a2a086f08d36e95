namespace WunderProxy.Deployments.Contracts;

/// <summary>The likely cause of what is explained: a failed launch, what a switch led to, or errors.</summary>
/// <param name="Code">Name of the cause for programs, in snake case; it never changes.</param>
/// <param name="Text">The cause in one or two sentences, which may quote launch config, engine and application.</param>
/// <param name="Advice">What to do, in one or two sentences, without quotes.</param>
public sealed record LikelyCause(string Code, string Text, string Advice)
{
    /// <summary>The cause in a sentence without quotes, for callers without rights.</summary>
    public required string PublicText { get; init; }

    /// <summary>Whether the evidence shows no cause.</summary>
    public bool IsUnknown => Code == UnknownCode;

    /// <summary>The code of a cause that the evidence does not show.</summary>
    public const string UnknownCode = "unknown";

    /// <summary>Returns the cause without quotes, for callers without rights.</summary>
    public LikelyCause ForAnybody() => this with { Text = PublicText };
}
