using System.Diagnostics;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.Applications;

[TestFixture]
[Parallelizable]
internal sealed class DeploymentTests
{
    [Test]
    public void Every_state_but_removed_leads_on_and_every_state_can_be_reached()
    {
        var states = Enum.GetValues<DeploymentState>();

        var ends = states.Where(from => !states.Any(to => Deployment.IsLegal(from, to)));
        var beginnings = states.Where(to => !states.Any(from => Deployment.IsLegal(from, to)));

        Assert.That(ends, Is.EqualTo(new[] { DeploymentState.Removed }));
        Assert.That(beginnings, Is.EqualTo(new[] { DeploymentState.Fetching }));
    }

    [Test]
    public void Traffic_goes_only_to_what_was_ready()
    {
        var leadsToCurrent = Enum.GetValues<DeploymentState>().Where(from => Deployment.IsLegal(from, DeploymentState.Current));

        Assert.That(leadsToCurrent, Is.EquivalentTo(new[] { DeploymentState.Ready, DeploymentState.Draining, DeploymentState.Kept }));
    }

    [Test]
    public void Illegal_move_is_a_bug()
    {
        var deployment = new Deployment(LaunchConfigHash.Of("r1"u8), "r1", DeploymentState.Fetching, FaultPoints.None);

        Assert.That(() => deployment.MoveTo(DeploymentState.Current), Throws.TypeOf<UnreachableException>());
        Assert.That(deployment.State, Is.EqualTo(DeploymentState.Fetching));
    }

    [Test]
    public void Each_move_passes_a_fault_point_before_it_counts()
    {
        var seen = new List<string>();
        var faults = new FaultPoints(seen.Add);
        faults.Enter("launch");
        var deployment = new Deployment(LaunchConfigHash.Of("r1"u8), "r1", DeploymentState.Fetching, faults);

        deployment.MoveTo(DeploymentState.Pulling);
        deployment.MoveTo(DeploymentState.Failed, "pull_failed");

        Assert.That(seen, Is.EqualTo(new[] { "launch/Fetching-Pulling", "launch/Pulling-Failed" }));
        Assert.That(deployment.FailureReason, Is.EqualTo("pull_failed"));
    }
}
