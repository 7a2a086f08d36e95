namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The body of <c>POST /networks/{id}/connect</c>.</summary>
internal sealed record NetworkConnection(string Container);
