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
