using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>Source-generated JSON of this room.</summary>
[JsonSourceGenerationOptions(Converters = [typeof(GoTimeConverter)])]
[JsonSerializable(typeof(DeploymentEvent))]
[JsonSerializable(typeof(DeploymentIntent))]
[JsonSerializable(typeof(LeaseClaim))]
internal sealed partial class HistoryJsonContext : JsonSerializerContext;
