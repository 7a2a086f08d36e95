using System.Net;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Thrown when a certificate could not be ordered.</summary>
/// <param name="message">What failed, in our own words.</param>
/// <param name="quoted">What the server or the system said; null for nothing.</param>
/// <param name="cause">The exception behind it.</param>
internal class AcmeException(string message, string? quoted = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the server or the system said; null for nothing.</summary>
    public string? Quoted { get; } = quoted;

    /// <summary>The server's problem; null if it did not name one.</summary>
    public AcmeProblem? Problem { get; init; }

    /// <summary>How long the server asks to be left alone; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the server did not answer, or answered with a fault of its own that is no problem document.</summary>
    public bool IsUnanswered => InnerException switch
    {
        HttpRequestException { StatusCode: { } status } => status >= HttpStatusCode.InternalServerError,
        _ => InnerException is HttpRequestException or IOException or OperationCanceledException,
    };

    /// <summary>Message and quoted words in one line.</summary>
    public string Line => Quoted is null ? Message : $"{Message}: {Quoted}";

    /// <summary>Whether the server named this problem, such as <c>badNonce</c>.</summary>
    public bool Is(string problem) => Problem?.Name == problem;
}
