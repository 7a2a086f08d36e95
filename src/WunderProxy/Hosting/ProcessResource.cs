using WunderProxy.Configuration;

namespace WunderProxy.Hosting;

/// <summary>Who this process is to OpenTelemetry: what the operator says, and for the rest what we know.</summary>
internal static class ProcessResource
{
    // One id for each process, which tells apart what instances of one service send.
    private static readonly string InstanceId = Guid.NewGuid().ToString();

    /// <summary>Returns the attributes, each key once.</summary>
    /// <param name="options">What the operator gave.</param>
    /// <param name="app">Name of the application; empty for <c>forward</c>.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(OpenTelemetryOptions options, string app)
    {
        KeyValuePair<string, string>[] known =
        [
            new("service.name", app.Length == 0 ? "wunderproxy" : $"wunderproxy-{app}"),
            new("service.version", ProductVersion.Text),
            new("service.instance.id", InstanceId),
            new("host.name", Environment.MachineName),
        ];
        return [.. options.ResourceAttributes.Concat(known).DistinctBy(pair => pair.Key, StringComparer.Ordinal)];
    }
}
