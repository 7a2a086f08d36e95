using System.Text.Json;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Fleet;
using WunderProxy.ManagerApi;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Tests.Fleet;

/// <summary>
/// Deploys and rollbacks of a whole fleet on managers that the test plays: what is in service, what the history says, and
/// what the command says of both.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FleetGuardTests
{
    private static readonly LaunchConfig R1 = Config("r1");
    private static readonly LaunchConfig R2 = Config("r2");
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Good_deploy_waits_for_every_watch_and_stays()
    {
        using var fleet = await Fleet.CreateAsync();

        var summary = await fleet.DeployAsync(R2);

        Assert.That(summary.Hash, Is.EqualTo(R2.Hash.Value));
        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R2.Hash.Value));
        Assert.That(fleet.Managers.Select(manager => manager.Guards.Single()), Is.All.EqualTo(Watch));
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
        Assert.That(fleet.Lines, Has.Some.Contains("watching r2").And.Some.Contains("b: found nothing worse"));
    }

    [TestCase(GuardState.SwitchedBack)]
    [TestCase(GuardState.Kept)]
    public async Task One_manager_that_judges_sends_all_back_and_the_history_with_them(string state)
    {
        using var fleet = await Fleet.CreateAsync();
        fleet.Managers[1].Verdict = (state, "50% of 100 requests answered 5xx");

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2)))!;

        Assert.That(failure.Message, Does.Contain("b found r2 worse").And.Contain("50% of 100").And.Contain("taken out"));
        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R1.Hash.Value));
        Assert.That(fleet.Managers[0].Guards, Is.EqualTo(new TimeSpan?[] { Watch, TimeSpan.Zero }), "the way back is not watched");
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(await fleet.CurrentAsync(), Is.EqualTo("r1"));
    }

    [Test]
    public async Task Container_that_was_stopped_meanwhile_is_launched_for_the_way_back()
    {
        using var fleet = await Fleet.CreateAsync();
        fleet.Managers[1].Verdict = (GuardState.SwitchedBack, "it died");
        fleet.Managers[0].IsStopped = hash => hash == R1.Hash.Value;

        await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2));

        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R1.Hash.Value));
    }

    [Test]
    public async Task Rollback_that_is_worse_is_undone_and_the_history_names_what_serves()
    {
        using var fleet = await Fleet.CreateAsync();
        await fleet.DeployAsync(R2);
        fleet.Managers[0].Verdict = (GuardState.SwitchedBack, "slow");

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.RollbackAsync("r1")))!;

        Assert.That(failure.Message, Does.Contain("a found r1 worse: slow"));
        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R2.Hash.Value));
        Assert.That((await fleet.HistoryAsync())[^1], Is.EqualTo("r2"));
        Assert.That(await fleet.CurrentAsync(), Is.EqualTo("r2"));
    }

    [TestCase(GuardState.Superseded)]
    [TestCase(GuardState.Failed)]
    public async Task Watch_without_a_verdict_is_a_failure_that_switches_nothing(string state)
    {
        using var fleet = await Fleet.CreateAsync();
        fleet.Managers[0].Verdict = (state, "");

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2)))!;

        Assert.That(failure.Message, Does.Contain("r2 is recorded").And.Contain("no verdict from a"));
        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R2.Hash.Value));
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
    }

    [TestCase("restart", "its watch ended with a restart")]
    [TestCase("another", "it serves another revision meanwhile")]
    [TestCase("away", "refused")]
    [TestCase("endless", "its watch does not end")]
    public async Task Manager_that_cannot_tell_a_verdict_is_named_with_the_reason(string what, string reason)
    {
        using var fleet = await Fleet.CreateAsync();
        fleet.Managers[1].Verdict = (GuardState.Watching, "");
        fleet.Managers[1].OnStatus = (status, asked) => what switch
        {
            "restart" => status with { Guard = null },
            "another" => status with { Guard = null, Upstream = status.Upstream! with { Hash = R1.Hash.Value } },
            "away" when asked => throw new ManagerCallException("refused", isAnswer: false),
            _ => status,
        };

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2)))!;

        Assert.That(failure.Message, Does.Contain($"no verdict from b ({reason})"));
        Assert.That(fleet.Managers.Select(manager => manager.Served), Is.All.EqualTo(R2.Hash.Value));
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
    }

    [Test]
    public async Task Manager_where_nothing_changed_is_not_waited_for()
    {
        using var fleet = await Fleet.CreateAsync();
        await fleet.DeployAsync(R2);

        await fleet.DeployAsync(R2);

        Assert.That(fleet.Lines, Has.Some.EqualTo("a: does not watch: nothing changed there"));
    }

    [TestCase("history.json", "neither history.json nor current.json")]
    [TestCase("current.json", "current.json was not written")]
    public async Task Store_that_throws_after_the_switch_is_told_with_what_is_in_service_and_how_to_go_on(string file, string words)
    {
        using var fleet = await Fleet.CreateAsync();
        fleet.Store.BeforeCall = (call, key) =>
        {
            if (call is "put" or "copy" && key.EndsWith(file, StringComparison.Ordinal))
            {
                throw new InvalidOperationException("lone surrogate");
            }
        };

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2)))!;
        fleet.Store.BeforeCall = null;

        Assert.That(failure.Message, Does.Contain("r2 is in service on a, b").And.Contain(words).And.Contain("run the deploy again"));
        await fleet.DeployAsync(R2);
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
        Assert.That(await fleet.CurrentAsync(), Is.EqualTo("r2"));
    }

    [Test]
    public async Task Event_and_lease_that_fail_do_not_fail_the_deploy()
    {
        using var fleet = await Fleet.CreateAsync(ConditionSupport.Refused);
        fleet.Store.BeforeCall = (call, key) =>
        {
            if (key.Contains("/events/", StringComparison.Ordinal) || call == "delete")
            {
                throw new FormatException("no ETag");
            }
        };

        await fleet.DeployAsync(R2);

        Assert.That(fleet.Lines, Has.Some.Contains("the event was not written").And.Some.Contains("the lease was not given back"));
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
    }

    [Test]
    public async Task Interrupted_command_says_how_far_it_came()
    {
        using var fleet = await Fleet.CreateAsync();
        using var interruption = new CancellationTokenSource();
        fleet.Managers[0].Verdict = (GuardState.Watching, "");
        fleet.OnLine = line =>
        {
            if (line.Contains("watching", StringComparison.Ordinal))
            {
                interruption.Cancel();
            }
        };

        var failure = (await Assert.ThrowsAsync<FleetException>(() => fleet.DeployAsync(R2, interruption.Token)))!;

        Assert.That(failure.Message, Does.Contain("interrupted").And.Contain("in service on a, b and recorded"));
        Assert.That(await fleet.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2" }));
    }

    private static LaunchConfig Config(string revision) =>
        LaunchConfig.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"ContainerConfig":{},"Revision":"{{revision}}"}"""));

    private sealed class Fleet : IFleetReport, IDisposable
    {
        private const string Prefix = "shop";

        private Fleet(ConditionSupport conditions) => Store = new InMemoryObjectStore { Conditions = conditions };

        public InMemoryObjectStore Store { get; }

        public IReadOnlyList<Manager> Managers { get; } = [new("a"), new("b")];

        public List<string> Lines { get; } = [];

        public Action<string>? OnLine { get; set; }

        /// <summary>A fleet that serves r1, which the history says.</summary>
        public static async Task<Fleet> CreateAsync(ConditionSupport conditions = ConditionSupport.Kept)
        {
            var fleet = new Fleet(conditions);
            await fleet.DeployAsync(R1);
            foreach (var manager in fleet.Managers)
            {
                manager.Guards.Clear();
            }

            fleet.Lines.Clear();
            return fleet;
        }

        public Task<DeploymentSummary> DeployAsync(LaunchConfig config, CancellationToken cancellationToken = default) =>
            Run().DeployAsync(config, cancellationToken);

        public Task<DeploymentSummary> RollbackAsync(string target) => Run().RollbackAsync(target, CancellationToken.None);

        public async Task<IReadOnlyList<string>> HistoryAsync() =>
            [.. (await new HistoryRepository(Store, Prefix, TimeProvider.System).LoadAsync(CancellationToken.None)).Entries.Select(e => e.Revision)];

        public async Task<string> CurrentAsync() =>
            (await new LaunchConfigRepository(Store, Prefix).LoadCurrentAsync(CancellationToken.None)).Revision;

        public void Tell(string manager, string message) => Note($"{manager}: {message}");

        public void Fail(string manager, string message) => Note($"{manager}: {message}");

        public void Progress(string manager, DeploymentProgress step) => Note($"{manager}: {step.Message}");

        public void Dispose() => Store.Dispose();

        private void Note(string line)
        {
            lock (Lines)
            {
                Lines.Add(line);
            }

            OnLine?.Invoke(line);
        }

        /// <summary>A lease is renewed at its own pace: only with conditional writes may time run ahead.</summary>
        private DeploymentRun Run() => new(
            Store, Prefix, Managers, "ada", Watch, this,
            Store.Conditions == ConditionSupport.Kept ? new EagerTimeProvider() : TimeProvider.System);
    }

    /// <summary>A manager whose watch is over at the second question.</summary>
    private sealed class Manager(string name) : IManagerClient
    {
        private (string Hash, string From) _watched;
        private int _asked;
        private (string State, string Reason)? _judged;

        public string Name => name;

        public string Served { get; private set; } = "";

        public List<TimeSpan?> Guards { get; } = [];

        public (string State, string Reason) Verdict { get; set; } = (GuardState.Passed, "");

        /// <summary>Changes what it tells while it watches; from the second question on it is asked again.</summary>
        public Func<StatusDocument, bool, StatusDocument>? OnStatus { get; set; }

        /// <summary>Whether a switch to a hash needs a launch first.</summary>
        public Func<string, bool> IsStopped { get; set; } = _ => false;

        public Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isOver = _watched.Hash is not null && Interlocked.Increment(ref _asked) > 1;
            if (isOver && _judged is null)
            {
                _judged = Verdict;
                Served = Verdict.State == GuardState.SwitchedBack ? _watched.From : Served;
            }

            var status = JsonSerializer.Deserialize(GoldenStatus.Text, ApiJson.Context.StatusDocument)!;
            var told = (StatusDocument document) => _watched.Hash is null || OnStatus is null ? document : OnStatus(document, isOver);
            return Task.FromResult(told(status with
            {
                Upstream = Served.Length == 0
                    ? null
                    : new UpstreamView("x:1", "c", Served, "r", DateTimeOffset.UnixEpoch, "healthy", null),
                Guard = _watched.Hash is null
                    ? null
                    : new GuardView(
                        "watch-" + name, _watched.Hash, "r", _watched.From, "r", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
                        _judged?.State ?? GuardState.Watching, _judged?.Reason ?? ""),
            }));
        }

        public Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken)
        {
            IsStopped = _ => false;
            return Task.FromResult(new LaunchResult(hash, "r", "c", "x:1", 1, "created", 0.1));
        }

        public Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken)
        {
            if (IsStopped(hash))
            {
                return Task.FromException<SwitchResult>(new ManagerCallException("launch it first", isAnswer: true));
            }

            var (from, isChanged) = (Served, Served != hash);
            Guards.Add(guard);
            Served = hash;
            var isWatched = guard > TimeSpan.Zero && isChanged && from.Length > 0;
            (_watched, _asked, _judged) = isWatched ? ((hash, from), 0, null) : (_watched, _asked, _judged);
            var revision = hash == R2.Hash.Value ? "r2" : "r1";
            return Task.FromResult(new SwitchResult(hash, revision, "c", "x:1", 1, isChanged) { Guard = isWatched ? "watch-" + name : null });
        }
    }
}
