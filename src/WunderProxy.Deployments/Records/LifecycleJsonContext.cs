using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Records;

/// <summary>Source-generated JSON serialisation of the local record, with names in camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(LifecycleRecord))]
internal sealed partial class LifecycleJsonContext : JsonSerializerContext;
