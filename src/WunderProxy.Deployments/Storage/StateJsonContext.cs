using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Storage;

/// <summary>Source-generated JSON of the local state.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ServiceRecord))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
