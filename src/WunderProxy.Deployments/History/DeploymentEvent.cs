using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>One thing that happened, as it lies under <c>events/</c>; never changed once written.</summary>
/// <param name="Type">One of <see cref="EventType"/>.</param>
/// <param name="At">When, in UTC; to 100 ns.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Host">On which machine.</param>
/// <param name="Revision">Of what; empty when it is about none.</param>
/// <param name="Hash">Hash of the launch config; empty when it is about none.</param>
/// <param name="FromHash">What was in service before; empty when nothing was.</param>
/// <param name="Result"><c>ok</c>, or a reason code.</param>
/// <param name="Reason">In words; empty when all is well.</param>
public sealed record DeploymentEvent(
    string Type, DateTimeOffset At, string By, string Host, string Revision = "", string Hash = "",
    string FromHash = "", string Result = DeploymentEvent.Ok, string Reason = "")
{
    /// <summary>The result of what went well.</summary>
    public const string Ok = "ok";

    /// <summary>16 hex digits that make its key unique. The same id and time are the same event.</summary>
    [JsonIgnore]
    public string Id { get; init; } = DeploymentIntent.NewId();
}
