using System.Text.Json;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary><c>Config</c> of an inspected container or image.</summary>
internal sealed record ContainerSettings
{
    public string Image { get; init => field = value ?? ""; } = "";

    public bool Tty { get; init; }

    /// <summary>Seconds from the stop signal to SIGKILL; null for the engine's own default, negative for ever.</summary>
    public long? StopTimeout { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? ExposedPorts { get; init; }

    public IReadOnlyList<string>? Env { get; init; }
}
