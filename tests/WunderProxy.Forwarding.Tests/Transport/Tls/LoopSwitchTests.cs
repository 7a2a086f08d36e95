using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Transport.SslStreams;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

internal sealed class LoopSwitchTests
{
    [Test]
    public void Code_goes_on_on_the_loop_whenever_it_begins_to_await()
    {
        var loop = new MemoryLoop(TimeProvider.System);
        var back = loop.ReturnAsync();
        loop.RunUntilIdle();

        var going = GoOnAsync(loop, back);
        loop.RunUntilIdle();

        Assert.That(going.IsCompletedSuccessfully && going.Result, Is.True);
    }

    private static async Task<bool> GoOnAsync(TransportLoop loop, LoopSwitch back)
    {
        await back;
        return loop.IsCurrent;
    }
}
