using System.Globalization;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Watching;

namespace WunderProxy.Deployments.Tests.Watching;

[Parallelizable]
internal sealed class CurrentHealthTests
{
    private readonly CurrentHealth _health = new();

    // Each look: the probe's reason, and the engine's word on the HEALTHCHECK behind a slash.
    [TestCase("healthy", "healthy")]
    [TestCase("status_500 status_500", "healthy")]
    [TestCase("status_500 status_500 refused", "unhealthy: three probes failed, the last: refused")]
    [TestCase("refused refused healthy refused refused", "healthy")]
    [TestCase("refused refused refused healthy", "healthy")]
    [TestCase("healthy/none", "healthy")]
    [TestCase("healthy/starting", "healthy")]
    [TestCase("healthy/unhealthy", "unhealthy: its own HEALTHCHECK says so")]
    [TestCase("healthy/unhealthy healthy/healthy", "healthy")]
    [TestCase("healthy/unhealthy healthy/starting", "healthy")]
    [TestCase("healthy/unhealthy timeout/healthy", "unhealthy: its own HEALTHCHECK says so")]
    [TestCase("refused/unhealthy refused/unhealthy refused/unhealthy", "unhealthy: three probes failed, the last: refused")]
    public void Looks_make_a_health(string looks, string expected)
    {
        var current = NewDeployment("c1");

        foreach (var look in looks.Split(' '))
        {
            var (probe, word) = (look.Split('/')[0], look.Split('/').ElementAtOrDefault(1));
            var healthcheck = word is null ? (HealthcheckState?)null : Enum.Parse<HealthcheckState>(word, ignoreCase: true);
            current.See(replica => replica with { Healthcheck = healthcheck });
            _health.Judge(current, Probe(probe));
        }

        var health = current.Replica.Health.ToWire();
        Assert.That(current.Replica.HealthReason is { } reason ? $"{health}: {reason}" : health, Is.EqualTo(expected));
    }

    [Test]
    public void Failures_of_the_one_before_are_not_counted()
    {
        var (before, next) = (NewDeployment("c1"), NewDeployment("c2"));

        _health.Judge(before, Probe("refused"));
        _health.Judge(before, Probe("refused"));
        _health.Judge(next, Probe("refused"));

        Assert.That(next.Replica.Health, Is.EqualTo(HealthState.Healthy));
    }

    [Test]
    public void Only_a_change_is_told()
    {
        var current = NewDeployment("c1");

        var told = new[] { "healthy", "refused", "refused", "refused", "refused", "healthy", "healthy" }
            .Select(reason => _health.Judge(current, Probe(reason))).ToArray();

        Assert.That(told, Is.EqualTo(new[] { false, false, false, true, false, true, false }));
    }

    private static Deployment NewDeployment(string container) =>
        new(LaunchConfigHash.Of("r1"u8), "r1", DeploymentState.Current, FaultPoints.None)
        {
            Replica = new Replica { Id = new ContainerId(container) }.AsHealthy(),
        };

    private static ProbeResult Probe(string reason) => new(DateTimeOffset.UnixEpoch, ReasonOf(reason), TimeSpan.Zero);

    private static ProbeReason ReasonOf(string reason) => reason switch
    {
        "healthy" => ProbeReason.Healthy,
        "refused" => ProbeReason.Refused,
        "timeout" => ProbeReason.Timeout,
        _ => ProbeReason.Status(int.Parse(reason["status_".Length..], CultureInfo.InvariantCulture)),
    };
}
