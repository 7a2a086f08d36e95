using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Launching;

/// <summary>When a launch probes its container: at once, soon again, and ever more rarely; until the container exits.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ProbeScheduleTests
{
    private const string Slow = "/slow";

    private readonly ManualTimeProvider _clock = new();
    private readonly ConcurrentQueue<int> _probes = [];

    [TestCase(false)]
    [TestCase(true)]
    public async Task Probes_begin_at_once_and_come_at_pauses_that_double_up_to_the_interval(bool clockJumps)
    {
        await using var machine = await StartAsync();
        var began = _clock.GetTimestamp();
        machine.StatusOf = _ =>
        {
            _probes.Enqueue((int)_clock.GetElapsedTime(began).TotalMilliseconds);
            if (clockJumps)
            {
                _clock.SetUtcNow(_clock.GetUtcNow() + TimeSpan.FromDays(_probes.Count % 2 == 0 ? 400 : -400));
            }

            return _probes.Count < 9 ? 500 : 200;
        };

        var deploying = machine.DeployAsync(Config(machine));
        began = _clock.GetTimestamp();
        await _clock.PassPausesAsync(ScriptedMachine.ProbePauses, "health", deploying);

        Assert.That(_probes, Is.EqualTo(new[] { 0, 20, 60, 140, 300, 620, 1260, 2160, 3060 }));
    }

    [Test]
    public async Task Interval_below_the_first_pause_is_the_pause()
    {
        var interval = TimeSpan.FromMilliseconds(7);
        await using var machine = await StartAsync(interval);
        var probes = 0;
        machine.StatusOf = _ => ++probes < 4 ? 503 : 200;

        var deploying = machine.DeployAsync(Config(machine));
        var began = _clock.GetTimestamp();
        await _clock.PassPausesAsync(interval, "health", deploying);

        Assert.That((probes, _clock.GetElapsedTime(began)), Is.EqualTo((4, 3 * interval)));
    }

    [Test]
    public async Task Container_that_refuses_connections_is_not_hammered()
    {
        await using var machine = await StartAsync();
        var port = FreePort.Next();
        var calls = machine.Engine.Calls.Count;

        var deploying = machine.DeployAsync(machine.Config("slow", config => config["ContainerPort"] = $"{port}/tcp"));
        var failure = (await Assert.ThrowsAsync<DeploymentException>(
            () => _clock.PassPausesAsync(ScriptedMachine.ProbePauses, "the failure", deploying)))!;

        Assert.That(failure.Code, Is.EqualTo("refused"));

        // 1.26 s with growing pauses, then one probe each 0.9 s until 60 s have passed; each with one look.
        var looks = machine.Engine.Calls.Skip(calls).Count(call => call.StartsWith("GET", StringComparison.Ordinal) && call.EndsWith("/containers/made1/json", StringComparison.Ordinal));
        Assert.That(looks, Is.InRange(70, 76), "looks at the container in a minute");
    }

    [Test]
    public async Task Exit_ends_a_pause()
    {
        await using var machine = await StartAsync();
        machine.StatusOf = _ => 500;

        var deploying = machine.DeployAsync(Config(machine));
        await _clock.WaitForTimerAsync(ScriptedMachine.ProbePauses[0], deploying);

        // The clock stands still from here on.
        await machine.Docker.ExitAsync("slow");
        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => deploying))!;

        Assert.That(failure.Code, Is.EqualTo("exit_code"));
    }

    [Test]
    public async Task Exit_ends_a_probe_that_hangs()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var machine = await StartAsync();

        var deploying = machine.DeployAsync(machine.Config(
            "slow", config => config["ContainerPort"] = $"{((IPEndPoint)silent.LocalEndpoint).Port}/tcp"));

        // The first connection asks whether the address can be reached, the second one is the probe's.
        using var reached = await silent.AcceptSocketAsync();
        using var probing = await silent.AcceptSocketAsync();
        await machine.Docker.ExitAsync("slow");
        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => deploying))!;

        Assert.That(failure.Code, Is.EqualTo("exit_code"));
        Assert.That(failure.Details!.Probes, Is.Empty, "a probe that was cut short proves nothing");
    }

    [Test]
    public async Task Exit_report_that_the_engine_does_not_confirm_leads_to_no_busy_loop()
    {
        await using var machine = await StartAsync();
        var probes = 0;
        machine.StatusOf = _ => ++probes < 4 ? 500 : 200;

        var deploying = machine.DeployAsync(Config(machine));
        await _clock.WaitForTimerAsync(ScriptedMachine.ProbePauses[0], deploying);
        machine.Docker.Inspecting = (revision, details) => details["State"]!["Running"] = true;
        await machine.Docker.ExitAsync("slow");
        await _clock.PassPausesAsync([.. ScriptedMachine.ProbePauses.Skip(1)], "health", deploying);

        Assert.That(probes, Is.EqualTo(4));
    }

    private async Task<ScriptedMachine> StartAsync(TimeSpan? interval = null)
    {
        var machine = new ScriptedMachine(_clock)
        {
            Adjust = options => options with { HealthInterval = interval ?? options.HealthInterval },
        };
        await machine.StartAsync();
        return machine;
    }

    private static byte[] Config(ScriptedMachine machine) =>
        machine.Config("slow", config => config["HealthCheckPath"] = Slow);
}
