using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Acme;

/// <summary>How the documents of the state directory and the store are read and written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(AccountDocument))]
[JsonSerializable(typeof(PausesDocument))]
internal sealed partial class AcmeStateJsonContext : JsonSerializerContext;
