using System.Runtime.InteropServices;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;

namespace WunderProxy.Deployments.Tests.Explanations;

/// <summary>Which cause each kind of evidence stands for, and what is said about it.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LaunchCausesTests
{
    private static readonly string OwnPlatform = RuntimeInformation.OSArchitecture == Architecture.X64 ? "linux/amd64" : "linux/arm64";
    private static readonly string OtherPlatform = RuntimeInformation.OSArchitecture == Architecture.X64 ? "linux/arm64" : "linux/amd64";

    [Test]
    public void Kill_for_memory_tells_the_limit_and_what_was_used()
    {
        var cause = Judge("oom", details: new() { ExitCode = 137, MemoryLimit = 64 << 20, MemoryPeak = 63 << 20 });

        Assert.That(cause.Code, Is.EqualTo("oom"));
        Assert.That(cause.Text, Does.Contain("limit of 64 MiB").And.Contain("up to 63 MiB"));
        Assert.That(cause.Advice, Does.Contain("HostConfig.Memory"));
    }

    [Test]
    public void Kill_for_memory_without_a_limit_is_laid_to_the_machine() =>
        Assert.That(Judge("oom", details: new() { ExitCode = 137 }).Text, Does.Contain("the machine ran out of memory").And.Contain("could be measured"));

    [TestCase("start_failed", "write /var/lib/docker/x: no space left on device")]
    [TestCase("pull_failed", "image shop:1 cannot be pulled: failed to register layer: no space left on device")]
    public void Full_disk_is_told(string code, string message) => Assert.That(Judge(code, message).Code, Is.EqualTo("no_space"));

    [Test]
    public void Full_disk_in_the_containers_log_is_told() =>
        Assert.That(Judge("exit_code", log: ["cp: write error: No space left on device"]).Code, Is.EqualTo("no_space"));

    [Test]
    public void Image_for_another_processor_names_both()
    {
        var cause = Judge("exit_code", log: ["exec /app: exec format error"], platform: OtherPlatform);

        Assert.That(cause.Code, Is.EqualTo("other_processor"));
        Assert.That(cause.Text, Does.Contain(OtherPlatform).And.Contain(OwnPlatform.Split('/')[1]));
    }

    [Test]
    public void Registry_without_an_image_for_this_processor_is_another_processor() =>
        Assert.That(Judge("pull_failed", "no matching manifest for linux/amd64 in the manifest list entries").Code, Is.EqualTo("other_processor"));

    [Test]
    public void File_that_is_no_program_in_an_image_for_this_processor_is_told()
    {
        var cause = Judge("start_failed", "OCI runtime create failed: exec: \"/x\": exec format error", platform: OwnPlatform);

        Assert.That(cause.Code, Is.EqualTo("not_a_program"));
        Assert.That(cause.Text, Does.Contain("#!/bin/sh"));
    }

    [TestCase("start_failed", "driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated")]
    [TestCase("start_failed", "listen tcp4 0.0.0.0:80: bind: address already in use")]
    public void Taken_port_is_told(string code, string message) => Assert.That(Judge(code, message).Code, Is.EqualTo("port_taken"));

    [Test]
    public void Taken_port_in_the_containers_log_is_told() =>
        Assert.That(Judge("exit_code", log: ["Error: listen EADDRINUSE: :::3000"]).Code, Is.EqualTo("port_taken"));

    [TestCase("start_failed", "exec: \"rackup\": executable file not found in $PATH", null)]
    [TestCase("exit_code", "exited with code 127", 127)]
    [TestCase("exit_code", "exited with code 126", 126)]
    public void Missing_command_is_told(string code, string message, int? exit) =>
        Assert.That(Judge(code, message, details: new() { ExitCode = exit }).Code, Is.EqualTo("command_missing"));

    [Test]
    public void Missing_variable_is_named()
    {
        var cause = Judge("exit_code", details: new() { ExitCode = 1, Log = ["starting", "KeyError: 'DATABASE_URL'"] });

        Assert.That(cause.Code, Is.EqualTo("missing_variable"));
        Assert.That(cause.Text, Does.Contain("DATABASE_URL").And.Contain("KeyError"));
        Assert.That(cause.PublicText, Does.Not.Contain("DATABASE_URL"));
    }

    [Test]
    public void Variable_that_the_container_was_given_is_not_missing() => Assert.That(
        Judge("exit_code", details: new() { ExitCode = 1, Log = ["DATABASE_URL: required host not found"] }, variables: ["DATABASE_URL"]).Code,
        Is.EqualTo("exited"));

    [TestCase(0, "foreground")]
    [TestCase(7, "log lines")]
    [TestCase(139, "log lines")]
    public void Exit_is_told_with_its_code(int code, string advice)
    {
        var cause = Judge("exit_code", details: new() { ExitCode = code, Log = ["boom", ""] });

        Assert.That(cause.Code, Is.EqualTo("exited"));
        Assert.That(cause.Text, Does.Contain($"exit code {code}").And.Contain("boom"));
        Assert.That(cause.Advice, Does.Contain(advice));
        Assert.That(cause.PublicText, Does.Contain($"exit code {code}").And.Not.Contain("boom"));
    }

    [Test]
    public void Restart_by_the_engine_is_an_exit() =>
        Assert.That(Judge("restart_loop", details: new() { ExitCode = 1 }).Text, Does.Contain("started it again"));

    [TestCase("pull_failed", "image x cannot be pulled: unauthorized: authentication required", "pull_refused")]
    [TestCase("image_not_found", "image x cannot be pulled: pull access denied", "pull_refused")]
    [TestCase("image_not_found", "image x cannot be pulled: manifest unknown", "image_missing")]
    [TestCase("pull_failed", "image x cannot be pulled: dial tcp: connect: connection refused", "registry_unreachable")]
    [TestCase("pull_timeout", "image x cannot be pulled: no progress for 60 s", "pull_stalled")]
    [TestCase("load_failed", "a.tar cannot be loaded: broken", "load_failed")]
    [TestCase("image_mismatch", "a.tar holds 2 images", "image_mismatch")]
    public void Image_that_cannot_be_had_is_told(string code, string message, string expected)
    {
        var cause = Judge(code, message);

        Assert.That(cause.Code, Is.EqualTo(expected));
        Assert.That(cause.Text, Does.Contain(message));
        Assert.That(cause.PublicText, Does.Not.Contain(message));
    }

    [TestCase(301)]
    [TestCase(308)]
    public void Redirect_to_https_is_told_with_the_ways_out(int status)
    {
        var cause = Judge($"status_{status}", details: Redirect(status, "https://shop.example/up"));

        Assert.That(cause.Code, Is.EqualTo("https_redirect"));
        Assert.That(cause.Text, Does.Contain("https://shop.example/up").And.Contain("/up"));
        Assert.That(cause.Advice, Does.Contain("X-Forwarded-Proto"));
        Assert.That(cause.PublicText, Does.Not.Contain("shop.example"));
    }

    [Test]
    public void Redirect_elsewhere_is_told() =>
        Assert.That(Judge("status_302", details: Redirect(302, "/login")).Code, Is.EqualTo("redirect"));

    [TestCase(400, "Host")]
    [TestCase(401, "none")]
    [TestCase(404, "HealthCheckPath")]
    [TestCase(429, "limit")]
    [TestCase(500, "error of its own")]
    [TestCase(503, "--launch-timeout")]
    [TestCase(226 + 200, "200")]
    public void Error_of_the_health_path_is_told_with_what_it_means(int status, string advice)
    {
        var cause = Judge($"status_{status}");

        Assert.That(cause.Code, Is.EqualTo("health_status"));
        Assert.That(cause.Text, Does.Contain($"{status}"));
        Assert.That(cause.Advice, Does.Contain(advice));
    }

    [TestCase("127.0.0.1:9292", "loopback_only")]
    [TestCase("[::1]:3000", "loopback_only")]
    [TestCase("0.0.0.0:3000", "other_port")]
    [TestCase("0.0.0.0:3000 127.0.0.1:9292", "loopback_only")]
    [TestCase("", "nothing_listens")]
    public void Listeners_tell_why_nobody_gets_in(string addresses, string expected)
    {
        var cause = Judge("refused", details: new() { ListeningAddresses = addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries) });

        Assert.That(cause.Code, Is.EqualTo(expected));
        Assert.That(cause.PublicText, Does.Not.Contain("9292").And.Not.Contain("3000"));
    }

    [Test]
    public void Listeners_that_cannot_be_seen_are_told_so() =>
        Assert.That(Judge("refused").Text, Does.Contain("cannot be seen"));

    [TestCase("timeout", "never_answers")]
    [TestCase("closed", "closes_connection")]
    [TestCase("bad_response", "not_http")]
    [TestCase("no_route", "no_route")]
    [TestCase("healthcheck", "own_healthcheck")]
    [TestCase("hash_mismatch", "hash_mismatch")]
    [TestCase("restricted", "restricted_field")]
    [TestCase("invalid_config", "invalid_config")]
    [TestCase("ambiguous_port", "ambiguous_port")]
    [TestCase("not_found", "config_missing")]
    [TestCase("engine_unavailable", "engine_away")]
    [TestCase("store_denied", "store_denied")]
    [TestCase("store_unavailable", "store_away")]
    [TestCase("state_unwritable", "state_unwritable")]
    [TestCase("create_failed", "engine_refusal")]
    public void Code_tells_the_cause(string code, string expected) => Assert.That(Judge(code).Code, Is.EqualTo(expected));

    [Test]
    public void Unknown_cause_says_so()
    {
        var cause = Judge("something_new", "who knows");

        Assert.That(cause.IsUnknown);
        Assert.That(cause.Text, Does.Contain("not clear").And.Contain("who knows"));
    }

    private static DeploymentErrorDetails Redirect(int status, string to) => new()
    {
        Probes = [new ProbeView(DateTimeOffset.UnixEpoch, $"status_{status}", 0.01) { Location = to }],
    };

    private static LikelyCause Judge(
        string code,
        string message = "it failed",
        DeploymentErrorDetails? details = null,
        string[]? log = null,
        string platform = "",
        string[]? variables = null) => LaunchCauses.Judge(new FailedLaunch
        {
            At = DateTimeOffset.UnixEpoch,
            Code = code,
            Message = message,
            ImagePlatform = platform,
            ContainerPort = 9292,
            HealthCheckPath = "/up",
            Variables = variables ?? [],
            Details = log is null ? details : new DeploymentErrorDetails { ExitCode = 1, Log = log },
        });
}
