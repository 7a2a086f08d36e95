using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>Source-generated JSON serialisation of the history.</summary>
[JsonSourceGenerationOptions(Converters = [typeof(GoTimeConverter)])]
[JsonSerializable(typeof(DeploymentEvent))]
[JsonSerializable(typeof(DeploymentIntent))]
[JsonSerializable(typeof(LeaseClaim))]
[JsonSerializable(typeof(SwitchMeasurement))]
internal sealed partial class HistoryJsonContext : JsonSerializerContext;
