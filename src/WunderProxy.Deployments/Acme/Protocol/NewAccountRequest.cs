namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Asks for an account, or for the one that the key has already (RFC 8555 section 7.3).</summary>
internal sealed record NewAccountRequest
{
    /// <summary>Agreement to the terms of service.</summary>
    public bool TermsOfServiceAgreed { get; init; }

    /// <summary>How the authority may reach the operator, such as <c>mailto:ops@example.com</c>.</summary>
    public IReadOnlyList<string>? Contact { get; init; }

    /// <summary>The binding to an account at the authority, as <see cref="Jws.Bind"/> writes it; null for none.</summary>
    public System.Text.Json.JsonElement? ExternalAccountBinding { get; init; }
}
