using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.LoadClient;

[Parallelizable(ParallelScope.All)]
internal sealed class SwitchTimelineTests
{
    [Test]
    public void Nothing_is_stale_before_the_first_switch()
    {
        var timeline = new SwitchTimeline();

        Assert.That(timeline.IsStale(timeline.Mark(), "r1"), Is.False);
    }

    [Test]
    public void Old_revision_is_stale_once_the_switch_has_returned()
    {
        var timeline = new SwitchTimeline();
        Switch(timeline, "r1");
        Switch(timeline, "r2");

        Assert.That(timeline.IsStale(timeline.Mark(), "r1"), Is.True);
        Assert.That(timeline.IsStale(timeline.Mark(), "r2"), Is.False);
        Assert.That(timeline.IsStale(timeline.Mark(), null), Is.True);
    }

    [Test]
    public void Both_revisions_may_answer_while_the_switch_call_runs()
    {
        var timeline = new SwitchTimeline();
        Switch(timeline, "r1");
        timeline.Switching("r2");
        var mark = timeline.Mark();

        Assert.That(timeline.IsStale(mark, "r1"), Is.False);
        Assert.That(timeline.IsStale(mark, "r2"), Is.False);
    }

    [Test]
    public void Request_sent_before_the_switch_returned_may_be_answered_by_either()
    {
        var timeline = new SwitchTimeline();
        Switch(timeline, "r1");
        timeline.Switching("r2");
        var mark = timeline.Mark();
        timeline.Switched();

        Assert.That(timeline.IsStale(mark, "r1"), Is.False);
    }

    [Test]
    public void Revision_of_a_refused_switch_is_stale()
    {
        var timeline = new SwitchTimeline();
        Switch(timeline, "r1");
        timeline.Switching("r2");
        timeline.Refused();

        Assert.That(timeline.IsStale(timeline.Mark(), "r2"), Is.True);
        Assert.That(timeline.IsStale(timeline.Mark(), "r1"), Is.False);
    }

    private static void Switch(SwitchTimeline timeline, string revision)
    {
        timeline.Switching(revision);
        timeline.Switched();
    }
}
