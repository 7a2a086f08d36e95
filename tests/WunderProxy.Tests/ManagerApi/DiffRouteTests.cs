using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>What <c>GET /diff</c> asks for, and the form of its answer.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DiffRouteTests
{
    private static readonly DiffView Found = new(
        new DiffSide("aa", "r41", new Measured("aa", 1.5, new TrafficSummary(100, 0.01, 1, 0.01, 0.1))),
        new DiffSide("bb", "r42"),
        [
            new ConfigChange("limits", "HostConfig.Memory", "changed", "1", "2"),
            new ConfigChange("environment", "ContainerConfig.Env.A", "added", null, null),
        ])
    {
        Notes = ["the newest is compared"],
    };

    [TestCase("GET /diff", null, "diff ~1 ~0 with texts")]
    [TestCase("GET /diff?from=r1", null, "diff r1 ~0 with texts")]
    [TestCase("GET /diff?from=r1&to=r2", "secret", "diff r1 r2 without texts")]
    public async Task Names_and_rights_are_passed_on(string call, string? token, string expected)
    {
        await using var api = new ApiFixture(token: token);

        await api.CallAsync(call);

        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { expected }));
    }

    [Test]
    public async Task Answer_is_text_or_json()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Diff = Found;

        var text = ApiFixture.TextOf(await api.CallAsync("GET /diff"));
        var json = JsonNode.Parse(ApiFixture.TextOf(await api.CallAsync("GET /diff", accept: "application/json")))!;

        Assert.That(text, Does.StartWith("from r41 (aa) to r42 (bb)\nnote: the newest is compared\n")
            .And.Match("limits +changed HostConfig.Memory: 1 -> 2")
            .And.Match("environment +added ContainerConfig.Env.A\n")
            .And.Match("measured +r41: healthy 1.5 s after its start; 100 requests"));
        Assert.That(text, Does.Not.Contain("machines"));
        Assert.That(json["Changes"]![0]!["After"]!.GetValue<string>(), Is.EqualTo("2"));
        Assert.That(json["From"]!["Measured"]!["StartSeconds"]!.GetValue<double>(), Is.EqualTo(1.5));
    }

    [TestCase("web2\u001b[2J", "2 machines, times of the slowest (web2 [2J)\n")]
    [TestCase(null, "2 machines\n")]
    public async Task Measurements_of_several_machines_are_told_as_such(string? host, string expected)
    {
        await using var api = new ApiFixture();
        var measured = Found.From.Measured! with { Machines = 2, SlowestHost = host, ServedSeconds = 3_700 };
        api.Lifecycle.Diff = Found with { From = Found.From with { Measured = measured } };

        var text = ApiFixture.TextOf(await api.CallAsync("GET /diff"));

        Assert.That(text, Does.Contain("r41: healthy 1.5 s after its start; served 1 h 1 min; 100 requests").And.Contain(expected));
    }
}
