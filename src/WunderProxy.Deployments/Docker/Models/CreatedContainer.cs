namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The answer to <c>POST /containers/create</c>.</summary>
internal sealed record CreatedContainer(string Id, IReadOnlyList<string>? Warnings);
