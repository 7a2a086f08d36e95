using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Calls that must fail: one clear error each, and what served keeps serving.</summary>
[Parallelizable]
internal sealed class BadInputTests
{
    private TestService _service = null!;

    [OneTimeSetUp]
    public async Task StartServiceAsync()
    {
        _service = await TestService.StartNewAsync(StoreKind.Folder, "good", "bad");
        await _service.DeployAsync(LaunchConfigText.Of("good"));
    }

    [OneTimeTearDown]
    public async Task StopServiceAsync() => await _service.DisposeAsync();

    [TearDown]
    public async Task What_served_keeps_serving()
    {
        Assert.That(await _service.ServedRevisionAsync(), Is.EqualTo("good"));
        Assert.That((await _service.RunningContainersAsync()), Has.Count.EqualTo(1), "what a failed launch created is gone");
    }

    [TestCase("/launch", "not-a-hash")]
    [TestCase("/switch", "zz345678901234567890123456789012")]
    [TestCase("/launch", "")]
    public async Task Hash_with_wrong_characters_is_a_bad_request(string path, string hash)
    {
        var answer = await _service.PostAsync(path, hash);

        Assert.That(answer.Status, Is.EqualTo(400), answer.ToString());
        Assert.That(answer.ErrorCode, Is.Not.Null);
    }

    [TestCase("/launch")]
    [TestCase("/switch")]
    public async Task Hash_that_is_not_in_the_store_is_not_found(string path)
    {
        var hash = new string('a', 64);

        var answer = await _service.PostAsync(path, hash);

        Assert.That(answer.Status, Is.EqualTo(404), answer.ToString());
        Assert.That(answer.Text, Does.Contain(hash[..8]));
    }

    [Test]
    public async Task Bytes_that_do_not_match_their_hash_are_refused()
    {
        var hash = new string('b', 64);
        await _service.Store.PutAsync(
            $"{_service.Prefix}/container.{hash}.json", Encoding.UTF8.GetBytes(LaunchConfigText.Of("bad")));

        var answer = await _service.PostAsync("/launch", hash);

        Assert.That((answer.Status, answer.ErrorCode), Is.EqualTo((422, "hash_mismatch")), answer.ToString());
        Assert.That(answer.Text, Does.Contain(hash[..8]));
    }

    [TestCase("[]", "object")]
    [TestCase("{", "JSON")]
    [TestCase("""{"ContainerConfig":{},"HostConfig":{}}""", "Revision")]
    [TestCase("""{"ContainerConfig":{"Env":"A=1"},"HostConfig":{},"Revision":"bad"}""", "Env")]
    [TestCase("""{"ContainerConfig":{},"HostConfig":{},"Revision":"not a tag"}""", "Revision")]
    public async Task Json_that_is_no_launch_config_is_refused_by_field(string config, string named)
    {
        var hash = await _service.StoreConfigAsync(config);

        var launched = await _service.PostAsync("/launch", hash);
        var deployed = await _service.PostAsync("/deploy", config);

        Assert.That((launched.Status, launched.ErrorCode), Is.EqualTo((422, "invalid_config")), launched.ToString());
        Assert.That(launched.Text, Does.Contain(named));
        Assert.That(deployed.Status, Is.EqualTo(400).Or.EqualTo(422), deployed.ToString());
    }

    [Test]
    public async Task Image_that_exists_nowhere_is_named()
    {
        var answer = await _service.PostAsync("/deploy", LaunchConfigText.Of("nowhere"));

        Assert.That(answer.Status, Is.EqualTo(422), answer.ToString());
        Assert.That(answer.Text, Does.Contain($"{_service.Repository}:nowhere"));
    }

    [Test]
    public async Task Container_that_exits_at_once_fails_the_launch_with_its_log()
    {
        var answer = await _service.PostAsync("/deploy", LaunchConfigText.Of("bad", "EXIT_AT_START=3"));

        Assert.That(answer.Status, Is.EqualTo(422), answer.ToString());
        Assert.That(answer.Text, Does.Contain("EXIT_AT_START is set: ending with code 3"));
    }

    [Test]
    public async Task Container_that_never_becomes_healthy_fails_the_launch_with_its_last_probe()
    {
        await using var service = await StartWithShortPatienceAsync();
        var config = LaunchConfigText.Document("bad");
        config["HealthCheckPath"] = "/sick";

        var answer = await service.PostAsync("/deploy", config.ToJsonString());

        Assert.That(answer.Status, Is.EqualTo(422), answer.ToString());
        Assert.That(answer.Text, Does.Contain("status_404"));
        Assert.That(await service.RunningContainersAsync(), Is.Empty);
    }

    [Test]
    public async Task Container_that_listens_on_another_port_fails_the_launch_and_the_port_is_named()
    {
        await using var service = await StartWithShortPatienceAsync();

        var answer = await service.PostAsync("/deploy", LaunchConfigText.Of("bad", "PORT=7171"));

        Assert.That(answer.Status, Is.EqualTo(422), answer.ToString());
        Assert.That(answer.Text, Does.Contain("7171"));
    }

    [Test]
    public async Task Second_operation_meanwhile_is_refused_and_told_which_one_runs()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "bad", "good");
        var slow = service.PostAsync("/deploy", LaunchConfigText.Of("good", "START_DELAY=3"));
        await Eventually.TrueAsync("the operation", async () => (await service.StatusAsync())["Operation"] is not null);

        var answer = await service.PostAsync("/deploy", LaunchConfigText.Of("bad"));

        Assert.That((answer.Status, answer.ErrorCode), Is.EqualTo((409, "busy")), answer.ToString());
        Assert.That((await slow).Status, Is.EqualTo(200));
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("good"));
    }

    [Test]
    public async Task Body_over_the_limit_is_too_large()
    {
        var answer = await _service.PostAsync("/deploy", new string(' ', (1024 * 1024) + 1));

        Assert.That(answer.Status, Is.EqualTo(413), answer.ToString());
    }

    [Test]
    public async Task Unknown_path_and_wrong_method_are_told_apart()
    {
        var unknown = await _service.GetAsync("/nonsense");
        var wrongMethod = await _service.GetAsync("/launch");

        Assert.That(unknown.Status, Is.EqualTo(404));
        Assert.That(wrongMethod.Status, Is.EqualTo(405));
    }

    /// <summary>
    /// The whole patience has to pass, so it is short; and so the image is one that listens milliseconds after its start,
    /// not the sample, which a busy machine may need longer for.
    /// </summary>
    private static async Task<TestService> StartWithShortPatienceAsync()
    {
        var service = await TestService.CreateAsync();
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "bad");
        await service.StartAsync("--launch-timeout", "3s");
        return service;
    }
}
