using System.Runtime.Versioning;
using WunderProxy.Forwarding.Transport.Epoll;

namespace WunderProxy.Forwarding.Tests.Transport;

[SupportedOSPlatform("linux")]
internal sealed class SpliceRelayPoolTests
{
    [Test]
    public void Pipes_in_use_are_bounded_and_come_back()
    {
        var pool = new SpliceRelayPool();
        var pipes = Enumerable.Range(0, 100).Select(_ => pool.TryRentPipe()).OfType<SplicePipe>().ToList();
        var count = pipes.Count;

        pipes.ForEach(pool.Return);
        var again = pool.TryRentPipe();

        Assert.That(count, Is.EqualTo(64));
        Assert.That(again, Is.Not.Null);
        pool.Return(again!);
        pool.CloseAll();
    }
}
