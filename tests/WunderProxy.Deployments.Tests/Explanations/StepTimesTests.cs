using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Explanations;

[Parallelizable]
internal sealed class StepTimesTests
{
    [Test]
    public void Step_lasts_until_the_next_one_and_the_last_until_now()
    {
        var clock = new ManualTimeProvider();
        var steps = new StepTimes(clock);

        clock.Advance(TimeSpan.FromSeconds(1));
        steps.Note("fetching");
        clock.Advance(TimeSpan.FromSeconds(2));
        steps.Note("fetching");
        steps.Note("pulling");
        clock.Advance(TimeSpan.FromSeconds(4));

        Assert.That(steps.ToList(), Is.EqualTo(new[] { new StepTime("fetching", 3), new StepTime("pulling", 4) }));
        Assert.That(steps.Seconds, Is.EqualTo(7));
    }
}
