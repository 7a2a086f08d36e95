using ArchUnitNET.Fluent;
using ArchUnitNET.NUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace WunderProxy.Architecture.Tests;

/// <summary>What rooms may not use of the libraries, as the last column of the tables says.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LibraryTests
{
    [Test]
    public void Http1_neither_waits_nor_reads_anything_but_bytes() => RoomKeepsOff(
        "Forwarding.Http1", "System.IO", "System.Net.Sockets", "System.Threading", "Microsoft.Extensions");

    [Test]
    public void Data_plane_knows_neither_store_nor_host() => RoomKeepsOff("Forwarding", "Amazon", "Microsoft.Extensions.Hosting");

    [Test]
    public void Control_plane_opens_no_listener_and_knows_no_host() =>
        RoomKeepsOff("Deployments", "System.Net.HttpListener", "Microsoft.Extensions.Hosting");

    [TestCase("WunderProxy.Deployments")]
    [TestCase("WunderProxy")]
    public void Only_Storage_knows_the_store_s_library(string assembly) => OnlyRoomKnows("Storage", "^Amazon", assembly);

    [TestCase("WunderProxy.Deployments")]
    [TestCase("WunderProxy")]
    public void Only_Docker_knows_the_engine_s_library(string assembly) => OnlyRoomKnows("Docker", @"^Docker\.DotNet", assembly);

    /// <summary>
    /// The control plane's classes that make HTTP requests: one for health checks, one for S3, and of the engine's those that
    /// give the library its handler and send the create body over it.
    /// </summary>
    [Test]
    public void Engine_has_no_http_client_but_the_library_s()
    {
        string[] clients = ["System.Net.Http.HttpClient", "System.Net.Http.HttpMessageInvoker", "System.Net.Http.SocketsHttpHandler"];
        var users = Code.Model.Types
            .Where(type => type.FullName.StartsWith("WunderProxy.Deployments.", StringComparison.Ordinal))
            .Where(type => type.Dependencies.Any(dependency => clients.Contains(dependency.Target.FullName, StringComparer.Ordinal)))
            .Select(type => type.FullName.Split('+', '/')[0].Split('.')[^1])
            .Distinct(StringComparer.Ordinal);

        Assert.That(users, Is.EquivalentTo(new[]
        {
            "HealthProbe", "S3HttpClientFactory", "AcmeTransport", "DockerEndpoint", "DockerEngineClient", "EngineConnection", "EngineSession",
        }));
    }

    private static void OnlyRoomKnows(string room, string library, string assembly)
    {
        var rule = Types().That().ResideInNamespaceMatching($@"^{assembly}\.")
            .And().DoNotResideInNamespaceMatching($@"^WunderProxy\.Deployments\.{room}(\.|$)")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(library);

        rule.Check(Code.Model);
    }

    private static void RoomKeepsOff(string room, params string[] libraries)
    {
        var names = string.Join('|', libraries.Select(library => library.Replace(".", @"\.", StringComparison.Ordinal)));
        IArchRule rule = Types().That().ResideInNamespaceMatching($@"^WunderProxy\.{room}(\.|$)")
            .Should().NotDependOnAnyTypesThat().HaveFullNameMatching($"^({names})(\\.|$)");

        rule.Check(Code.Model);
    }
}
