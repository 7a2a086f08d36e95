using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Deployments.Contracts;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>An image that is not on the machine: pulled from the real registry, else loaded from a bucket.</summary>
[Parallelizable]
internal sealed class ImageProvisionTests
{
    [Test]
    public async Task Image_that_only_the_registry_has_is_pulled_with_progress()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        await service.Engine.PushAsync(service.Repository, "r1");
        await RemoveImageAsync(service, "r1");
        var steps = new ProgressList();

        var deployed = await service.Lifecycle.DeployAsync(
            new DeployRequest { Config = LifecycleHarness.Config("r1"), By = "test" }, steps, CancellationToken.None);

        Assert.That(deployed.Method, Is.EqualTo("pulled"));
        Assert.That(steps.Names, Does.Contain("pulling"));
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Image_that_only_a_bucket_has_is_loaded()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1");
        using var bucket = new ImageFolder();
        await bucket.SaveAsync(service.Engine, $"{service.Repository}:r1", "image.r1.tar");
        await RemoveImageAsync(service, "r1");

        var deployed = await service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket));

        Assert.That(deployed.Method, Is.EqualTo("loaded"));
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Archive_with_one_image_of_another_name_gives_it_the_wanted_one()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("other");
        using var bucket = new ImageFolder();
        await bucket.SaveAsync(service.Engine, $"{service.Repository}:other", "image.r1.tar");

        var deployed = await service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket));

        Assert.That(deployed.Method, Is.EqualTo("loaded"));
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Name_in_an_archive_is_not_taken_from_the_image_that_has_it()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("theirs");
        using var bucket = new ImageFolder();
        await bucket.SaveAsync(service.Engine, $"{service.Repository}:theirs", "image.r1.tar.gz", compress: true);
        await RemoveImageAsync(service, "theirs");
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "theirs");
        var before = await ImageIdAsync(service, "theirs");

        var deployed = await service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket));

        Assert.That(deployed.Method, Is.EqualTo("loaded"));
        Assert.That(await ImageIdAsync(service, "theirs"), Is.EqualTo(before));
        Assert.That(await ImageIdAsync(service, "r1"), Is.Not.EqualTo(before));
        Assert.That(await service.AskAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Wanted_image_among_several_is_loaded_and_the_others_leave_no_name()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("r1", "base");
        using var bucket = new ImageFolder();
        await bucket.SaveAsync(
            service.Engine, $"get?names={service.Repository}:base&names={service.Repository}:r1", "image.r1.tar");
        var wanted = await ImageIdAsync(service, "r1");
        await RemoveImageAsync(service, "r1");
        await RemoveImageAsync(service, "base");

        var deployed = await service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket));

        Assert.That(deployed.Method, Is.EqualTo("loaded"));
        Assert.That(await ImageIdAsync(service, "r1"), Is.EqualTo(wanted));
        Assert.That(async () => await ImageIdAsync(service, "base"), Throws.TypeOf<AssertionException>().With.Message.Contains("404"));
    }

    [Test]
    public async Task Archive_with_several_other_images_is_a_mismatch()
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync("a", "b");
        using var bucket = new ImageFolder();
        await bucket.SaveAsync(
            service.Engine, $"get?names={service.Repository}:a&names={service.Repository}:b", "image.r1.tar");
        await RemoveImageAsync(service, "a");
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, service.Repository, "a");
        var before = await ImageIdAsync(service, "a");

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket))))!;

        Assert.That(failure.Code, Is.EqualTo("image_mismatch"));
        Assert.That(await ImageIdAsync(service, "a"), Is.EqualTo(before), "a refused archive changes no name");
    }

    [TestCase("no archive at all", TestName = "Archive_that_is_none_cannot_be_loaded")]
    [TestCase("", TestName = "Archive_that_is_empty_cannot_be_loaded")]
    public async Task Broken_archive_cannot_be_loaded(string content)
    {
        await using var service = new LifecycleHarness();
        await service.StartAsync();
        using var bucket = new ImageFolder();
        await bucket.WriteAsync("image.r1.tar", Encoding.ASCII.GetBytes(content));

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ImageBucket"] = bucket.Bucket))))!;

        Assert.That(failure.Code, Is.EqualTo("load_failed"));
        Assert.That(failure.Message, Does.Contain("service/image.r1.tar"));
    }

    [Test]
    public async Task Registry_that_never_answers_ends_the_pull()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        await using var service = new LifecycleHarness
        {
            Adjust = options => options with { PullStallTimeout = TimeSpan.FromSeconds(1) },
        };
        await service.StartAsync();

        var image = $"{silent.LocalEndPoint}/application:r1";
        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => service.DeployAsync(
            LifecycleHarness.Config("r1", config => config["ContainerConfig"]!["Image"] = image))))!;

        Assert.That(failure.Code, Is.EqualTo("pull_timeout"));
        Assert.That(failure.Message, Does.Contain(image));
    }

    private static async Task<string> ImageIdAsync(LifecycleHarness service, string tag) =>
        (await service.Engine.InspectImageAsync($"{service.Repository}:{tag}"))["Id"]!.GetValue<string>();

    private static async Task RemoveImageAsync(LifecycleHarness service, string tag) =>
        await service.Engine.SendAsync(
            HttpMethod.Delete, $"images/{service.Repository}:{tag}?force=1", accept: HttpStatusCode.NotFound);

    /// <summary>Keeps what it is told, on the caller's thread.</summary>
    private sealed class ProgressList : IProgress<DeploymentProgress>
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get
            {
                lock (_names)
                {
                    return [.. _names];
                }
            }
        }

        public void Report(DeploymentProgress value)
        {
            lock (_names)
            {
                _names.Add(value.Step);
            }
        }
    }
}
