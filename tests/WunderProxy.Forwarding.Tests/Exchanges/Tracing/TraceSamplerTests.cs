using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class TraceSamplerTests
{
    private static readonly TraceParent Sampled = new(1, 2, 3, IsSampled: true);
    private static readonly TraceParent Unsampled = Sampled with { IsSampled = false };

    [TestCase(0.0)]
    [TestCase(0.5)]
    [TestCase(1.0)]
    public void Sender_decides_whatever_the_share(double share)
    {
        var sampler = new TraceSampler(new SpanOptions(FollowsParent: true, share));

        Assert.That(sampler.Takes(Sampled), Is.True);
        Assert.That(sampler.Takes(Unsampled), Is.False);
    }

    [Test]
    public void Sender_does_not_decide_where_it_is_not_followed()
    {
        Assert.That(new TraceSampler(new SpanOptions(FollowsParent: false, 1)).Takes(Unsampled), Is.True);
        Assert.That(new TraceSampler(new SpanOptions(FollowsParent: false, 0)).Takes(Sampled), Is.False);
    }

    [TestCase(0x00ffffffffffffffUL, true)]
    [TestCase(0x00c0000000000000UL, true)]
    [TestCase(0xffbfffffffffffffUL, false)]
    [TestCase(0xff00000000000000UL, false)]
    public void Last_56_bits_of_the_id_decide_about_a_share_so_that_all_proxies_decide_alike(ulong traceLow, bool isTaken)
    {
        var sampler = new TraceSampler(new SpanOptions(FollowsParent: false, 0.25));

        Assert.That(sampler.Takes(new TraceParent(1, traceLow, 3, IsSampled: false)), Is.EqualTo(isTaken));
    }

    [TestCase(0.0, 0, 0)]
    [TestCase(1.0, 100_000, 100_000)]
    [TestCase(0.01, 700, 1300)]
    public void Requests_without_a_trace_are_taken_by_chance(double share, int least, int most)
    {
        var sampler = new TraceSampler(new SpanOptions(FollowsParent: true, share));

        var taken = Enumerable.Range(0, 100_000).Count(_ => sampler.Takes(default));

        // 0.01 of 100,000 is 1,000 with a standard deviation of 31.5: the bounds are 9.5 of them away.
        Assert.That(taken, Is.InRange(least, most));
    }
}
