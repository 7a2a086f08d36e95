using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Contracts;

/// <summary>An event of the application as those who watch it are told, at the moment when it is recorded.</summary>
/// <param name="Id">16 hexadecimal digits, which end the name of the stored event; an event told twice keeps them.</param>
/// <param name="Type">The kind of event, such as <c>switch</c>.</param>
/// <param name="At">When the event happened, in UTC.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Host">Name of the machine on which it happened.</param>
/// <param name="Revision">Revision that the event concerns; empty if none.</param>
/// <param name="Hash">Hash of the launch config that the event concerns; empty if none.</param>
/// <param name="FromHash">Hash of the launch config in service before; empty if none was.</param>
/// <param name="Result"><c>ok</c>, or a reason code.</param>
/// <param name="Reason">The reason in words, secrets masked; empty on success.</param>
public sealed record EventView(
    string Id,
    string Type,
    DateTimeOffset At,
    string By,
    string Host,
    string Revision,
    string Hash,
    string FromHash,
    string Result,
    string Reason)
{
    /// <summary>How long the operation took, in seconds; null if that was not measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }

    /// <summary>
    /// Returns what callers without rights may see: type, time, revision, hashes and code, but neither names nor words.
    /// </summary>
    public EventView ForAnybody() => this with { By = string.Empty, Host = string.Empty, Reason = string.Empty };
}
