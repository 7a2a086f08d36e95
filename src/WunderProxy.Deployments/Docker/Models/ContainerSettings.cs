using System.Text.Json;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of an inspected container's or image's <c>Config</c>.</summary>
internal sealed record ContainerSettings
{
    public string Image { get; init => field = value ?? ""; } = "";

    public bool Tty { get; init; }

    /// <summary>
    /// Seconds between the stop signal and SIGKILL; null for the engine's default, negative for no limit.
    /// </summary>
    public long? StopTimeout { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }

    public IReadOnlyList<string>? Env { get; init; }
}
