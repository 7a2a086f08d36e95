using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /config/HASH</c>: a stored launch config, its environment masked unless the caller may see it.
/// </summary>
internal sealed class ConfigRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var config = await lifecycle.GetConfigAsync(ApiRoute.LastSegment(request.Path), cancellationToken);
        return ApiResponse.OfJsonBytes(request.WantsUnmasked ? config : Masked(config));
    }

    private static ReadOnlyMemory<byte> Masked(ReadOnlyMemory<byte> config)
    {
        var document = JsonNode.Parse(config.Span);
        SecretMask.MaskEnvironment(document);
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            document?.WriteTo(writer);
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }
}
