namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What an engine event is about.</summary>
internal sealed record EngineEventActor
{
    public string ID { get; init => field = value ?? ""; } = "";

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}
