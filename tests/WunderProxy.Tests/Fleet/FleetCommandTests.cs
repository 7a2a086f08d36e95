using System.Text.Json.Nodes;
using WunderProxy.Cli;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Instance;

namespace WunderProxy.Tests.Fleet;

/// <summary><c>deploy</c> and <c>rollback</c> as an operator calls them: what their options do, and what they print.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class FleetCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wunderproxy-");
    private readonly ScriptedManagerApi _first = new();
    private readonly ScriptedManagerApi _second = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _output.Dispose();
        _error.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task Deploy_stores_launches_everywhere_switches_everywhere_and_records()
    {
        var hash = WriteConfig("r1");

        Assert.That(await DeployAsync("r1", "--by", "ada"), Is.EqualTo(ExitCode.Success), _error.ToString());

        foreach (var manager in new[] { _first, _second })
        {
            Assert.That(manager.Calls, Is.EqualTo(new[] { "POST /launch?by=ada", "POST /switch?by=ada" }));
            Assert.That(manager.Served, Is.EqualTo(hash));
        }

        Assert.That(History(), Is.EqualTo(new[] { "r1 ada" }));
        Assert.That(File.Exists(StoreFile($"container.{hash}.json")));
        Assert.That(await File.ReadAllBytesAsync(StoreFile("current.json")), Is.EqualTo(await File.ReadAllBytesAsync(ConfigFile("r1"))));
        Assert.That(_output.ToString(), Does.Match($"{_first.Address}: launched 01234567 at 10.0.0.2:9292 \\(created, 0.[23] s\\)\n"));
        Assert.That(_output.ToString(), Does.Match($"\ndeployed r1 \\({hash[..8]}\\) on 2 managers in \\d+\\.\\d s\n$"));
    }

    [Test]
    public async Task Json_is_the_result_and_nothing_else()
    {
        var hash = WriteConfig("r1");

        Assert.That(await DeployAsync("r1", "--json"), Is.EqualTo(ExitCode.Success), _error.ToString());

        var summary = JsonNode.Parse(_output.ToString())!;
        Assert.That(summary["Action"]!.GetValue<string>(), Is.EqualTo("deployed"));
        Assert.That(summary["Hash"]!.GetValue<string>(), Is.EqualTo(hash));
        Assert.That(
            summary["Managers"]!.AsArray().Select(manager => manager!["Manager"]?.GetValue<string>() ?? manager["Name"]!.GetValue<string>()),
            Is.EqualTo(new[] { _first.Address, _second.Address }));
    }

    [Test]
    public async Task Without_a_name_the_history_has_user_and_machine()
    {
        WriteConfig("r1");

        await DeployAsync("r1");

        Assert.That(History(), Is.EqualTo(new[] { $"r1 {Environment.UserName}@{Environment.MachineName}" }));
    }

    [TestCase("90s", "guard=90000ms")]
    [TestCase("0", "guard=0ms")]
    public async Task Guard_is_passed_to_every_manager(string guard, string query)
    {
        WriteConfig("r1");

        Assert.That(await DeployAsync("r1", "--by", "ada", "--guard", guard), Is.EqualTo(ExitCode.Success), _error.ToString());

        Assert.That(_first.Calls[1], Is.EqualTo($"POST /switch?by=ada&{query}"));
        Assert.That(_second.Calls[1], Is.EqualTo(_first.Calls[1]));
        if (guard != "0")
        {
            Assert.That(_output.ToString(), Does.Contain("does not watch: nothing served there before").Or.Contain("nothing changed"));
        }
    }

    [Test]
    public async Task Token_goes_to_every_manager_and_is_not_shown()
    {
        WriteConfig("r1");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "token"), "a-secret-token\n");

        await DeployAsync("r1", "--api-token-file", Path.Combine(_folder.FullName, "token"));

        Assert.That(_first.Heads.Concat(_second.Heads), Is.All.Contains("Authorization: Bearer a-secret-token"));
        Assert.That($"{_output}{_error}", Does.Not.Contain("a-secret-token"));
    }

    [TestCase(null, "r2")]
    [TestCase("r1", "r1")]
    [TestCase("HASH", "r1")]
    public async Task Rollback_goes_to_the_entry_that_is_named_or_to_the_one_before(string? to, string revision)
    {
        foreach (var deployed in new[] { "r1", "r2", "r3" })
        {
            WriteConfig(deployed);
            await DeployAsync(deployed, "--by", "ada");
        }

        var target = to == "HASH" ? HashOf("r1") : to;
        var code = await RunAsync(["rollback", .. Common, "--by", "bob", .. target is null ? [] : new[] { "--to", target }]);

        Assert.That(code, Is.EqualTo(ExitCode.Success), _error.ToString());
        Assert.That((_first.Served, _second.Served), Is.EqualTo((HashOf(revision), HashOf(revision))));
        Assert.That(History()[^1], Does.StartWith(revision));
        Assert.That(_output.ToString(), Does.Contain($"\nrolled back to {revision} ("));
    }

    [Test]
    public async Task Rollback_without_an_earlier_entry_fails_with_one_line()
    {
        WriteConfig("r1");
        await DeployAsync("r1");

        var code = await RunAsync(["rollback", .. Common]);

        Assert.That(code, Is.EqualTo(ExitCode.Failure));
        Assert.That(_error.ToString(), Does.Contain("no earlier entry"));
        Assert.That(_first.Served, Is.EqualTo(HashOf("r1")));
    }

    [Test]
    public async Task Manager_out_of_reach_fails_the_command_and_changes_nothing()
    {
        WriteConfig("r1");
        _second.Dispose();

        var code = await DeployAsync("r1");

        Assert.That(code, Is.EqualTo(ExitCode.Failure));
        Assert.That(_error.ToString(), Does.Contain($"{_second.Address} failed; nothing was changed"));
        Assert.That(_first.Calls, Is.Empty);
    }

    [Test]
    public async Task Output_that_takes_nothing_does_not_end_the_deploy_and_is_told()
    {
        WriteConfig("r1");
        using var broken = new BrokenWriter();

        var code = await new CommandLine(broken, _error, _ => null).RunAsync(
            ["deploy", .. Common, "--config", ConfigFile("r1")]);

        Assert.That(code, Is.EqualTo(ExitCode.Failure));
        Assert.That((_first.Served, _second.Served), Is.EqualTo((HashOf("r1"), HashOf("r1"))));
        Assert.That(_error.ToString(), Does.Contain("the work goes on"));
        Assert.That(History(), Has.Count.EqualTo(1));
    }

    [TestCase("image", false, "localhost:8080/shop:r1\n")]
    [TestCase("image", true, "{\"Image\":\"localhost:8080/shop:r1\"}\n")]
    [TestCase("env", false, "A=1\nB=two words\n")]
    [TestCase("env", true, "[\"A=1\",\"B=two words\"]\n")]
    public async Task Current_tells_parts_of_what_was_deployed_last(string part, bool asJson, string expected)
    {
        WriteConfig("r1");
        await DeployAsync("r1");
        _output.GetStringBuilder().Clear();

        var code = await RunAsync(["current", Bucket, "shop", part, .. asJson ? new[] { "--json" } : []]);

        Assert.That((code, _output.ToString()), Is.EqualTo((ExitCode.Success, expected)));
    }

    private string Bucket => $"file:{_folder.FullName}";

    private string[] Common => [Bucket, "shop", "--manager", _first.Address, "--manager", _second.Address];

    private Task<int> DeployAsync(string revision, params string[] more) =>
        RunAsync(["deploy", .. Common, "--config", ConfigFile(revision), .. more]);

    private Task<int> RunAsync(string[] arguments) => new CommandLine(_output, _error, _ => null).RunAsync(arguments);

    private string ConfigFile(string revision) => Path.Combine(_folder.FullName, $"{revision}.json");

    private string StoreFile(string name) => Path.Combine(_folder.FullName, "shop", name);

    private string HashOf(string revision) => LaunchConfigHash.Of(File.ReadAllBytes(ConfigFile(revision))).Value;

    private string WriteConfig(string revision)
    {
        File.WriteAllText(
            ConfigFile(revision), $$"""{"ContainerConfig":{"Env":["A=1","B=two words"]},"Revision":"{{revision}}"}""");
        return HashOf(revision);
    }

    /// <summary>Revision and deployer of each entry.</summary>
    private IReadOnlyList<string> History() => [.. JsonNode.Parse(File.ReadAllBytes(StoreFile("history.json")))!.AsArray()
        .Select(entry => $"{entry!["Revision"]} {entry["DeployedBy"]}")];

    /// <summary>Standard output whose reader has gone.</summary>
    private sealed class BrokenWriter : StringWriter
    {
        public override void Write(char value) => throw new CommandFailedException("standard output takes nothing");

        public override void Write(string? value) => throw new CommandFailedException("standard output takes nothing");
    }
}
