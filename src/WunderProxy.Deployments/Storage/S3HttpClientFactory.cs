using Amazon.Runtime;

namespace WunderProxy.Deployments.Storage;

/// <summary>Creates the single HTTP client of a bucket.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(new S3AnswerHandler(new SocketsHttpHandler
    {
        // The SDK follows redirects itself, because each request has to be signed anew.
        AllowAutoRedirect = false,
        UseCookies = false,
    }))
    {
        // Each call has its own time limit.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();
}
