using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>
/// Secrets of a launch config, of <c>--cfg</c> and of the API, through good and bad deploys: their raw values turn up
/// nowhere but in the stored config and in the local record.
/// </summary>
[Parallelizable]
internal sealed class SecretsTests
{
    private const string ApiToken = "raw-api-token-5d1c";

    /// <summary>By the name, by the value of a URL, and of an ordinary name; <c>--cfg</c> gives the last one.</summary>
    private static readonly string[] Environment =
    [
        "DB_PASSWORD=raw-password-71a3",
        "AWS_SECRET_ACCESS_KEY=raw-secret-90be",
        "DATABASE_URL=postgres://shop:raw-in-url-44c2@db.internal/shop",
        "SENTRY_DSN=https://raw-dsn-0b6f@sentry.internal/7",
    ];

    private static readonly string[] Raw =
        ["raw-password-71a3", "raw-secret-90be", "raw-in-url-44c2", "raw-dsn-0b6f", "raw-from-cfg-8e21", ApiToken];

    // Every value of Env is masked in answers, an ordinary one too; the container may log that one.
    private const string Plain = "plain-value-3f9d";

    private readonly StringBuilder _answers = new();

    [Test]
    public async Task Raw_values_turn_up_nowhere()
    {
        await using var service = await TestService.CreateAsync();
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "good");
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "bad");
        var cfg = Path.Combine(service.StateFolder, "cfg");
        await File.WriteAllTextAsync(cfg, "CFG_TOKEN=raw-from-cfg-8e21\n");
        File.SetUnixFileMode(cfg, UnixFileMode.UserRead);
        await service.StartAsync("--cfg", cfg, "--api-token", ApiToken, "--launch-timeout", "5s");

        await CallAllAsync(service);

        var output = $"{service.Process!.Output}\n{service.Process.Errors}";
        var stored = await StoredAsync(service);
        foreach (var secret in Raw)
        {
            Assert.That(_answers.ToString(), Does.Not.Contain(secret), "answers");
            Assert.That(output, Does.Not.Contain(secret), "log");
            Assert.That(stored, Does.Not.Contain(secret), "events and history");
        }

        Assert.That(_answers.ToString(), Does.Not.Contain(Plain), "Env in answers");
        Assert.That(_answers.ToString(), Does.Contain("POST /pause: 401 ").And.Contain("WWW-Authenticate: Bearer realm="));
        Assert.That(_answers.ToString(), Does.Contain("?unmasked=true: 401 "));
        Assert.That(_answers.ToString(), Does.Contain("DB_PASSWORD=***").And.Contain("PLAIN=***"), "the config was shown");
        Assert.That(_answers.ToString(), Does.Contain("password is ***"), "the container's log was shown");
        Assert.That(_answers.ToString(), Does.Contain("/no/such/program-***"), "the engine's own message was shown");
        AssertOwnerOnly(service.StateFolder, cfg);
    }

    private async Task CallAllAsync(TestService service)
    {
        var good = Config("good");
        var hash = (await CallAsync(service, HttpMethod.Post, "/deploy", good))["Hash"]!.GetValue<string>();
        await CallAsync(service, HttpMethod.Post, "/deploy", Config("bad", "echo password is $DB_PASSWORD, url is $DATABASE_URL, "
            + "key is $AWS_SECRET_ACCESS_KEY, dsn is $SENTRY_DSN, cfg is $CFG_TOKEN >&2; exit 3"));
        await CallAsync(service, HttpMethod.Post, "/deploy", Config("bad", "exec sleep 60"), "application/x-ndjson");
        await CallAsync(service, HttpMethod.Post, "/deploy", WithProgram("/no/such/program-raw-password-71a3"), "application/x-ndjson");
        await CallAsync(service, HttpMethod.Post, "/deploy", Config("bad").Replace("\"DB_PASSWORD", "7,\"DB_PASSWORD"));
        await CallAsync(service, HttpMethod.Post, "/deploy", Config("bad")[..^1]);
        await CallAsync(service, HttpMethod.Post, "/launch", hash, "");
        await CallAsync(service, HttpMethod.Post, "/switch", hash, "");
        await CallAsync(service, HttpMethod.Post, "/rollback", "");
        foreach (var path in new[] { "/", "/status", "/metrics", "/containers", "/history", $"/config/{hash}" })
        {
            await CallAsync(service, HttpMethod.Get, path, null);
        }

        await CallAsync(service, HttpMethod.Post, "/pause", "", token: "wrong");
        await CallAsync(service, HttpMethod.Get, $"/config/{hash}?unmasked=true", null, token: "wrong");
    }

    private static string Config(string revision, string? script = null)
    {
        var config = LaunchConfigText.Document(revision, [.. Environment, $"PLAIN={Plain}", $"GREETING={revision}"]);
        if (script is not null)
        {
            config["ContainerConfig"]!["Cmd"] = new JsonArray("/bin/busybox", "sh", "-c", script);
        }

        return config.ToJsonString();
    }

    private static string WithProgram(string program)
    {
        var config = JsonNode.Parse(Config("bad"))!;
        config["ContainerConfig"]!["Cmd"] = new JsonArray(program);
        return config.ToJsonString();
    }

    private async Task<JsonNode> CallAsync(
        TestService service, HttpMethod method, string path, string? body, string accept = "application/json", string token = ApiToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(120) };
        using var request = new HttpRequestMessage(method, $"http://{service.Api}{path}");
        request.Content = body is null ? null : new StringContent(body);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        _answers.AppendLine($"{method} {path}: {(int)response.StatusCode} {response.Headers} {text}");
        return text.StartsWith('{') && accept == "application/json" ? JsonNode.Parse(text)! : new JsonObject();
    }

    private static async Task<string> StoredAsync(TestService service)
    {
        var text = new StringBuilder();
        var keys = (await service.Store.ListAsync($"{service.Prefix}/events/")).Append($"{service.Prefix}/history.json");
        foreach (var key in keys)
        {
            text.AppendLine(Encoding.UTF8.GetString((await service.Store.GetAsync(key))!));
        }

        Assert.That(text.ToString(), Does.Contain("\"failure\""), "the failures were recorded");
        return text.ToString();
    }

    private static void AssertOwnerOnly(string folder, string except)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => file != except).ToArray();
        Assert.That(files, Is.Not.Empty);
        Assert.That(
            files.Where(file => File.GetUnixFileMode(file) != (UnixFileMode.UserRead | UnixFileMode.UserWrite)), Is.Empty);
        Assert.That(
            Directory.GetDirectories(folder, "*", SearchOption.AllDirectories)
                .Where(directory => (File.GetUnixFileMode(directory) & Others) != UnixFileMode.None),
            Is.Empty);
    }
}
