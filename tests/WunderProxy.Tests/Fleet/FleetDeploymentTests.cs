using System.Text.Json;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Fleet;
using WunderProxy.ManagerApi;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Tests.Fleet;

[Parallelizable]
internal sealed class FleetDeploymentTests
{
    private const string Old = "0ld00000";
    private const string New = "new00000";

    private readonly Report _report = new();

    [Test]
    public async Task All_launch_before_any_switches()
    {
        var calls = new List<string>();
        ScriptedManager[] managers = [new("a", calls), new("b", calls)];

        await RunAsync(managers);

        Assert.That(calls.Take(2), Is.EquivalentTo(new[] { $"a launch {New}", $"b launch {New}" }));
        Assert.That(calls.Skip(2), Is.EqualTo(new[] { $"a switch {New}", $"b switch {New}" }));
    }

    [Test]
    public async Task Launch_that_fails_switches_nothing()
    {
        var calls = new List<string>();
        ScriptedManager[] managers = [new("a", calls), new("b", calls) { LaunchFailure = Refusal("exit_code") }];

        var failure = await Assert.ThrowsAsync<FleetException>(() => RunAsync(managers));

        Assert.That(failure!.Message, Does.Contain("b").And.Contain("nothing was switched"));
        Assert.That(calls, Has.None.Contains("switch"));
        Assert.That(_report.Lines, Does.Contain("b: failed: exit_code"));
    }

    [Test]
    public async Task Switch_that_is_refused_sends_the_others_back()
    {
        var calls = new List<string>();
        ScriptedManager[] managers =
            [new("a", calls), new("b", calls) { SwitchFailure = Refusal("unhealthy") }, new("c", calls)];

        var failure = await Assert.ThrowsAsync<FleetException>(() => RunAsync(managers));

        Assert.That(failure!.Message, Does.Contain("b").And.Contain("unhealthy"));
        Assert.That(
            calls.Where(call => call.Contains("switch")),
            Is.EqualTo(new[] { $"a switch {New}", $"b switch {New}", $"a switch {Old}" }));
        Assert.That(_report.Lines, Does.Contain($"a: went back to {Old}"));
    }

    [Test]
    public async Task Switch_without_an_answer_is_sent_back_too()
    {
        var calls = new List<string>();
        ScriptedManager[] managers =
            [new("a", calls), new("b", calls) { SwitchFailure = new ManagerCallException("reset", isAnswer: false) }];

        await Assert.ThrowsAsync<FleetException>(() => RunAsync(managers));

        Assert.That(calls.TakeLast(2), Is.EqualTo(new[] { $"a switch {Old}", $"b switch {Old}" }));
    }

    [Test]
    public async Task Manager_that_served_nothing_before_has_nowhere_to_go_back_to()
    {
        var calls = new List<string>();
        ScriptedManager[] managers =
            [new("a", calls) { Served = "" }, new("b", calls) { SwitchFailure = Refusal("unhealthy") }];

        await Assert.ThrowsAsync<FleetException>(() => RunAsync(managers));

        Assert.That(_report.Lines, Does.Contain("a: stays: it served nothing before"));
    }

    [Test]
    public async Task Manager_out_of_reach_changes_nothing()
    {
        var calls = new List<string>();
        ScriptedManager[] managers =
            [new("a", calls), new("b", calls) { StatusFailure = new ManagerCallException("refused", isAnswer: false) }];

        await Assert.ThrowsAsync<FleetException>(() => RunAsync(managers));

        Assert.That(calls, Is.Empty);
    }

    [Test]
    public async Task Managers_go_back_to_what_they_served_once_the_history_was_claimed()
    {
        const string Meanwhile = "m1d00000";
        var calls = new List<string>();
        ScriptedManager[] managers = [new("a", calls), new("b", calls) { SwitchFailure = Refusal("unhealthy") }];
        using var store = new InMemoryObjectStore { Conditions = ConditionSupport.Refused };
        store.BeforeCall = (_, _) => managers[0].Served = Meanwhile;
        var run = new DeploymentRun(store, "p", managers, "ada", guard: null, _report, TimeProvider.System);
        var config = LaunchConfig.Parse("""{"ContainerConfig":{},"Revision":"r1"}"""u8.ToArray());

        await Assert.ThrowsAsync<FleetException>(() => run.DeployAsync(config, CancellationToken.None));

        Assert.That(calls[^1], Is.EqualTo($"a switch {Meanwhile}"));
    }

    private async Task RunAsync(ScriptedManager[] managers)
    {
        var fleet = new FleetDeployment(managers, "ada", _report, TimeProvider.System);
        var served = await fleet.ReadServedAsync(CancellationToken.None);
        await fleet.RunAsync(New, served, null, CancellationToken.None);
    }

    private static ManagerCallException Refusal(string message) => new(message, isAnswer: true);

    private sealed class Report : IFleetReport
    {
        public List<string> Lines { get; } = [];

        public void Tell(string manager, string message) => Lines.Add($"{manager}: {message}");

        public void Fail(string manager, string message) => Lines.Add($"{manager}: {message}");

        public void Progress(string manager, DeploymentProgress step) => Lines.Add($"{manager}: {step.Message}");
    }

    private sealed class ScriptedManager(string name, List<string> calls) : IManagerClient
    {
        public string Name => name;

        public string Served { get; set; } = Old;

        public ManagerCallException? StatusFailure { get; init; }

        public ManagerCallException? LaunchFailure { get; init; }

        public ManagerCallException? SwitchFailure { get; set; }

        public Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken)
        {
            var upstream = Served.Length == 0
                ? "null"
                : $$"""{"Address":"x:1","Container":"c","Hash":"{{Served}}","Revision":"r","Since":"2026-01-01T00:00:00Z","Health":"healthy"}""";
            var document = GoldenStatus.Text.Replace("\"Upstream\":null", $"\"Upstream\":{upstream}");
            return StatusFailure is null
                ? Task.FromResult(JsonSerializer.Deserialize(document, ApiJson.Context.StatusDocument)!)
                : Task.FromException<StatusDocument>(StatusFailure);
        }

        public Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken)
        {
            lock (calls)
            {
                calls.Add($"{name} launch {hash}");
            }

            return LaunchFailure is null
                ? Task.FromResult(new LaunchResult(hash, "r", "c", "x:1", 1, "created", 0.1))
                : Task.FromException<LaunchResult>(LaunchFailure);
        }

        public Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken)
        {
            calls.Add($"{name} switch {hash}");
            var failure = SwitchFailure;
            SwitchFailure = null;
            return failure is null
                ? Task.FromResult(new SwitchResult(hash, "r", "c", "x:1", 1, Changed: true))
                : Task.FromException<SwitchResult>(failure);
        }
    }
}
