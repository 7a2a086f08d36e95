namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Body of <c>POST /networks/{id}/connect</c>.</summary>
internal sealed record NetworkConnection(string Container);
