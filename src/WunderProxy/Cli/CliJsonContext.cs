using System.Text.Json.Serialization;
using WunderProxy.Fleet;

namespace WunderProxy.Cli;

/// <summary>Source-generated serialisers of what only commands print.</summary>
[JsonSerializable(typeof(DeploymentSummary))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
