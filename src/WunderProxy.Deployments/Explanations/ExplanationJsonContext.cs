using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Source-generated JSON serialisation of the evidence in the local state.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FailedLaunch))]
[JsonSerializable(typeof(SwitchRecord))]
[JsonSerializable(typeof(IReadOnlyList<Measured>))]
internal sealed partial class ExplanationJsonContext : JsonSerializerContext;
