using System.Buffers;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Transport;

internal sealed class MemoryConnectionTests
{
    private readonly ManualTimeProvider _clock = new();
    private MemoryLoop _loop = null!;
    private MemoryConnection _near = null!;
    private MemoryConnection _far = null!;

    [SetUp]
    public void Create()
    {
        _loop = new MemoryLoop(_clock);
        (_near, _far) = MemoryConnection.CreatePair(_loop, capacityBytes: 1000);
    }

    [Test]
    public void Echo_returns_what_was_sent()
    {
        _loop.Run(() => EchoAcceptor.EchoAsync(_far));

        _loop.Run(() => _ = _near.Output.WriteAsync("hello"u8.ToArray()).AsTask());

        Assert.That(_near.Input.TryRead(out var read), Is.True);
        Assert.That(read.Buffer.ToArray(), Is.EqualTo("hello"u8.ToArray()));
    }

    [Test]
    public void Flush_waits_while_the_far_end_does_not_read()
    {
        var bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        Task writing = null!;
        _loop.Run(() => writing = _near.Output.WriteAsync(bytes).AsTask());
        Assert.That(writing.IsCompleted, Is.False);

        var received = new ArrayBufferWriter<byte>();
        while (!writing.IsCompleted || received.WrittenCount < bytes.Length)
        {
            _loop.Run(() => Collect(received));
        }

        Assert.That(received.WrittenSpan.SequenceEqual(bytes), Is.True);
    }

    [Test]
    public void Far_end_sees_the_half_close_and_can_still_answer()
    {
        _loop.Run(() => _near.ShutdownSend());
        Task<System.IO.Pipelines.ReadResult> reading = null!;

        _loop.Run(() => reading = _far.Input.ReadAsync().AsTask());
        _loop.Run(() => _ = _far.Output.WriteAsync("answer"u8.ToArray()).AsTask());

        Assert.That(reading.Result.IsCompleted, Is.True);
        Assert.That(_far.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
        Assert.That(_near.Input.TryRead(out var read), Is.True);
        Assert.That(read.Buffer.Length, Is.EqualTo(6));
    }

    [Test]
    public void Far_end_sees_an_abort_as_a_reset()
    {
        var watcher = new RecordingWatcher();
        _far.Watcher = watcher;

        _loop.Run(() => _near.Abort());

        Assert.That(_far.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(watcher.Count, Is.EqualTo(1));
    }

    [Test]
    public void Time_moved_by_hand_fires_the_timers_of_the_loop()
    {
        var timer = new CancellingTimer(_near);
        Task<System.IO.Pipelines.ReadResult> reading = null!;
        _loop.Run(() =>
        {
            reading = _near.Input.ReadAsync().AsTask();
            _loop.Timers.Arm(timer, _loop.NowMilliseconds, 30_000);
        });

        _clock.Advance(TimeSpan.FromSeconds(29));
        _loop.RunUntilIdle();
        Assert.That(reading.IsCompleted, Is.False);

        _clock.Advance(TimeSpan.FromSeconds(2));
        _loop.RunUntilIdle();
        Assert.That(reading.Result.IsCanceled, Is.True);
    }

    private void Collect(ArrayBufferWriter<byte> received)
    {
        if (_far.Input.TryRead(out var read))
        {
            foreach (var part in read.Buffer)
            {
                received.Write(part.Span);
            }

            _far.Input.AdvanceTo(read.Buffer.End);
        }
    }

    private sealed class CancellingTimer(TransportConnection connection) : LoopTimer
    {
        protected internal override void OnElapsed() => connection.Input.CancelPendingRead();
    }
}
