using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

[Parallelizable]
internal sealed class StateSentenceTests
{
    [Test]
    public void All_well() => Assert.That(Of(PageSamples.Quiet()), Is.EqualTo((Tone.Good, "Serving r42, and all is well.")));

    [Test]
    public void Operation_goes_before_the_guard_and_the_drain() =>
        Assert.That(Of(PageSamples.Busy()), Is.EqualTo((Tone.Busy, "Serving r42; a deploy of 8ef7ff52 is pulling.")));

    [Test]
    public void Guard_goes_before_the_drain() =>
        Assert.That(
            Of(With(PageSamples.Busy(), lifecycle => lifecycle with { Operation = null })),
            Is.EqualTo((Tone.Busy, "Serving r42, which the guard watches until 14:06:00 UTC.")));

    [Test]
    public void Drain_names_the_earlier_revision() =>
        Assert.That(
            Of(PageSamples.Quiet() with { Drains = PageSamples.Busy().Drains }),
            Is.EqualTo((Tone.Busy, "Serving r42, while r41 finishes its requests.")));

    [Test]
    public void Errors_go_before_what_goes_on() =>
        Assert.That(
            Of(PageSamples.Busy() with { Recent = new(10, 0.06, 0.1, 0.2) }),
            Is.EqualTo((Tone.Bad, "Serving r42, but more than 5% of the requests fail; a deploy of 8ef7ff52 is pulling.")));

    [Test]
    public void Failing_health_check_is_bad() =>
        Assert.That(
            Of(With(PageSamples.Quiet(), lifecycle => lifecycle with { Health = "unhealthy" })),
            Is.EqualTo((Tone.Bad, "Serving r42, but its health check fails.")));

    [Test]
    public void Warnings_are_counted() =>
        Assert.That(
            Of(With(PageSamples.Quiet(), lifecycle => lifecycle with { Warnings = ["a", "b"] })),
            Is.EqualTo((Tone.Warning, "Serving r42, with 2 warnings.")));

    [Test]
    public void Without_an_upstream_the_reason_is_told()
    {
        var nothing = PageSamples.Quiet();
        nothing = nothing with { Facts = nothing.Facts with { Application = nothing.Facts.Application with { Upstream = null } } };

        Assert.That(Of(nothing), Is.EqualTo((Tone.Bad, "Not serving: nothing has been deployed.")));
        Assert.That(
            Of(With(nothing, lifecycle => lifecycle with { Intended = lifecycle.Current, Current = null })),
            Is.EqualTo((Tone.Bad, "Not serving: the container of r42 does not run.")));
        Assert.That(
            Of(With(nothing, lifecycle => lifecycle with { Starting = true })),
            Is.EqualTo((Tone.Busy, "Starting: nothing is in service yet.")));
    }

    [Test]
    public void Leaving_and_pausing_are_told()
    {
        var page = PageSamples.Quiet();

        Assert.That(Of(page with { Facts = page.Facts with { IsLeaving = true } }).Text, Does.StartWith("Leaving:"));
        Assert.That(
            Of(page with { Facts = page.Facts with { Application = page.Facts.Application with { IsPaused = true } } }).Text,
            Does.StartWith("Paused: new requests wait"));
    }

    private static (Tone Tone, string Text) Of(PageModel model)
    {
        var state = StateSentence.Of(model);
        return (state.Tone, state.Text);
    }

    private static PageModel With(PageModel model, Func<LifecycleSnapshot, LifecycleSnapshot> change) =>
        model with { Facts = model.Facts with { Lifecycle = change(model.Facts.Lifecycle) } };
}
