using System.IO.Pipelines;
using System.Net;
using System.Text;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Launching;

/// <summary>How a launch gets an image that is not on the machine: from its registry, else from a bucket.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ImageProviderTests : IDisposable
{
    private const string Image = "there:1";

    private readonly ManualTimeProvider _clock = new();
    private readonly TemporaryDirectory _bucket = new();
    private readonly Listener _told = new();

    public void Dispose() => _bucket.Dispose();

    [Test]
    public async Task Missing_image_is_pulled_with_progress_in_bytes()
    {
        await using var machine = await StartAsync();
        machine.Docker.Registry = _ => Lines(
            """{"status":"Downloading","id":"a","progressDetail":{"current":3,"total":10}}""",
            """{"status":"Download complete","id":"a"}""");

        var deployed = await machine.DeployAsync(machine.Config("r1"), null, _told);

        Assert.That(deployed.Method, Is.EqualTo("pulled"));
        Assert.That(_told.Steps.Take(3), Is.EqualTo(new[] { "fetching", "pulling", "creating" }));
        Assert.That(_told.Messages, Has.Some.EqualTo($"pulling {Image}"));
        Assert.That(_told.Messages.Count(text => text.StartsWith("pulling there:1: ", StringComparison.Ordinal)), Is.EqualTo(1), "not each line");
    }

    [Test]
    public async Task Image_that_no_registry_has_is_not_found()
    {
        await using var machine = await StartAsync();
        machine.Docker.Registry = _ => ScriptedDocker.Refusal(HttpStatusCode.NotFound, "manifest unknown");

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1")))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(("image_not_found", $"image {Image} cannot be pulled: manifest unknown")));
        Assert.That(machine.Containers, Is.Empty);
    }

    [Test]
    public async Task Registry_that_refuses_within_the_stream_fails_the_pull()
    {
        await using var machine = await StartAsync();
        machine.Docker.Registry = _ => Lines(
            """{"status":"Pulling"}""", """{"errorDetail":{"message":"unauthorized"},"error":"unauthorized"}""");

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1")))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(("pull_failed", $"image {Image} cannot be pulled: unauthorized")));
    }

    [Test]
    public async Task Engine_that_breaks_off_in_the_middle_of_a_line_is_away()
    {
        await using var machine = await StartAsync();
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("""{"status":"Down"""u8.ToArray());
        await pipe.Writer.CompleteAsync(new HttpIOException(HttpRequestError.ResponseEnded));
        machine.Docker.Registry = _ => new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) };

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1")))!;

        Assert.That(failure.Error, Is.EqualTo(DeploymentError.EngineUnavailable));
        Assert.That(failure.Message, Does.EndWith("broke off in the middle of an answer"));
        Assert.That(machine.Traffic.History, Is.Empty);
    }

    [Test]
    public async Task Pull_without_progress_is_given_up()
    {
        // The engine's client has the real clock; nothing comes, however long it waits.
        await using var machine = await StartAsync(options => options with { PullStallTimeout = TimeSpan.FromMilliseconds(1) });
        machine.Docker.Registry = _ => ScriptedDocker.Silence();

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1")))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(("pull_timeout", $"image {Image} cannot be pulled: no progress for 0 s")));
    }

    [Test]
    public async Task Image_that_is_not_there_after_its_pull_fails_the_launch()
    {
        await using var machine = await StartAsync();
        machine.Docker.LosesPulled = true;

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r1")))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(
            ("pull_failed", $"image {Image} is not on this machine after it was pulled")));
    }

    [TestCase("image.r1.tar")]
    [TestCase("image.r1.tar.gz")]
    public async Task Image_that_only_the_bucket_has_is_loaded_and_gets_the_name_that_the_config_gives(string file)
    {
        await using var machine = await StartAsync();
        ImageArchives.Write(Folder(), file, "anything:7");
        RefusePulls(machine);

        var deployed = await machine.DeployAsync(Config(machine), null, _told);

        Assert.That(deployed.Method, Is.EqualTo("loaded"));
        Assert.That(_told.Messages, Has.Some.StartsWith($"loading service/{file} from "));
        Assert.That(
            machine.Engine.Calls, Has.Some.EndsWith("/images/sha256%3A1/tag?repo=docker.io%2Flibrary%2Fthere&tag=1").Or.Some.Contains("tag?repo=there&tag=1"));
    }

    [Test]
    public async Task Bucket_without_the_archive_leaves_the_pulls_own_failure()
    {
        await using var machine = await StartAsync();
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(Config(machine))))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(("image_not_found", $"image {Image} cannot be pulled: manifest unknown")));
    }

    [Test]
    public async Task Archive_of_several_images_of_other_names_is_a_mismatch()
    {
        await using var machine = await StartAsync();
        ImageArchives.Write(Folder(), "image.r1.tar", "one:1", "two:2");
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(Config(machine))))!;

        Assert.That(failure.Error, Is.EqualTo(DeploymentError.ImageMismatch));
        Assert.That(failure.Message, Does.Contain("image.r1.tar").And.Contain("one:1").And.Contain("two:2"));
    }

    [Test]
    public async Task Archive_from_which_the_engine_loads_several_images_is_a_mismatch()
    {
        await using var machine = await StartAsync();
        ImageArchives.Write(Folder(), "image.r1.tar", Image);
        machine.Docker.LoadAnswer = "Loaded image ID: sha256:1\nLoaded image ID: sha256:2\n";
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(Config(machine))))!;

        Assert.That(failure.Error, Is.EqualTo(DeploymentError.ImageMismatch));
        Assert.That(failure.Message, Does.Contain("holds 2 images (sha256:1, sha256:2)"));
    }

    [Test]
    public async Task File_that_is_no_archive_cannot_be_loaded()
    {
        await using var machine = await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder(), "image.r1.tar"), new string('x', 2000));
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(Config(machine))))!;

        Assert.That(failure.Code, Is.EqualTo("load_failed"));
        Assert.That(failure.Message, Does.StartWith("service/image.r1.tar cannot be loaded: "));
    }

    [Test]
    public async Task Archive_that_the_engine_refuses_cannot_be_loaded()
    {
        await using var machine = await StartAsync();
        ImageArchives.Write(Folder(), "image.r1.tar", Image);
        machine.Docker.RefuseLoad = "no space left on device";
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(Config(machine))))!;

        Assert.That((failure.Code, failure.Message), Is.EqualTo(
            ("load_failed", "service/image.r1.tar cannot be loaded: no space left on device")));
    }

    [Test]
    public async Task Image_named_by_its_digest_comes_from_registries_alone()
    {
        await using var machine = await StartAsync();
        ImageArchives.Write(Folder(), "image.r1.tar", Image);
        var named = $"there@sha256:{new string('a', 64)}";
        machine.Docker.MissingImages.Add(named);
        RefusePulls(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync(machine.Config("r1", config =>
        {
            config["ContainerConfig"]!["Image"] = named;
            config["ImageBucket"] = $"file:{_bucket.FullPath}";
        }))))!;

        Assert.That(failure.Code, Is.EqualTo("load_failed"));
        Assert.That(failure.Message, Does.Contain("named by its digest").And.Contain(named));
    }

    private async Task<ScriptedMachine> StartAsync(Func<LifecycleOptions, LifecycleOptions>? adjust = null)
    {
        var machine = new ScriptedMachine(_clock) { Adjust = adjust ?? (options => options) };
        machine.Docker.MissingImages.Add(Image);
        await machine.StartAsync();
        return machine;
    }

    private static void RefusePulls(ScriptedMachine machine) =>
        machine.Docker.Registry = _ => ScriptedDocker.Refusal(HttpStatusCode.NotFound, "manifest unknown");

    private byte[] Config(ScriptedMachine machine) =>
        machine.Config("r1", config => config["ImageBucket"] = $"file:{_bucket.FullPath}");

    /// <summary>Where the store's prefix lies in the bucket.</summary>
    private string Folder() => Directory.CreateDirectory(_bucket.Under(ScriptedMachine.Prefix)).FullName;

    private static HttpResponseMessage Lines(params string[] lines) =>
        ScriptedEngine.Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
}
