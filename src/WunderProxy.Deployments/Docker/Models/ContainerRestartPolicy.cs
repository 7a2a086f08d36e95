namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Says whether the engine restarts a container by itself; the name is empty or <c>no</c> if not.</summary>
internal sealed record ContainerRestartPolicy(string? Name)
{
    public bool Restarts => !string.IsNullOrEmpty(Name) && Name != "no";
}
