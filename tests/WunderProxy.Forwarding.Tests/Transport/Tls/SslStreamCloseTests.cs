using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Transport.SslStreams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>Closing with the engine of the runtime over a stream in memory, whose capacity the test knows.</summary>
internal sealed class SslStreamCloseTests
{
    private const int Capacity = 8 * 1024;

    // Header, kind of content and tag of a record of TLS 1.3 (RFC 8446 section 5.2).
    private const int RecordOverhead = 5 + 1 + 16;

    private readonly MemoryLoop _loop = new(TimeProvider.System);
    private TransportConnection? _accepted;

    [Test]
    public async Task Close_with_no_room_for_the_close_notify_is_no_reset()
    {
        var (near, far) = MemoryConnection.CreatePair(_loop, Capacity);
        using var acceptor = new SslStreamAcceptor(new Acceptor(this), TestCertificates.Source(TlsEngine.Runtime));
        using var end = TlsEnd.Client();
        _loop.Run(() => acceptor.OnAccepted(near));
        var shaking = Task.CompletedTask;
        _loop.Run(() => shaking = end.ShakeHandsAsync(far));
        await Eventually.TrueAsync(() =>
        {
            _loop.RunUntilIdle();
            return shaking.IsCompletedSuccessfully && _accepted is not null;
        });
        var before = 0L;
        _loop.Run(() => before = Drop(far));
        var writing = default(ValueTask<System.IO.Pipelines.FlushResult>);
        _loop.Run(() => writing = _accepted!.Output.WriteAsync(new byte[Capacity - RecordOverhead]));
        Assert.That(writing.IsCompletedSuccessfully, Is.True, $"no room beside {before} bytes");

        _loop.Run(_accepted!.Close);

        _loop.Run(() => Assert.That(Drop(far), Is.EqualTo(Capacity)));
        Assert.That(far.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    /// <summary>Takes what has come and drops it.</summary>
    private static long Drop(TransportConnection far)
    {
        var dropped = 0L;
        while (far.Input.TryRead(out var read) && !read.Buffer.IsEmpty)
        {
            dropped += read.Buffer.Length;
            far.Input.AdvanceTo(read.Buffer.End);
        }

        return dropped;
    }

    private sealed class Acceptor(SslStreamCloseTests test) : IConnectionAcceptor
    {
        public void OnAccepted(TransportConnection connection) => test._accepted = connection;
    }
}
