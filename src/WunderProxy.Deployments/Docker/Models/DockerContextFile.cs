namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of <c>meta.json</c> in a context of the Docker client.</summary>
/// <param name="Endpoints">Endpoints by kind; <c>docker</c> is the engine.</param>
internal sealed record DockerContextFile(IReadOnlyDictionary<string, DockerContextEndpoint?>? Endpoints);
