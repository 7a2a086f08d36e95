namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The object that an engine event concerns.</summary>
internal sealed record EngineEventActor
{
    public string ID { get; init => field = value ?? ""; } = "";

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}
