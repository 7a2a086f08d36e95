using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>No room is left in the state directory: what cannot be recorded does not happen.</summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class FullDiskTests
{
    [Test]
    public async Task Switch_that_cannot_be_recorded_does_not_happen()
    {
        await using var service = await TestService.CreateAsync();
        foreach (var revision in new[] { "r1", "r2" })
        {
            await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, revision);
        }

        await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", service.StateFolder]);
        try
        {
            await service.StartAsync();
            await service.DeployAsync(Config("r1"));
            var second = await service.StoreConfigAsync(Config("r2"));
            Assert.That((await service.PostAsync("/launch", second)).Status, Is.EqualTo(200));

            var filler = DiskFiller.Fill(service.StateFolder);
            var switched = await service.PostAsync("/switch", second);
            var deployed = await service.PostAsync("/deploy", second);
            var servedMeanwhile = await ServedAsync(service);
            File.Delete(filler);
            var again = await service.PostAsync("/switch", second);

            Assert.That((switched.Status, switched.ErrorCode), Is.EqualTo((503, "state_unwritable")), switched.ToString());
            Assert.That((deployed.Status, deployed.ErrorCode), Is.EqualTo((503, "state_unwritable")), deployed.ToString());
            Assert.That(servedMeanwhile, Is.EqualTo("r1"));
            Assert.That(again.Status, Is.EqualTo(200), again.ToString());
            await service.KillAsync();
            await service.StartAsync();
            await Eventually.TrueAsync("r2 after a restart", async () => await ServedAsync(service) == "r2");
        }
        finally
        {
            await service.KillAsync();
            await HostCommand.RunAsync("umount", ["-l", service.StateFolder]);
        }
    }

    private static string Config(string revision) => LaunchConfigText.Of(revision, $"GREETING={revision}");

    private static async Task<string> ServedAsync(TestService service) => (await service.GetProxiedAsync("/up")).Text.TrimEnd();
}
