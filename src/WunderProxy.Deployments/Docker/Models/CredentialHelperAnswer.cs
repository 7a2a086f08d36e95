namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The JSON that <c>docker-credential-X get</c> prints.</summary>
internal sealed record CredentialHelperAnswer(string? Username, string? Secret);
