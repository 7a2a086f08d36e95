using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

[TestFixture(TransportKind.Sockets)]
[TestFixture(TransportKind.Epoll)]
internal sealed class TransportConnectTests(TransportKind kind) : TransportFixture(kind)
{
    [Test]
    public async Task Connected_pair_exchanges_bytes_and_ends_in_order()
    {
        var accepted = new AcceptQueue();
        var listener = Listen(accepted);
        var result = await Loop.RunAsync(() => Loop.ConnectAsync(listener.EndPoint, 1000));
        var client = result.Connection!;
        var server = await accepted.NextAsync();

        await Loop.RunAsync(async () =>
        {
            await client.Output.WriteAsync("ping"u8.ToArray());
            client.Close();
        });
        var received = await server.Loop.RunAsync(() => ReadToEndAsync(server));

        Assert.That(received, Is.EqualTo("ping"u8.ToArray()));
        Assert.That(server.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    [Test]
    public async Task Addresses_of_both_ends_agree([Values("127.0.0.1", "::1")] string address)
    {
        var accepted = new AcceptQueue();
        var listener = Listen(accepted, new IPEndPoint(IPAddress.Parse(address), 0));
        var result = await Loop.RunAsync(() => Loop.ConnectAsync(listener.EndPoint, 1000));
        var server = await accepted.NextAsync();

        Assert.That(result.Connection!.RemoteEndPoint, Is.EqualTo(listener.EndPoint));
        Assert.That(server.RemoteEndPoint, Is.EqualTo(result.Connection.LocalEndPoint));
        Assert.That(server.LocalEndPoint, Is.EqualTo(listener.EndPoint));
    }

    [Test]
    public async Task Connect_to_a_closed_port_is_refused()
    {
        using var bound = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = bound.LocalEndPoint!;
        bound.Dispose();

        var result = await Loop.RunAsync(() => Loop.ConnectAsync(endPoint, 1000));

        Assert.That(result, Is.EqualTo(new ConnectResult(null, SocketError.ConnectionRefused)));
    }

    [Test]
    public async Task Connect_that_nobody_answers_times_out()
    {
        // A full backlog makes the kernel drop what comes.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        Connect(full.LocalEndPoint!);

        var result = await Loop.RunAsync(() => Loop.ConnectAsync(full.LocalEndPoint!, 200));

        Assert.That(result, Is.EqualTo(new ConnectResult(null, SocketError.TimedOut)));
    }

    [Test]
    public async Task Connect_to_a_missing_unix_socket_fails()
    {
        var endPoint = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());

        var result = await Loop.RunAsync(() => Loop.ConnectAsync(endPoint, 1000));

        Assert.That(result.Connection, Is.Null);
        Assert.That(result.Error, Is.EqualTo(SocketError.AddressNotAvailable));
    }

    [Test]
    public async Task Unix_socket_carries_bytes_both_ways()
    {
        var path = TemporaryPaths.NewSocketPath();
        var listener = Listen(new EchoAcceptor(), new UnixDomainSocketEndPoint(path));

        var echoed = await Loop.RunAsync(async () =>
        {
            var connected = await Loop.ConnectAsync(listener.EndPoint, 1000);
            await connected.Connection!.Output.WriteAsync("over a file"u8.ToArray());
            var bytes = await ReadExactlyAsync(connected.Connection, 11);
            connected.Connection.Close();
            return bytes;
        });

        Assert.That(echoed, Is.EqualTo("over a file"u8.ToArray()));
    }

    [Test]
    public async Task Client_of_a_unix_socket_has_the_address_of_the_listener()
    {
        var accepted = new AcceptQueue();
        var endPoint = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        Listen(accepted, endPoint);
        Connect(endPoint);

        var connection = await accepted.NextAsync();

        Assert.That(connection.RemoteEndPoint?.ToString(), Is.EqualTo(endPoint.ToString()));
    }

    [Test]
    public async Task Timer_fires_on_a_loop_that_has_nothing_else_to_do()
    {
        var timer = new SignalTimer();
        await Loop.RunAsync(() => Loop.Timers.Arm(timer, Loop.NowMilliseconds, 20));

        await timer.Fired.WaitAsync(LoopCalls.Deadline);
    }

    [Test]
    public async Task Work_posted_by_many_threads_runs_on_the_loop_in_each_one_s_order()
    {
        const int Threads = 8;
        const int PerThread = 5000;
        var seen = new List<(int Thread, int Number)>();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < PerThread; number++)
            {
                Loop.Post(item => seen.Add(((int, int))item!), (thread, number));
            }
        })));
        await Loop.RunAsync(() => Assert.That(Loop.IsCurrent, Is.True));

        Assert.That(seen, Has.Count.EqualTo(Threads * PerThread));
        foreach (var group in seen.GroupBy(item => item.Thread))
        {
            Assert.That(group.Select(item => item.Number), Is.Ordered);
        }
    }

    [Test]
    public async Task Work_that_throws_does_not_stop_the_loop()
    {
        Loop.Post(static _ => throw new InvalidOperationException("a bug above"), null);

        Assert.That(await Loop.RunAsync(() => 42), Is.EqualTo(42));
    }

    private sealed class SignalTimer : LoopTimer
    {
        private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Fired => _fired.Task;

        protected internal override void OnElapsed() => _fired.TrySetResult();
    }
}
