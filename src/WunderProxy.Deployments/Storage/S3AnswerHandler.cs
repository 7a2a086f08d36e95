using System.Net;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Hides from the SDK what would confuse it: the SDK takes an entity tag of 32 digits for the MD5 of the content and
/// fails reads and writes where that is untrue or the tag is missing, and it follows redirects to Amazon's hosts only.
/// Tag and content coding are passed on as metadata, which the SDK leaves alone.
/// </summary>
internal sealed class S3AnswerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Name of the metadata field that carries the entity tag.</summary>
    public const string TagName = "x-amz-meta-wunderproxy-etag";

    /// <summary>Name of the metadata field that carries the content coding.</summary>
    public const string CodingName = "x-amz-meta-wunderproxy-content-encoding";

    private const string Amazon = ".amazonaws.com";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        response.Headers.Remove(TagName);
        response.Headers.Remove(CodingName);
        if (response.Headers.NonValidated.TryGetValues("ETag", out var tags))
        {
            // Read before the removal, because the values are a view of the header.
            var tag = tags.ToString();
            response.Headers.Remove("ETag");
            response.Headers.TryAddWithoutValidation(TagName, tag);
        }

        if (response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings))
        {
            response.Headers.TryAddWithoutValidation(CodingName, codings.ToString());
        }

        if (IsRedirect(response.StatusCode) && request.RequestUri?.Host.Contains(Amazon, StringComparison.OrdinalIgnoreCase) != true)
        {
            response.Headers.Remove("Location");
        }

        return response;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest;
}
