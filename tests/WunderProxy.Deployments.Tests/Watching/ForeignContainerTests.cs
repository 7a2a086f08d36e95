using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>Containers that carry our labels and were not made by us: listed, never started, stopped, served or removed.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ForeignContainerTests
{
    private const string CommittedImage = "sha256:2";

    private static readonly string Hash = new('a', 64);

    private readonly ManualTimeProvider _clock = new();

    [TestCase("debug")]
    [TestCase("shop-r1-aaaaaaaa-1234")]
    public async Task Container_of_a_committed_image_is_listed_and_never_touched(string name)
    {
        await using var machine = new ScriptedMachine(_clock);
        AddCopy(machine, name, "running");

        await machine.StartAsync(new LifecycleRecord { Seen = "something" });

        AssertForeign(machine, "copy running");
    }

    [Test]
    public async Task Stopped_container_of_a_committed_image_stays_stopped()
    {
        await using var machine = new ScriptedMachine(_clock);
        AddCopy(machine, "shop-r1-aaaaaaaa-1234", "exited");

        await machine.StartAsync();

        AssertForeign(machine, "copy exited");
    }

    [Test]
    public async Task Container_of_a_committed_image_gets_no_traffic_with_a_new_state_directory()
    {
        await using var machine = new ScriptedMachine(_clock);
        var config = LaunchConfig.Parse(machine.Config("r1"));
        var labels = machine.LabelsOf(config.Hash.Value, "r1");
        machine.ImageLabels[CommittedImage] = labels.DeepClone().AsObject();
        machine.AddContainer(
            "copy", ContainerName.Create("shop", "r1", config.Hash), "copy:1", "running", labels, _clock.GetUtcNow(), CommittedImage);
        await machine.Store.PutAsync("service/current.json", config.Bytes, PutCondition.None, CancellationToken.None);

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "copy running", "made1 running" }));
    }

    [Test]
    public async Task Container_of_ours_is_served_with_a_new_state_directory()
    {
        await using var machine = new ScriptedMachine(_clock);
        var config = LaunchConfig.Parse(machine.Config("r1"));
        machine.AddContainer("ours", config.Hash.Value, "r1", "running", _clock.GetUtcNow());
        await machine.Store.PutAsync("service/current.json", config.Bytes, PutCondition.None, CancellationToken.None);

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("ours"));
    }

    [TestCase("wunderproxy.port", "99999")]
    [TestCase("wunderproxy.port", "-1")]
    [TestCase("wunderproxy.port", "text")]
    [TestCase("wunderproxy.health", "@evil.example/")]
    [TestCase("wunderproxy.hash", "no hash")]
    [TestCase("wunderproxy.revision", "")]
    public async Task Label_with_a_bad_value_neither_ends_the_start_nor_makes_a_container_ours(string label, string value)
    {
        await using var machine = new ScriptedMachine(_clock);
        var labels = machine.LabelsOf(Hash, "r1");
        labels[label] = value;
        machine.AddContainer("copy", ContainerName.Create("shop", "r1", LaunchConfigHash.Parse(Hash)), "other:1", "running", labels, _clock.GetUtcNow());

        await machine.StartAsync();

        AssertForeign(machine, "copy running");
        Assert.That(machine.Log.MessagesFrom(LogLevel.Error), Is.Empty);
    }

    [Test]
    public async Task Container_of_ours_in_the_record_stays_ours_under_another_name()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("c1", "renamed", "other:1", "running", machine.LabelsOf(Hash, "r1"), _clock.GetUtcNow());

        await machine.StartAsync(new LifecycleRecord { Hash = Hash, Container = "c1" });

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("c1"));
        Assert.That(machine.Lifecycle.Containers.Single().State, Is.EqualTo("current"));
    }

    [Test]
    public async Task Container_that_was_renamed_and_is_in_no_record_is_foreign()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("copy", "renamed", "other:1", "running", machine.LabelsOf(Hash, "r1"), _clock.GetUtcNow());

        await machine.StartAsync(new LifecycleRecord { Seen = "something" });

        AssertForeign(machine, "copy running");
    }

    [Test]
    public async Task Rest_of_an_interrupted_launch_is_still_removed()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("left", Hash, "r1", "created", _clock.GetUtcNow());

        await machine.StartAsync(new LifecycleRecord { Seen = "something" });

        Assert.That(machine.Containers, Is.Empty);
    }

    [TestCase("wunderproxy.app", "blog")]
    [TestCase("wunderproxy.prefix", "memory/other")]
    public async Task Container_of_another_service_is_neither_listed_nor_touched(string label, string value)
    {
        await using var machine = new ScriptedMachine(_clock);
        var labels = machine.LabelsOf(Hash, "r1");
        labels[label] = value;
        machine.AddContainer("theirs", ContainerName.Create("shop", "r1", LaunchConfigHash.Parse(Hash)), "other:1", "running", labels, _clock.GetUtcNow());

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Containers, Is.Empty);
        Assert.That(machine.Containers, Is.EqualTo(new[] { "theirs running" }));
    }

    [Test]
    public async Task Container_in_the_old_tools_form_with_labels_of_its_image_is_not_the_old_tools()
    {
        await using var machine = new ScriptedMachine(_clock);
        var config = LaunchConfig.Parse(machine.Config("r1"));
        AddCopy(machine, "r1", "running", "localhost:8080/shop:r1");
        await machine.Store.PutAsync("service/current.json", config.Bytes, PutCondition.None, CancellationToken.None);

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("made1"));
        Assert.That(machine.Lifecycle.Containers.Single(c => c.Id == "copy").State, Is.EqualTo("foreign"));
        Assert.That(machine.Containers, Does.Contain("copy running"));
    }

    [Test]
    public async Task Old_tools_container_in_the_record_is_served_without_the_store()
    {
        await using var machine = new ScriptedMachine(_clock);
        var config = LaunchConfig.Parse(machine.Config("r1"));
        machine.AddContainer("old", "r1", "localhost:8080/shop:r1", "running", [], _clock.GetUtcNow());
        machine.Store.BeforeCall = (_, _) =>
            throw new ObjectStoreException(ObjectStoreFault.Unavailable, "the store is away");

        await machine.StartAsync(
            new LifecycleRecord { Hash = config.Hash.Value, Container = "old", Config = config.Bytes.ToArray() });

        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("old"));
    }

    [Test]
    public async Task Name_that_another_container_has_is_replaced_by_a_new_one_and_nothing_is_removed()
    {
        await using var machine = new ScriptedMachine(_clock);
        var taken = new List<string>();
        machine.BeforeCreate = name =>
        {
            taken.Add(name);
            return taken.Count > 1 ? null : Answer(HttpStatusCode.Conflict, $"Conflict. The container name \"/{name}\" is already in use");
        };
        await machine.StartAsync();

        var deployed = await machine.Lifecycle.DeployAsync(
            new DeployRequest { Config = machine.Config("r1"), By = "test" }, null, CancellationToken.None);

        Assert.That(deployed.Container, Is.EqualTo("made1"));
        Assert.That(taken, Has.Count.EqualTo(2).And.Unique);
        Assert.That(machine.Engine.Calls, Has.None.StartsWith("DELETE"));
    }

    [Test]
    public async Task Create_call_without_an_answer_removes_only_what_is_proven_to_be_its_own()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.BeforeCreate = name =>
        {
            machine.ImageLabels[CommittedImage] = machine.LabelsOf(Hash, "r1");
            machine.AddContainer("copy", name, "copy:1", "running", machine.LabelsOf(Hash, "r1"), _clock.GetUtcNow(), CommittedImage);
            throw new HttpRequestException("broken pipe");
        };
        await machine.StartAsync();

        Assert.That(
            () => machine.Lifecycle.DeployAsync(
                new DeployRequest { Config = machine.Config("r1"), By = "test" }, null, CancellationToken.None),
            Throws.TypeOf<DeploymentException>());

        Assert.That(machine.Engine.Calls, Has.Some.Contains("GET /v1.41/containers/shop-r1-"));
        Assert.That(machine.Containers, Is.EqualTo(new[] { "copy running" }));
    }

    [Test]
    public async Task Create_call_without_an_answer_removes_what_it_made()
    {
        await using var machine = new ScriptedMachine(_clock);
        var config = LaunchConfig.Parse(machine.Config("r1"));
        machine.BeforeCreate = name =>
        {
            machine.AddContainer("half", name, "there:1", "created", machine.LabelsOf(config.Hash.Value, "r1"), _clock.GetUtcNow());
            throw new HttpRequestException("broken pipe");
        };
        await machine.StartAsync();

        Assert.That(
            () => machine.Lifecycle.DeployAsync(new DeployRequest { Config = config.Bytes, By = "test" }, null, CancellationToken.None),
            Throws.TypeOf<DeploymentException>());

        Assert.That(machine.Containers, Is.Empty);
    }

    private void AddCopy(ScriptedMachine machine, string name, string state, string image = "copy:1")
    {
        machine.ImageLabels[CommittedImage] = machine.LabelsOf(Hash, "r1");
        machine.AddContainer("copy", name, image, state, machine.LabelsOf(Hash, "r1"), _clock.GetUtcNow(), CommittedImage);
    }

    private static void AssertForeign(ScriptedMachine machine, string container)
    {
        Assert.That(machine.Containers, Is.EqualTo(new[] { container }));
        Assert.That(machine.Lifecycle.Containers.Select(c => (c.Id, c.State)), Is.EqualTo(new[] { ("copy", "foreign") }));
        Assert.That(machine.Traffic.Current, Is.Null);
        Assert.That(machine.Engine.Calls, Has.None.StartsWith("DELETE").And.None.Contains("/stop").And.None.Contains("/start"));
        Assert.That(machine.Log.MessagesFrom(LogLevel.Warning, "carries this service's labels"), Has.Count.EqualTo(1));
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string message) => ScriptedEngine.Answer(
        status, Encoding.UTF8.GetBytes(new JsonObject { ["message"] = message }.ToJsonString()));
}
