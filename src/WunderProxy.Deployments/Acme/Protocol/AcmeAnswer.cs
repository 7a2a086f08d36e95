namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>A successful answer of the server.</summary>
/// <param name="Body">The whole body.</param>
/// <param name="Target">URL of the request, to which the answer's location is relative.</param>
/// <param name="Location">The <c>Location</c> field as the server sent it; null for none.</param>
/// <param name="RetryAfter">When to ask again; null if the server does not say.</param>
internal sealed record AcmeAnswer(byte[] Body, Uri Target, string? Location, TimeSpan? RetryAfter)
{
    /// <summary>Returns the URL of what the request made, an account or an order.</summary>
    /// <param name="what">What was made, for error messages.</param>
    /// <exception cref="AcmeException">The server sent no location, or one that is no URL of a server.</exception>
    public string LocationOf(string what)
    {
        if (Location is null)
        {
            throw new AcmeException($"the ACME server does not say where {what} is");
        }

        return Uri.TryCreate(Target, Location, out var url) && AcmeTransport.IsAllowed(url)
            ? url.AbsoluteUri
            : throw new AcmeException(
                $"the ACME server's Location of {what} is not an https URL", AcmeProblem.Clean(Location));
    }
}
