using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>Source-generated JSON serialisation of the Docker client's files and of the user's create bodies.</summary>
[JsonSerializable(typeof(CredentialHelperAnswer))]
[JsonSerializable(typeof(DockerConfigFile))]
[JsonSerializable(typeof(DockerContextFile))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class DockerJsonContext : JsonSerializerContext;
