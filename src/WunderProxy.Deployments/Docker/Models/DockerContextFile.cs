namespace WunderProxy.Deployments.Docker.Models;

/// <summary><c>meta.json</c> of a context of the Docker client, the fields in use.</summary>
/// <param name="Endpoints">By kind; <c>docker</c> is the engine.</param>
internal sealed record DockerContextFile(IReadOnlyDictionary<string, DockerContextEndpoint?>? Endpoints);
