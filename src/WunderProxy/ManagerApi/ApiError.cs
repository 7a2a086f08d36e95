using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>The JSON form of every error answer.</summary>
/// <param name="Error">The error code for programs, in snake case.</param>
/// <param name="Message">The error message for people.</param>
/// <param name="Details">Evidence such as log lines of the container; null without any.</param>
internal sealed record ApiError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("details")] DeploymentErrorDetails? Details);
