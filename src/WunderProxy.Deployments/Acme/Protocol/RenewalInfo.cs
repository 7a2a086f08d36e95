using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>When the server wants a certificate to be renewed (RFC 9773 section 4.2).</summary>
internal sealed record RenewalInfo
{
    /// <summary>The period in which the renewal should happen.</summary>
    public RenewalWindow? SuggestedWindow { get; init; }

    /// <summary>A page that says why, for the operator; null for none.</summary>
    [JsonPropertyName("explanationURL")]
    public string? ExplanationUrl { get; init; }
}
