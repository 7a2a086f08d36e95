using System.Net;
using System.Text;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Switching;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Switching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class TrafficSwitcherTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly InMemoryObjectStore _store = new();
    private readonly ScriptedEngine _engine = new();
    private readonly RecordingTrafficSwitch _traffic = new();
    private readonly TaskCompletionSource _hold = new();
    private readonly LocalState _state;
    private readonly Machine _machine;
    private readonly Application _application;
    private readonly ContainerRetirer _retirer;
    private readonly TrafficSwitcher _switcher;

    public TrafficSwitcherTests()
    {
        // What is no longer current goes on draining: nothing is retired in the background.
        _traffic.HoldDrains = _hold.Task;
        _state = LocalState.Open(_root.FullPath, new ServiceName("memory", "service", "shop"));
        Assert.That(_state.TryLock());
        var log = new RecordingLogger();
        _machine = new Machine(_engine.CreateClient(), TimeProvider.System, log);
        _application = new Application(
            new LifecycleOptions { Bucket = "memory", Prefix = "service", App = "shop" },
            _machine,
            _store,
            _state,
            _traffic,
            TimeProvider.System,
            log,
            FaultPoints.None);
        _retirer = new ContainerRetirer(
            _application,
            new OrphanRemover(_machine.Engine, _application.Ownership, log),
            new ContainerStopper(_machine.Engine, TimeSpan.FromSeconds(10)),
            new ImageClaims(_state.FullPath));
        _switcher = new TrafficSwitcher(_application, _retirer);
    }

    public async ValueTask DisposeAsync()
    {
        await _retirer.DisposeAsync();
        _application.Dispose();
        await _machine.DisposeAsync();
        _state.Dispose();
        _engine.Dispose();
        _store.Dispose();
        _root.Dispose();
    }

    [Test]
    public async Task Undone_switch_sends_traffic_to_the_one_before()
    {
        var (good, bad) = (Add("r1"), Add("r2"));
        await SwitchAsync(good);
        await SwitchAsync(bad);

        var undone = await UndoAsync(bad, good);

        Assert.That(undone!.Previous, Is.SameAs(bad));
        Assert.That(_application.Record.Current.Rejected.Select(rejected => rejected.Revision), Is.EqualTo(new[] { "r2" }));
        Assert.That(_traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(_application.Record.Current.Container, Is.EqualTo("r1"));
        Assert.That((good.State, bad.State), Is.EqualTo((DeploymentState.Current, DeploymentState.Draining)));
    }

    [Test]
    public async Task Switch_after_which_another_came_is_not_undone()
    {
        var (good, bad, newest) = (Add("r1"), Add("r2"), Add("r3"));
        await SwitchAsync(good);
        await SwitchAsync(bad);
        await SwitchAsync(newest);

        var undone = await UndoAsync(bad, good);

        Assert.That(undone, Is.Null);
        Assert.That(_traffic.Current!.Revision, Is.EqualTo("r3"));
        Assert.That(_application.Record.Current.Container, Is.EqualTo("r3"));
    }

    private Task<SwitchOutcome?> UndoAsync(Deployment failing, Deployment earlier) => _switcher.UndoAsync(
        new GuardedSwitch(failing, earlier, new LifecycleRecord(), null, new TaskCompletionSource()),
        new RejectedConfig(
            failing.Hash.Value, failing.Revision, earlier.Hash.Value, earlier.Revision, DateTimeOffset.UnixEpoch, "slow"),
        DeploymentIntent.Reject(
            failing.Hash.Value, "", failing.Revision, DateTimeOffset.UnixEpoch, "guard", DateTimeOffset.UnixEpoch));

    private Task<SwitchOutcome> SwitchAsync(Deployment next) =>
        _switcher.SwitchAsync(next, null, null, _hold.Task, CancellationToken.None);

    private Deployment Add(string revision)
    {
        var hash = LaunchConfigHash.Of(Encoding.UTF8.GetBytes(revision));
        var deployment = new Deployment(hash, revision, DeploymentState.Ready, FaultPoints.None)
        {
            Replica = new Replica
            {
                Id = new ContainerId(revision),
                Address = new ContainerAddress(new IPEndPoint(IPAddress.Loopback, 1), 1),
            },
        };
        _application.Table.Add(deployment);
        return deployment;
    }
}
