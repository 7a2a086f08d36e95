using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>Source-generated JSON of the tests' documents.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class TestJsonContext : JsonSerializerContext;
