using System.Net;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Keeps from the SDK what it would stumble over: it takes each entity tag of 32 digits for the MD5 of the content, fails
/// reads and writes where that is not so or there is none, and follows redirects to Amazon's hosts only. Tag and content
/// coding go on as fields of metadata, which it passes on as they are.
/// </summary>
internal sealed class S3AnswerHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The name that the entity tag has among an object's metadata.</summary>
    public const string TagName = "x-amz-meta-wunderproxy-etag";

    /// <summary>The name that the content coding has among an object's metadata.</summary>
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
            // Read first: the values are a view of the header that is removed.
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
