using System.Net;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Tests.Docker;

namespace WunderProxy.Deployments.Tests.Retirement;

/// <summary>How long a container may take to end after the stop signal.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerStopperTests
{
    [TestCase("{}", 7)]
    [TestCase("""{"StopTimeout":null}""", 7)]
    [TestCase("""{"StopTimeout":90}""", 90)]
    [TestCase("""{"StopTimeout":-1}""", 86400)]
    [TestCase("""{"StopTimeout":2147483647}""", 86400)]
    public async Task Timeout_of_the_container_goes_before_the_standard(string config, int seconds)
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/c1/json", HttpStatusCode.OK, $$"""{"Id":"c1","Config":{{config}}}""")
            .On(HttpMethod.Post, "/containers/c1/stop", HttpStatusCode.NoContent, "");
        using var client = engine.CreateClient();

        await new ContainerStopper(client, TimeSpan.FromSeconds(7)).StopAsync("c1", CancellationToken.None);

        Assert.That(engine.Calls, Does.Contain($"POST /v1.41/containers/c1/stop?t={seconds}"));
    }

    [TestCase(HttpStatusCode.NoContent)]
    [TestCase(HttpStatusCode.Conflict)]
    public async Task Container_without_any_time_is_killed_if_it_runs(HttpStatusCode answer)
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/c1/json", HttpStatusCode.OK, """{"Id":"c1","Config":{"StopTimeout":0}}""")
            .On(HttpMethod.Post, "/containers/c1/kill", answer, "{}");
        using var client = engine.CreateClient();

        await new ContainerStopper(client, TimeSpan.FromSeconds(7)).StopAsync("c1", CancellationToken.None);

        Assert.That(engine.Calls[^1], Is.EqualTo("POST /v1.41/containers/c1/kill"));
    }
}
