using System.Net;
using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;
using Library = Docker.DotNet.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Takes from the library's models what this program uses. The models promise more than an engine keeps: any reference
/// in them may be null.
/// </summary>
internal static class EngineAnswers
{
    public static ContainerSummary ToSummary(Library.ContainerListResponse container) => new()
    {
        Id = IdOf(container.ID),
        Names = container.Names?.AsReadOnly(),
        Image = container.Image ?? "",
        ImageID = container.ImageID ?? "",
        State = container.State ?? "",
        Created = TimeOf(container.Created).ToUnixTimeSeconds(),
        Labels = container.Labels?.AsReadOnly(),
    };

    public static ContainerDetails ToDetails(Library.ContainerInspectResponse? container) => new()
    {
        Id = IdOf(container?.ID),
        Name = container!.Name ?? "",
        Created = TimeOf(container.Created),
        Image = container.Image ?? "",
        RestartCount = (int)container.RestartCount,
        State = ToState(container.State),
        StopTimeout = (long?)container.Config?.StopTimeout?.TotalSeconds,
        Labels = container.Config?.Labels?.AsReadOnly(),
        ExposedPorts = [.. container.Config?.ExposedPorts?.Keys ?? []],
        NetworkMode = container.HostConfig?.NetworkMode ?? "",
        MemoryLimit = container.HostConfig?.Memory ?? 0,
        Ports = (container.NetworkSettings?.Ports ?? Empty<IList<Library.PortBinding>>()).ToDictionary(
            port => port.Key,
            port => (IReadOnlyList<PortBinding>?)port.Value?.Select(binding => new PortBinding(binding.HostIP, binding.HostPort)).ToArray(),
            StringComparer.Ordinal),
        Networks = (container.NetworkSettings?.Networks ?? Empty<Library.EndpointSettings>())
            .Where(network => network.Value is not null)
            .ToDictionary(network => network.Key, network => ToNetwork(network.Value), StringComparer.Ordinal),
    };

    public static ImageDetails ToImage(Library.ImageInspectResponse? image) => new()
    {
        Id = IdOf(image?.ID),
        Platform = string.IsNullOrEmpty(image!.Architecture) ? "" : $"{image.Os}/{image.Architecture}",
        Size = image.Size,
        Labels = image.Config?.Labels?.AsReadOnly(),
        ExposedPorts = [.. image.Config?.ExposedPorts?.Keys ?? []],
    };

    /// <summary>Reads the id from the answer to <c>POST /containers/create</c>.</summary>
    /// <exception cref="DockerEngineException">The answer names no id.</exception>
    /// <exception cref="JsonException">The answer is no JSON.</exception>
    public static string ToId(byte[] created)
    {
        using var json = JsonDocument.Parse(created);
        return IdOf(json.RootElement.TextOf("Id"));
    }

    private static string IdOf(string? id) => !string.IsNullOrEmpty(id)
        ? id
        : throw new DockerEngineException(HttpStatusCode.OK, "the engine's answer cannot be read: it names no id");

    private static ContainerRunState ToState(Library.State? state) => state is null ? new ContainerRunState() : new()
    {
        Running = state.Running,
        Paused = state.Paused,
        Restarting = state.Restarting,
        OOMKilled = state.OOMKilled,
        Pid = (int)state.Pid,
        ExitCode = state.ExitCode,
        Error = state.Error ?? "",
        StartedAt = state.StartedAt ?? "",
        FinishedAt = state.FinishedAt ?? "",
        Healthcheck = ToHealthcheck(state.Health?.Status),
    };

    /// <summary>Returns the state of the container's own check; an unknown word decides nothing.</summary>
    private static HealthcheckState ToHealthcheck(string? status) => status switch
    {
        null or "" or "none" => HealthcheckState.None,
        "healthy" => HealthcheckState.Healthy,
        "unhealthy" => HealthcheckState.Unhealthy,
        _ => HealthcheckState.Starting,
    };

    private static NetworkEndpoint ToNetwork(Library.EndpointSettings network) => new()
    {
        NetworkID = network.NetworkID ?? "",
        IPAddress = network.IPAddress,
        GlobalIPv6Address = network.GlobalIPv6Address,
    };

    private static Dictionary<string, T> Empty<T>() => [];

    private static DateTimeOffset TimeOf(DateTime time) => new(time.ToUniversalTime());
}
