using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Data, calls and containers of the older Go tool of the same name.</summary>
[TestFixture(StoreKind.Folder)]
[TestFixture(StoreKind.S3)]
[Parallelizable]
internal sealed partial class CompatibilityTests(StoreKind kind)
{
    private static readonly string First = OldToolData.Config("r1", "green");
    private static readonly string Second = OldToolData.Config("r2", "blue");

    [Test]
    public async Task Stored_current_config_is_served_at_start_with_positional_arguments_only()
    {
        await using var service = await CreateWithOldDataAsync();

        await service.StartWithAsync(service.Arguments());

        await service.WaitUntilServingAsync("r1");
        Assert.That((await service.GetProxiedAsync("/env/COLOUR")).Text, Is.EqualTo("green"));
        Assert.That((await service.GetProxiedAsync("/env/MARKUP")).Text, Is.EqualTo("<b> &"));
    }

    [Test]
    public async Task Launch_and_switch_with_the_bare_hash_answer_the_old_text()
    {
        await using var service = await CreateWithOldDataAsync();
        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");
        var hash = OldToolData.Hash(Second);

        var launched = await service.PostForTextAsync("/launch", $"{hash}\n");
        var switched = await service.PostForTextAsync("/switch", hash);

        Assert.That(launched.Status, Is.EqualTo(200), launched.ToString());
        var text = LaunchedText().Match(launched.Text);
        Assert.That(text.Success, Is.True, launched.Text);
        Assert.That(text.Groups["revision"].Value, Is.EqualTo(hash[..8]));
        Assert.That(
            switched.Text.TrimEnd(),
            Is.EqualTo($"switched proxy to port {text.Groups["port"].Value} of container {text.Groups["container"].Value}"));
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r2"));
    }

    [Test]
    public async Task Launch_and_switch_leave_the_documents_to_the_deployer()
    {
        await using var service = await CreateWithOldDataAsync();
        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");

        await service.LaunchAndSwitchAsync(OldToolData.Hash(Second));

        Assert.That(await TextAsync(service, "current.json"), Is.EqualTo(First));
        Assert.That(await TextAsync(service, "history.json"), Is.EqualTo(OldToolData.History(("r1", OldToolData.Hash(First)))));
    }

    [Test]
    public async Task Old_history_entries_stay_byte_for_byte_when_a_new_one_is_added()
    {
        await using var service = await CreateWithOldDataAsync();
        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");

        await service.DeployAsync(LaunchConfigText.Of("r2"));

        var entries = JsonNode.Parse(await TextAsync(service, "history.json"))!.AsArray();
        var old = JsonNode.Parse(OldToolData.History(("r1", OldToolData.Hash(First))))!.AsArray();
        Assert.That(entries, Has.Count.EqualTo(2));
        Assert.That(JsonNode.DeepEquals(entries[0], old[0]), Is.True, entries[0]!.ToJsonString());
    }

    [Test]
    public async Task Rollback_goes_to_an_entry_of_the_old_tool()
    {
        await using var service = await CreateWithOldDataAsync();
        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");
        await service.DeployAsync(LaunchConfigText.Of("r2"));

        var answer = await service.PostAsync("/rollback", OldToolData.Hash(First));

        Assert.That(answer.Status, Is.EqualTo(200), answer.ToString());
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
        Assert.That(await TextAsync(service, "current.json"), Is.EqualTo(First));
    }

    [Test]
    public async Task Status_has_the_old_keys()
    {
        await using var service = await CreateWithOldDataAsync();
        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");

        var status = await service.StatusAsync();

        Assert.That(status["HeapSize"]!.GetValue<long>(), Is.GreaterThan(0));
        Assert.That(status["TotalTime"]!.GetValue<double>(), Is.GreaterThan(0));
        Assert.That(status["Requests"]!.GetValue<long>(), Is.GreaterThan(0));
        Assert.That(status["States"]!.AsObject().Select(pair => pair.Key), Is.EquivalentTo(new[] { "new", "active", "idle", "upgraded" }));
        Assert.That(status["DockerState"]!.GetValue<string>(), Is.EqualTo("Ok"));
    }

    [Test]
    public async Task Container_of_the_old_naming_is_adopted()
    {
        await using var service = await CreateWithOldDataAsync();
        // The old tool used the revision as the container's name; the test engine has other tests' containers too.
        var revision = $"rev{service.App}";
        var config = OldToolData.Config(revision, "red");
        await service.Engine.TagSampleAsync(service.Repository, revision);
        await StoreAsync(service, config, revision);
        var id = await service.Engine.RunAsync(revision, OldContainer(service, revision));
        try
        {
            // Adopted is what answers one probe; the program starts faster than this container does.
            await WaitUntilAnsweringAsync(await service.Engine.AddressAsync(id));
            await service.StartAsync();

            await service.WaitUntilServingAsync(revision);
            var listed = (await service.GetAsync("/containers")).Json.AsArray();
            Assert.That(listed.Single(item => item!["State"]!.GetValue<string>() == "current")!["Id"]!.GetValue<string>(), Does.StartWith(id[..12]));
            Assert.That(await service.RunningContainersAsync(), Is.Empty, "no second container was started");
        }
        finally
        {
            await service.Engine.RemoveAsync(id);
        }
    }

    [GeneratedRegex("^started container (?<container>[0-9a-f]{8}) with revision (?<revision>[0-9a-f]{8}) listening on port (?<port>[0-9]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex LaunchedText();

    private async Task<TestService> CreateWithOldDataAsync()
    {
        var service = await TestService.CreateAsync(kind, "r1", "r2");
        await service.Store.PutAsync($"{service.Prefix}/container.{OldToolData.Hash(Second)}.json", Encoding.UTF8.GetBytes(Second));
        await StoreAsync(service, First, "r1");
        return service;
    }

    /// <summary>Stores a config as the one that is deployed.</summary>
    private static async Task StoreAsync(TestService service, string config, string revision)
    {
        var hash = OldToolData.Hash(config);
        await service.Store.PutAsync($"{service.Prefix}/container.{hash}.json", Encoding.UTF8.GetBytes(config));
        await service.Store.PutAsync($"{service.Prefix}/current.json", Encoding.UTF8.GetBytes(config));
        await service.Store.PutAsync($"{service.Prefix}/history.json", Encoding.UTF8.GetBytes(OldToolData.History((revision, hash))));
    }

    private static JsonObject OldContainer(TestService service, string revision) => new()
    {
        ["Image"] = $"{service.Repository}:{revision}",
        ["Env"] = new JsonArray($"REVISION={revision}", "COLOUR=red"),
        ["ExposedPorts"] = new JsonObject { ["9292/tcp"] = new JsonObject() },
        ["HostConfig"] = new JsonObject
        {
            ["PortBindings"] = new JsonObject
            {
                ["9292/tcp"] = new JsonArray(new JsonObject { ["HostIp"] = "127.0.0.1", ["HostPort"] = "" }),
            },
        },
    };

    private static async Task WaitUntilAnsweringAsync(IPAddress address)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Eventually.TrueAsync("the old container", async () =>
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"http://{address}:9292/up"));
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static async Task<string> TextAsync(TestService service, string key) =>
        Encoding.UTF8.GetString(await service.Store.GetAsync($"{service.Prefix}/{key}") ?? []);
}
