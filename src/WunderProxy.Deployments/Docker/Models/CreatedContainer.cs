namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Answer of <c>POST /containers/create</c>.</summary>
internal sealed record CreatedContainer(string Id, IReadOnlyList<string>? Warnings);
