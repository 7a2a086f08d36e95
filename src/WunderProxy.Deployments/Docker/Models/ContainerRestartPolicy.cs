namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Whether the engine starts a container again by itself: empty or <c>no</c> when not.</summary>
internal sealed record ContainerRestartPolicy(string? Name)
{
    public bool Restarts => !string.IsNullOrEmpty(Name) && Name != "no";
}
