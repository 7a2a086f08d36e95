using System.Net.Http.Headers;
using System.Text;
using Docker.DotNet;

namespace WunderProxy.Deployments.Docker;

/// <summary>The ways to call the engine in one negotiated API version.</summary>
internal sealed class EngineSession(
    Version version, DockerClient client, DockerClient anew, HttpMessageInvoker invoker, Uri baseAddress)
{
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    /// <summary>The library's client, on connections that are kept open.</summary>
    public DockerClient Client => client;

    /// <summary>The library's client that opens a connection for each call.</summary>
    public DockerClient Anew => anew;

    /// <summary>
    /// Posts JSON that must reach the engine whole, also the fields that the library's models do not know.
    /// </summary>
    /// <param name="path">Path and query behind the version.</param>
    /// <param name="json">The JSON in UTF-8.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="DockerApiException">The engine refuses.</exception>
    public async Task<byte[]> PostAsync(string path, byte[] json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(baseAddress, $"v{version}/{path}"))
        {
            Content = new ByteArrayContent(json) { Headers = { ContentType = JsonType } },
        };
        using var response = await invoker.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? body
            : throw new DockerApiException(response.StatusCode, Encoding.UTF8.GetString(body));
    }
}
