using Docker.DotNet.Handler.Abstractions;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Deployments.Docker;

/// <summary>Gives the library a handler of ours, so that all calls to the engine go over the same one.</summary>
internal sealed class EngineHandlerFactory : IDockerHandlerFactory<HttpMessageHandler>
{
    public static readonly EngineHandlerFactory Instance = new();

    private EngineHandlerFactory()
    {
    }

    public ResolvedTransport CreateHandler(
        HttpMessageHandler transportOptions, ResolvedClientOptions clientOptions, ILogger logger) =>
        new(transportOptions, clientOptions.Endpoint);

    public ResolvedTransport CreateHandler(ResolvedClientOptions clientOptions, ILogger logger) =>
        throw new NotSupportedException("a handler is always given");

    public Task<WriteClosableStream> HijackStreamAsync(HttpContent content) =>
        throw new NotSupportedException("no call takes over a connection: neither attach nor exec is used");
}
