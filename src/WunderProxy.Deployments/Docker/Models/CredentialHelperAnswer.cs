namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What <c>docker-credential-X get</c> prints.</summary>
internal sealed record CredentialHelperAnswer(string? Username, string? Secret);
