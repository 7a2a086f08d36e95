using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>Causes of failed launches as the real engine shows them.</summary>
[Parallelizable]
internal sealed class ExplainLaunchTests
{
    private readonly LifecycleHarness _service = new()
    {
        Adjust = options => options with { LaunchTimeout = TimeSpan.FromSeconds(4) },
    };

    [OneTimeSetUp]
    public Task StartAsync() => _service.StartAsync("bad");

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task Redirect_to_https_is_explained()
    {
        var (launch, cause) = await FailAsync(config =>
        {
            const string Answer = @"printf 'HTTP/1.1 301 Moved\r\nLocation: https://shop.example/up\r\nContent-Length: 0\r\n\r\n'";
            config["HealthCheckPath"] = "/cgi-bin/up";
            Run(config, $"mkdir -p /www/cgi-bin; {{ echo '#!/bin/sh'; echo \"{Answer}\"; }} >/www/cgi-bin/up; "
                + "busybox chmod 755 /www/cgi-bin/up; exec busybox httpd -f -p 9292 -h /www");
        });

        Assert.That(cause.Code, Is.EqualTo("https_redirect"), launch.Message);
        Assert.That(cause.Text, Does.Contain("https://shop.example/up"));
    }

    [Test]
    public async Task Container_on_its_own_loopback_is_explained()
    {
        var (launch, cause) = await FailAsync(config => Run(config, "exec busybox httpd -f -p 127.0.0.1:9292"));

        Assert.That(cause.Code, Is.EqualTo("loopback_only"), launch.Message);
        Assert.That(cause.Text, Does.Contain("127.0.0.1:9292"));
    }

    [Test]
    public async Task Want_of_memory_is_explained_with_the_limit()
    {
        var (launch, cause) = await FailAsync(config =>
        {
            config["HostConfig"]!["Memory"] = 8 * 1024 * 1024;
            Run(config, "exec busybox tail /dev/zero");
        });

        Assert.That(cause.Code, Is.EqualTo("oom"), launch.Message);
        Assert.That(cause.Text, Does.Contain("limit of 8 MiB"));
        Assert.That(launch.Details!.MemoryPeak, Is.Null.Or.InRange(1, 8 * 1024 * 1024));
    }

    [Test]
    public async Task File_that_is_no_program_is_explained()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "neither a program nor a script");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var (launch, cause) = await FailAsync(config =>
            {
                config["HostConfig"]!["Binds"] = new JsonArray($"{file}:/program");
                config["ContainerConfig"]!["Cmd"] = new JsonArray("/program");
            });

            Assert.That(cause.Code, Is.EqualTo("not_a_program"), launch.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task Missing_variable_is_named()
    {
        var (launch, cause) = await FailAsync(config => Run(config, "set -u; echo starting; echo $DATABASE_HOST"));

        Assert.That(cause.Code, Is.EqualTo("missing_variable"), launch.Message);
        Assert.That(cause.Text, Does.Contain("DATABASE_HOST"));
    }

    [Test]
    public async Task Exit_at_once_is_explained_with_the_last_line()
    {
        var (launch, cause) = await FailAsync(config => Run(config, "echo cannot go on; exit 7"));

        Assert.That(cause.Code, Is.EqualTo("exited"), launch.Message);
        Assert.That(cause.Text, Does.Contain("exit code 7").And.Contain("cannot go on"));
        Assert.That(launch.Steps.Select(step => step.Step), Does.Contain("starting"));
        Assert.That((launch.By, launch.Kind), Is.EqualTo(("test", "deploy")));
    }

    private static void Run(JsonObject config, string script) =>
        config["ContainerConfig"]!["Cmd"] = new JsonArray("/bin/busybox", "sh", "-c", script);

    private async Task<(FailedLaunch Launch, LikelyCause Cause)> FailAsync(Action<JsonObject> change)
    {
        await Assert.ThatAsync(
            () => _service.DeployAsync(LifecycleHarness.Config("bad", change)), Throws.InstanceOf<DeploymentException>());
        var found = _service.Lifecycle.ExplainLaunch()!;
        return (found.Launch, found.Cause);
    }
}
