using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Transport;

[Parallelizable(ParallelScope.All)]
internal sealed class PerLoopTests
{
    [Test]
    public void Part_is_made_once_for_each_loop_at_its_first_use()
    {
        var clock = new ManualTimeProvider();
        var (first, last) = (new MemoryLoop(clock), new MemoryLoop(clock, index: TransportLoop.MaxLoops - 1));
        var parts = new PerLoop<object>(_ => new object());

        var before = parts.Made.Count();
        var (one, other) = (parts.Of(first), parts.Of(last));

        Assert.That(before, Is.Zero);
        Assert.That((parts.Of(first), parts.Of(last)), Is.EqualTo((one, other)));
        Assert.That(parts.Made, Is.EqualTo(new[] { one, other }));
        Assert.That(one, Is.Not.SameAs(other));
    }
}
