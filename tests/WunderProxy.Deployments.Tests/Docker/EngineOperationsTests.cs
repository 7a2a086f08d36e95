using System.Net;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>The names under which requests to the engine are counted, and their results.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class EngineOperationsTests
{
    [TestCase("GET", "/_ping", "ping")]
    [TestCase("GET", "/v1.54/_ping", "ping")]
    [TestCase("GET", "/version", "version")]
    [TestCase("GET", "/v1.54/events", "events")]
    [TestCase("GET", "/v1.54/containers/json", "container_list")]
    [TestCase("POST", "/v1.54/containers/create", "container_create")]
    [TestCase("GET", "/v1.54/containers/0a1b/json", "container_inspect")]
    [TestCase("POST", "/v1.54/containers/0a1b/wait", "container_wait")]
    [TestCase("DELETE", "/v1.54/containers/0a1b", "container_remove")]
    [TestCase("POST", "/v1.54/images/create", "image_pull")]
    [TestCase("GET", "/v1.54/images/localhost:5000/a/b:1/json", "image_inspect")]
    [TestCase("POST", "/v1.54/images/a%2Fb/tag", "image_tag")]
    [TestCase("DELETE", "/v1.54/images/a/b:1", "image_remove")]
    [TestCase("POST", "/v1.54/networks/n/connect", "network_connect")]
    [TestCase("PUT", "/v1.54/containers/0a1b/archive", "other")]
    [TestCase("GET", "/v1.54/containers/../../etc", "other")]
    [TestCase("GET", "/", "other")]
    [TestCase("GET", "", "other")]
    public void Request_has_the_name_of_its_operation(string method, string path, string name) =>
        Assert.That(EngineOperations.NameOf(method, path), Is.EqualTo(name));

    [Test]
    public async Task Every_call_of_the_client_has_a_name()
    {
        using var engine = new ScriptedEngine();
        using var client = engine.CreateClient();
        List<EngineCall> calls = [];
        client.Called = calls.Add;

        foreach (var call in EngineCalls.All.Values)
        {
            try
            {
                await call(client);
            }
            catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException or ContainerNotFoundException)
            {
                // Only the request counts: the engine knows no answer.
            }
        }

        Assert.That(calls, Has.Count.GreaterThanOrEqualTo(EngineCalls.All.Count));
        Assert.That(calls.Select(call => call.Operation), Has.None.EqualTo(EngineOperations.Other));
    }

    [TestCase(200, "ok")]
    [TestCase(404, "not_found")]
    [TestCase(409, "conflict")]
    [TestCase(400, "refused")]
    [TestCase(503, "failed")]
    public async Task Answer_is_counted_by_its_status(int status, string result)
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Post, "/containers/a/kill", (HttpStatusCode)status, "{}");
        using var client = engine.CreateClient();
        List<EngineCall> calls = [];
        client.Called = calls.Add;

        try
        {
            await client.KillContainerAsync("a", CancellationToken.None);
        }
        catch (Exception exception) when (exception is DockerEngineException or ContainerNotFoundException)
        {
            // The result is what counts.
        }

        Assert.That(calls.Select(call => (call.Operation, call.Result)), Is.EqualTo(new[] { ("version", "ok"), ("container_kill", result) }));
    }

    [Test]
    public async Task Engine_that_does_not_answer_is_unavailable()
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Get, "/_ping", _ => throw new HttpRequestException("away"));
        using var client = engine.CreateClient();
        List<EngineCall> calls = [];
        client.Called = calls.Add;

        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None));

        Assert.That(calls[^1].Result, Is.EqualTo("unavailable"));
    }
}
