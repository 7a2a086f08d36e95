using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;

namespace WunderProxy.Deployments.Tests.Explanations;

/// <summary>What the numbers around a switch are taken for.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SwitchJudgeTests
{
    private static readonly TrafficSummary Good = new(1_000, 0.001, 0, 0.01, 0.05);

    private static readonly SwitchRecord Done = new()
    {
        At = DateTimeOffset.UnixEpoch,
        Hash = "bb",
        Revision = "r2",
        FromHash = "aa",
        FromRevision = "r1",
        Before = Good,
        After = Good,
        Drain = new DrainOutcome(DrainOutcome.Ended, 3, 0, 1.5),
    };

    [Test]
    public void Revisions_that_answer_alike_are_alike() => Assert.That(CodeOf(Done), Is.EqualTo("alike"));

    [Test]
    public void More_errors_are_told_with_both_shares()
    {
        var cause = SwitchJudge.Judge(Done with { After = Good with { ErrorShare = 0.25 } });

        Assert.That(cause.Code, Is.EqualTo("more_errors"));
        Assert.That(cause.Text, Does.Match("r2 answers 25.0 ?%").And.Match("r1 answered 0.1 ?%"));
    }

    [TestCase(0.2, "slower")]
    [TestCase(0.06, "alike")]
    public void Slower_answers_are_told(double p99, string expected) =>
        Assert.That(CodeOf(Done with { After = Good with { P99 = p99 } }), Is.EqualTo(expected));

    [Test]
    public void Exchanges_that_were_cut_off_are_told() =>
        Assert.That(CodeOf(Done with { Drain = new DrainOutcome(DrainOutcome.CutShort, 3, 2, 30) }), Is.EqualTo("exchanges_cut"));

    [Test]
    public void Few_requests_prove_nothing() =>
        Assert.That(CodeOf(Done with { After = Good with { Requests = 3, ErrorShare = 1 } }), Is.EqualTo("too_few_requests"));

    [Test]
    public void First_switch_has_nothing_to_be_compared_with() =>
        Assert.That(CodeOf(Done with { FromRevision = "", Before = null }), Is.EqualTo("first"));

    [TestCase(GuardState.SwitchedBack, "switched_back")]
    [TestCase(GuardState.Kept, "guard_kept")]
    [TestCase(GuardState.Passed, "alike")]
    public void Verdict_of_the_guard_goes_first(string state, string expected)
    {
        var cause = SwitchJudge.Judge(Done with
        {
            Guard = new GuardView("1", "bb", "r2", "aa", "r1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, state, "quoted"),
        });

        Assert.That(cause.Code, Is.EqualTo(expected));
        Assert.That(cause.PublicText, Does.Not.Contain("quoted"));
    }

    private static string CodeOf(SwitchRecord done) => SwitchJudge.Judge(done).Code;
}
