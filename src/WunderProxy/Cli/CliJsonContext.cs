using System.Text.Json.Serialization;
using WunderProxy.Fleet;

namespace WunderProxy.Cli;

/// <summary>Source-generated JSON serialisation of documents that only commands print.</summary>
[JsonSerializable(typeof(DeploymentSummary))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
