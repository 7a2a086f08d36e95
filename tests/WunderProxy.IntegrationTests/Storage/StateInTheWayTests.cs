using System.Diagnostics;
using WunderProxy.Deployments.Storage;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>What lies where the program expects its records, and at the places where it reads the store.</summary>
[Parallelizable]
internal sealed class StateInTheWayTests
{
    [Test]
    public async Task Start_puts_a_pipe_aside_and_ends_at_a_signal()
    {
        await using var service = await TestService.CreateAsync(StoreKind.Folder, "r1");
        var record = MakePipe(StateOf(service), "record.json");

        await service.StartAsync();
        var status = await service.StatusAsync();
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await service.StopAsync();

        Assert.That(
            status["Warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()),
            Has.One.Contains($"{record} was put aside"));
        Assert.That(new FileInfo(record).Length, Is.Positive);
    }

    [Test]
    public async Task Planted_link_as_state_is_refused_and_left_alone()
    {
        await using var service = await TestService.CreateAsync();
        var elsewhere = Directory.CreateDirectory(Path.Combine(service.StateFolder, "elsewhere"));
        File.SetUnixFileMode(elsewhere.FullName, (UnixFileMode)0x1ed);
        File.CreateSymbolicLink(StateOf(service), elsewhere.FullName);

        using var process = WunderProxyProcess.Start(["run", .. service.Arguments()], service.Store.Variables);

        Assert.That(await process.WaitForExitAsync(), Is.EqualTo(2), process.Errors);
        Assert.That(process.Errors, Does.Contain("is a symbolic link"));
        Assert.That((int)File.GetUnixFileMode(elsewhere.FullName), Is.EqualTo(0x1ed));
    }

    [Test]
    public async Task History_that_is_a_pipe_blocks_nobody()
    {
        await using var service = await TestService.CreateAsync(StoreKind.Folder, "r1");
        var folder = Path.Combine(service.Store.Bucket[ObjectStores.DirectoryScheme.Length..], service.Prefix);
        MakePipe(folder, "history.json");
        var config = LaunchConfigText.Of("r1");
        await service.StoreConfigAsync(config);
        await service.Store.PutAsync($"{service.Prefix}/current.json", System.Text.Encoding.UTF8.GetBytes(config));

        await service.StartAsync();
        await service.WaitUntilServingAsync("r1");
        var history = await service.GetAsync("/history");

        Assert.That((history.Status, history.Json["error"]!.GetValue<string>()), Is.EqualTo((503, "store_unavailable")));
        Assert.That(history.Json["message"]!.GetValue<string>(), Does.Contain("is a FIFO"));
        await service.StopAsync();
    }

    private static string StateOf(TestService service) => Path.Combine(
        service.StateFolder, new ServiceName(service.Store.Bucket, service.Prefix, service.App).DirectoryName);

    private static string MakePipe(string folder, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        using var mkfifo = Process.Start("mkfifo", path);
        mkfifo.WaitForExit();
        Assert.That(mkfifo.ExitCode, Is.Zero);
        return path;
    }
}
