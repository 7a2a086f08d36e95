using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>The commands of a deployer, run as it runs them.</summary>
[TestFixture(StoreKind.Folder)]
[TestFixture(StoreKind.S3)]
[Parallelizable]
internal sealed class CommandLineTests(StoreKind kind)
{
    [Test]
    public async Task Deploy_then_rollback_then_history_tell_one_story()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1", "r2");

        var first = await DeployAsync(service, "r1");
        var second = await DeployAsync(service, "r2");
        var servedSecond = await service.ServedRevisionAsync();
        var current = await RunAsync(service, "current", service.Store.Bucket, service.Prefix, "config");
        var rollback = await RunAsync(
            service, "rollback", service.Store.Bucket, service.Prefix, "--manager", service.Api.ToString());
        var history = await RunAsync(service, "history", service.Store.Bucket, service.Prefix, "--json");

        Assert.That(first.ExitCode, Is.Zero, first.ToString());
        Assert.That(second.ExitCode, Is.Zero, second.ToString());
        Assert.That(servedSecond, Is.EqualTo("r2"));
        Assert.That(JsonNode.Parse(current.Output)!["Revision"]!.GetValue<string>(), Is.EqualTo("r2"), current.ToString());
        Assert.That(rollback.ExitCode, Is.Zero, rollback.ToString());
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
        Assert.That(history.Output, Does.Contain("r1").And.Not.Contain("r2"), history.ToString());
    }

    [Test]
    public async Task Failed_deploy_exits_1_with_the_cause()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1");

        var result = await DeployAsync(service, "nowhere");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output + result.Errors, Does.Contain($"{service.Repository}:nowhere"));
        Assert.That(result.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Rollback_without_a_history_exits_1()
    {
        await using var service = await TestService.StartNewAsync(kind);

        var result = await RunAsync(
            service, "rollback", service.Store.Bucket, service.Prefix, "--manager", service.Api.ToString());

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
    }

    [Test]
    public async Task Status_prints_what_serves()
    {
        await using var service = await TestService.StartNewAsync(kind, "r1");
        await service.DeployAsync(LaunchConfigText.Of("r1"));

        var text = await RunAsync(service, "status", "--manager", service.Api.ToString());
        var json = await RunAsync(service, "status", "--manager", service.Api.ToString(), "--json");

        Assert.That(text.ExitCode, Is.Zero, text.ToString());
        Assert.That(text.Output, Does.Contain("serving").And.Contain("r1"));
        Assert.That(json.Output, Does.Contain("\"Status\"").And.Contain("serving"), json.ToString());
    }

    private static async Task<ProgramResult> DeployAsync(TestService service, string revision)
    {
        var file = Path.Combine(service.StateFolder, $"{revision}.json");
        await File.WriteAllTextAsync(file, LaunchConfigText.Of(revision));
        return await RunAsync(
            service, "deploy", service.Store.Bucket, service.Prefix, "--config", file, "--manager", service.Api.ToString(), "--by", "tester");
    }

    private static Task<ProgramResult> RunAsync(TestService service, params string[] arguments) =>
        WunderProxyProcess.RunAsync(arguments, service.Store.Variables);
}
