using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>The store or the engine refuses, or is away: the service never ends because of it, and says what is wrong.</summary>
[Parallelizable]
internal sealed class FaultyPartsTests
{
    [Test]
    public async Task Missing_bucket_is_named_in_the_status_and_nothing_ends()
    {
        await using var service = await TestService.CreateAsync(StoreKind.S3);

        await service.StartWithAsync(["run", "no-such-bucket", .. service.Arguments()[1..]], TestEnvironment.S3Variables);

        await AwaitStoreFaultAsync(service, "no-such-bucket");
    }

    [Test]
    public async Task Wrong_credentials_are_told_and_refuse_a_deploy()
    {
        await using var service = await TestService.CreateAsync(StoreKind.S3, "r1");
        var wrong = new Dictionary<string, string>(TestEnvironment.S3Variables, StringComparer.Ordinal)
        {
            ["AWS_SECRET_ACCESS_KEY"] = "wrong",
        };

        await service.StartWithAsync(["run", .. service.Arguments()], wrong);
        await service.WaitUntilIdleAsync();
        var answer = await service.PostAsync("/deploy", LaunchConfigText.Of("r1"));

        await AwaitStoreFaultAsync(service, "");
        Assert.That((answer.Status, answer.ErrorCode), Is.EqualTo((503, "store_denied")), answer.ToString());
    }

    [Test]
    public async Task User_without_rights_is_refused_by_the_store()
    {
        await using var service = await TestService.CreateAsync(StoreKind.S3, "r1");

        await service.StartWithAsync(["run", .. service.Arguments()], TestEnvironment.PoorS3Variables);
        await service.WaitUntilIdleAsync();
        var answer = await service.PostAsync("/launch", new string('a', 64));

        Assert.That((answer.Status, answer.ErrorCode), Is.EqualTo((503, "store_denied")), answer.ToString());
    }

    [Test]
    public async Task Engine_that_does_not_run_is_told_and_refuses_a_deploy()
    {
        await using var service = await TestService.CreateAsync(StoreKind.Folder, "r1");

        await service.StartAsync("--docker-host", $"unix://{service.StateFolder}/nobody.sock");
        await Eventually.TrueAsync(
            "the fault of the engine", async () => (await service.StatusAsync())["DockerState"]!.GetValue<string>() is not ("Ok" or "unknown"));
        var answer = await service.PostAsync("/deploy", LaunchConfigText.Of("r1"));

        Assert.That(answer.Status, Is.EqualTo(503), answer.ToString());
        Assert.That(service.Process!.HasExited, Is.False);
    }

    [Test]
    public async Task Store_that_goes_away_in_the_middle_leaves_traffic_alone_and_is_missed()
    {
        await using var gate = new TcpGate(new Uri(TestEnvironment.S3Variables["AWS_ENDPOINT_URL"]));
        await using var service = await TestService.CreateAsync(StoreKind.S3, "r1", "r2");
        var variables = new Dictionary<string, string>(TestEnvironment.S3Variables, StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = $"http://{gate.EndPoint}",
        };
        await service.StartWithAsync(["run", .. service.Arguments()], variables);
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var second = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));

        gate.Close();
        var away = await service.PostAsync("/launch", second);
        await AwaitStoreFaultAsync(service, "");
        var servedMeanwhile = await service.ServedRevisionAsync();
        gate.Open();
        await Eventually.TrueAsync("the store is back", async () => (await service.PostAsync("/launch", second)).Status == 200);

        Assert.That(away.Status, Is.EqualTo(503), away.ToString());
        Assert.That(servedMeanwhile, Is.EqualTo("r1"));
        Assert.That((await service.PostAsync("/switch", second)).Status, Is.EqualTo(200));
    }

    private static async Task AwaitStoreFaultAsync(TestService service, string named)
    {
        await Eventually.TrueAsync(
            "the fault of the store", async () => (await service.StatusAsync())["StoreState"]!.GetValue<string>() is not ("Ok" or "unknown"));
        Assert.That((await service.StatusAsync())["StoreState"]!.GetValue<string>(), Does.Contain(named));
        Assert.That(service.Process!.HasExited, Is.False);
    }
}
