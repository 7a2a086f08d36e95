using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>The one shape of an error.</summary>
/// <param name="Error">A code for programs, in snake case.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Details">The evidence, where there is some.</param>
internal sealed record ApiError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("details")] DeploymentErrorDetails? Details);
