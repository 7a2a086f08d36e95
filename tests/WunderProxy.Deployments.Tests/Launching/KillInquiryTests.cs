using System.Net;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Tests.Docker;

namespace WunderProxy.Deployments.Tests.Launching;

[TestFixture]
[Parallelizable]
internal sealed class KillInquiryTests
{
    private const string Oom = """{"Type":"container","Action":"oom","Actor":{"ID":"a"},"timeNano":5}""" + "\n";
    private const string Kill = """{"Type":"container","Action":"kill","Actor":{"ID":"a"},"timeNano":4}""" + "\n";

    [TestCase(true, 137, 0, "", "for want of memory", Description = "the state says it")]
    [TestCase(false, 137, 0, Oom, "for want of memory", Description = "only the event says it")]
    [TestCase(false, 137, 0, Kill + Oom, "for want of memory")]
    [TestCase(false, 137, 8, Oom, "for want of memory (exit code 137), with a memory limit of 8 MiB")]
    [TestCase(false, 137, 8, "", "nobody asked the engine for it, with a memory limit of 8 MiB", Description = "the event was lost")]
    [TestCase(false, 137, 8, Kill, null, Description = "somebody killed it")]
    [TestCase(false, 137, 0, "", null, Description = "no limit, no event")]
    [TestCase(false, 1, 8, Oom, null, Description = "a child lacked memory, the container ended by itself")]
    public async Task Lack_of_memory_is_told_when_it_is_known(
        bool isTold, int exitCode, int limitMebibytes, string events, string? expected)
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Get, "/events", HttpStatusCode.OK, events);
        using var client = engine.CreateClient();

        var found = await new KillInquiry(client, TimeProvider.System)
            .FindLackOfMemoryAsync(Dead(isTold, exitCode, limitMebibytes), CancellationToken.None);

        Assert.That(found, expected is null ? Is.Null : Does.Contain(expected));
    }

    [Test]
    public async Task Events_are_asked_for_from_the_start_until_a_second_after_the_end()
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Get, "/events", HttpStatusCode.OK, Oom);
        using var client = engine.CreateClient();

        await new KillInquiry(client, TimeProvider.System).FindLackOfMemoryAsync(Dead(false, 137, 0), CancellationToken.None);

        var call = Uri.UnescapeDataString(engine.Calls[^1]);
        Assert.That(call, Does.Contain("""{"container":{"a":true},"event":{"oom":true,"kill":true}}"""));
        Assert.That(call, Does.Contain("?since=1767225600.000000000&until=1767225602.500000000&"));
    }

    [Test]
    public async Task Engine_that_cannot_tell_leaves_what_is_known()
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Get, "/events", HttpStatusCode.InternalServerError, "no");
        using var client = engine.CreateClient();
        var inquiry = new KillInquiry(client, TimeProvider.System);

        Assert.That(await inquiry.FindLackOfMemoryAsync(Dead(false, 137, 8), CancellationToken.None), Does.Contain("8 MiB"));
        Assert.That(await inquiry.FindLackOfMemoryAsync(Dead(false, 137, 0), CancellationToken.None), Is.Null);
    }

    private static ContainerDetails Dead(bool isTold, int exitCode, int limitMebibytes) => new()
    {
        Id = "a",
        State = new ContainerRunState
        {
            OOMKilled = isTold,
            ExitCode = exitCode,
            StartedAt = "2026-01-01T00:00:00Z",
            FinishedAt = "2026-01-01T00:00:01.500000000Z",
        },
        MemoryLimit = limitMebibytes * 1024L * 1024,
    };
}
