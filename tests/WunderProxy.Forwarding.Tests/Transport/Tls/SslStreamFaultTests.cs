using System.Net.Security;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Transport.SslStreams;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A stream of the runtime that fails with a type of exception that nobody expects.</summary>
internal sealed class SslStreamFaultTests
{
    private readonly MemoryLoop _loop = new(TimeProvider.System);

    [Test]
    public async Task Read_that_fails_ends_the_waiting()
    {
        await using var stream = await ConnectAsync();

        var reading = default(ValueTask<System.IO.Pipelines.ReadResult>);
        _loop.Run(() =>
        {
            // As the handshake does; the first receive asks for no event.
            stream.Connection.AwaitReadable();
            reading = stream.Connection.Input.ReadAsync();
        });
        _loop.RunUntilIdle();

        Assert.That(reading.IsCompleted);
        Assert.That(stream.Connection.CloseReason, Is.Not.EqualTo(CloseReason.None));
    }

    [Test]
    public async Task Write_that_fails_ends_the_waiting()
    {
        await using var stream = await ConnectAsync();

        var writing = default(ValueTask<System.IO.Pipelines.FlushResult>);
        _loop.Run(() => writing = stream.Connection.Output.WriteAsync(new byte[100]));
        _loop.RunUntilIdle();

        Assert.That(writing.IsCompletedSuccessfully);
        Assert.That((await writing).IsCompleted);
    }

    [Test]
    public async Task Shutdown_that_fails_ends_the_plain_connection_all_the_same()
    {
        await using var stream = await ConnectAsync();

        _loop.Run(stream.Connection.ShutdownSend);
        _loop.RunUntilIdle();

        Assert.That(stream.Far.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    private async Task<FaultyStream> ConnectAsync()
    {
        var (near, far) = MemoryConnection.CreatePair(_loop);
        var wire = new ConnectionStream(near);
        var stream = new FaultyStream(wire, far);
        using var end = TlsEnd.Client();
        var (served, shaken) = (Task.CompletedTask, Task.CompletedTask);
        var options = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Example.Leaf };
        _loop.Run(() => served = stream.AuthenticateAsServerAsync(options));
        _loop.Run(() => shaken = end.ShakeHandsAsync(far));
        await Eventually.TrueAsync(() =>
        {
            _loop.RunUntilIdle();
            return served.IsCompleted && shaken.IsCompleted;
        });
        await Task.WhenAll(served, shaken);
        _loop.Run(() => stream.Connection = new SslStreamConnection(near, wire, stream, client: null));
        return stream;
    }

    private sealed class FaultyStream(ConnectionStream wire, MemoryConnection far) : SslStream(wire, leaveInnerStreamOpen: true)
    {
        public MemoryConnection Far => far;

        public SslStreamConnection Connection { get; set; } = null!;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("read");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("write");

        public override Task ShutdownAsync() => throw new NotSupportedException("shutdown");
    }
}
