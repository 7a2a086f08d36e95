using System.Threading.Channels;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Keeps accepted connections until the test asks for them.</summary>
internal sealed class AcceptQueue : IConnectionAcceptor
{
    private readonly Channel<TransportConnection> _accepted = Channel.CreateUnbounded<TransportConnection>();

    public void OnAccepted(TransportConnection connection)
    {
        Assert.That(connection.Loop.IsCurrent, Is.True);
        _accepted.Writer.TryWrite(connection);
    }

    public async Task<TransportConnection> NextAsync() =>
        await _accepted.Reader.ReadAsync().AsTask().WaitAsync(LoopCalls.Deadline);
}
