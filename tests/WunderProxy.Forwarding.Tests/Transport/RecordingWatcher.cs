using System.Threading.Channels;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Keeps what it is told about the remote end.</summary>
internal sealed class RecordingWatcher : IConnectionWatcher
{
    private readonly Channel<CloseReason> _told = Channel.CreateUnbounded<CloseReason>();

    public int Count => _told.Reader.Count;

    public void OnRemoteClosed(TransportConnection connection, CloseReason reason)
    {
        Assert.That(connection.Loop.IsCurrent, Is.True);
        _told.Writer.TryWrite(reason);
    }

    public async Task<CloseReason> NextAsync() =>
        await _told.Reader.ReadAsync().AsTask().WaitAsync(LoopCalls.Deadline);
}
