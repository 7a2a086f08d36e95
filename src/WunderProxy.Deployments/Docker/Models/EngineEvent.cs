using System.Globalization;
using System.Text.Json;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>One event of the stream <c>GET /events</c> about a container.</summary>
/// <param name="Action">What happened, such as <c>die</c>.</param>
/// <param name="ContainerId">Full id of the container.</param>
/// <param name="TimeNanoseconds">Unix time in nanoseconds, by the engine's clock.</param>
internal sealed record EngineEvent(string Action, string ContainerId, long TimeNanoseconds)
{
    /// <summary>Exit code of the container, which a <c>die</c> event has; null for other events.</summary>
    public long? ExitCode { get; init; }

    /// <summary>Reads one line of the stream; fields of unexpected types count as missing.</summary>
    /// <param name="line">The line, in UTF-8.</param>
    /// <param name="previousNanoseconds">Time of the event before, for an event without one.</param>
    /// <returns>The event; null if the line names no action or no container.</returns>
    public static EngineEvent? Read(ReadOnlyMemory<byte> line, long previousNanoseconds)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var (happened, actor) = (json.RootElement, default(JsonElement));
            var isKnown = happened.ValueKind == JsonValueKind.Object && happened.TryGetProperty("Actor", out actor);
            return isKnown && happened.TextOf("Action") is { Length: > 0 } action && actor.TextOf("ID") is { Length: > 0 } id
                ? new EngineEvent(action, id, TimeOf(happened) ?? previousNanoseconds) { ExitCode = ExitCodeOf(actor) }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long? ExitCodeOf(JsonElement actor) =>
        actor.TryGetProperty("Attributes", out var attributes)
            && attributes.ValueKind == JsonValueKind.Object
            && long.TryParse(attributes.TextOf("exitCode"), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    private static long? TimeOf(JsonElement happened) =>
        happened.TryGetProperty("timeNano", out var time)
            && time.ValueKind == JsonValueKind.Number
            && time.TryGetInt64(out var nanoseconds)
            && nanoseconds is > 0 and < long.MaxValue
            ? nanoseconds
            : null;
}
