using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Source-generated JSON serialisation of the engine's documents.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EngineVersion))]
[JsonSerializable(typeof(List<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(CreatedContainer))]
[JsonSerializable(typeof(ContainerExit))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(EngineMessage))]
[JsonSerializable(typeof(EngineError))]
[JsonSerializable(typeof(RegistryLogin))]
[JsonSerializable(typeof(CredentialHelperAnswer))]
[JsonSerializable(typeof(DockerConfigFile))]
[JsonSerializable(typeof(DockerContextFile))]
[JsonSerializable(typeof(NetworkConnection))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class DockerJsonContext : JsonSerializerContext;
