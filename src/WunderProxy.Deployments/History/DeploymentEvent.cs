using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>A single event of a service, as stored under <c>events/</c>; immutable once written.</summary>
/// <param name="Type">The kind of event, one of <see cref="EventType"/>.</param>
/// <param name="At">When the event happened, in UTC, to 100 ns.</param>
/// <param name="By">Who asked for the operation.</param>
/// <param name="Host">Name of the machine on which the event happened.</param>
/// <param name="Revision">Revision that the event concerns; empty if none.</param>
/// <param name="Hash">Hash of the launch config that the event concerns; empty if none.</param>
/// <param name="FromHash">Hash of the launch config in service before; empty if none was.</param>
/// <param name="Result"><c>ok</c>, or a reason code.</param>
/// <param name="Reason">The reason in words; empty on success.</param>
public sealed record DeploymentEvent(
    string Type, DateTimeOffset At, string By, string Host, string Revision = "", string Hash = "",
    string FromHash = "", string Result = DeploymentEvent.Ok, string Reason = "")
{
    /// <summary>The value of <see cref="Result"/> after success.</summary>
    public const string Ok = "ok";

    /// <summary>How long the operation took, in seconds; null if that was not measured.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }

    /// <summary>This machine's measurements of a switch's two launch configs; null for other events, and without any.</summary>
    [JsonConverter(typeof(MeasurementConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SwitchMeasurement? Measured { get; init; }

    /// <summary>
    /// 16 hexadecimal digits that make the event's key unique. Events with the same id and time are the same event.
    /// </summary>
    [JsonIgnore]
    public string Id { get; init; } = DeploymentIntent.NewId();
}
