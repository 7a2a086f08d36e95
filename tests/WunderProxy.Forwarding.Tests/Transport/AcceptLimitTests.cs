using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Epoll;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets)]
[TestFixture(TransportKind.Epoll)]
internal sealed class AcceptLimitTests(TransportKind kind) : TransportFixture(kind)
{
    [Test]
    public async Task Client_without_room_waits_in_the_backlog_until_there_is_some()
    {
        var acceptor = new CountedAcceptor(room: 1);
        var listener = Listen(acceptor);
        Connect(listener.EndPoint);
        await acceptor.Accepted.NextAsync();

        Connect(listener.EndPoint);
        await acceptor.TurnedAway.Task.WaitAsync(LoopCalls.Deadline);
        var open = acceptor.Open;
        acceptor.CancelReservation();
        await acceptor.Accepted.NextAsync();

        Assert.That((open, acceptor.Open), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Nothing_stays_reserved_without_clients()
    {
        var acceptor = new CountedAcceptor(room: 10);
        var listener = Listen(acceptor);
        Connect(listener.EndPoint);
        await acceptor.Accepted.NextAsync();

        await listener.CloseAsync();
        await Eventually.TrueAsync(() => acceptor.Open == 1);
    }

    [TestCase(24, false)]
    [TestCase(23, false)]
    [TestCase(1, false)]
    [TestCase(103, true)]
    [TestCase(71, true)]
    public void Error_of_one_client_is_told_from_one_that_would_come_again(int error, bool isOfClient) =>
        Assert.That(Errno.IsOfClient(error), Is.EqualTo(isOfClient));

    /// <summary>Has room for so many, and tells when one was turned away.</summary>
    private sealed class CountedAcceptor(int room) : IConnectionAcceptor
    {
        private int _open;

        public AcceptQueue Accepted { get; } = new();

        public TaskCompletionSource TurnedAway { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Open => Volatile.Read(ref _open);

        public bool TryReserve()
        {
            if (Interlocked.Increment(ref _open) <= room)
            {
                return true;
            }

            Interlocked.Decrement(ref _open);
            TurnedAway.TrySetResult();
            return false;
        }

        public void CancelReservation() => Interlocked.Decrement(ref _open);

        public void OnAccepted(TransportConnection connection) => Accepted.OnAccepted(connection);
    }
}
