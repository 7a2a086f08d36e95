using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Upstreams;

[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class UpstreamSlotTests(TransportKind transport)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Switch_returns_what_it_replaced()
    {
        var slot = new UpstreamSlot();
        var first = Create(1);
        var second = Create(2);

        var none = slot.Switch(first);
        var replaced = slot.Switch(second);

        Assert.That((none, replaced, slot.Current), Is.EqualTo(((Upstream?)null, first, second)));
        Assert.That(slot.Draining, Is.Empty, "nothing was in flight");
    }

    [Test]
    public void Switches_are_counted_and_none_is_that_changes_nothing()
    {
        var slot = new UpstreamSlot();
        var first = Create(1);
        var second = Create(2);

        slot.Switch(first);
        slot.Switch(first);
        slot.Switch(second);
        slot.Switch(null);
        var epochs = (first.Epoch, second.Epoch);
        slot.Switch(first);

        Assert.That((epochs, first.Epoch), Is.EqualTo(((1L, 2L), 3L)));
    }

    [Test]
    public void Address_of_another_kind_is_no_upstream_address() =>
        Assert.Throws<ArgumentException>(() => _ = new Upstream(new OddEndPoint(), "a", TimeProvider.System));

    [Test]
    public async Task Lease_counts_in_and_out_and_knows_its_kind()
    {
        await using var loops = TransportFactory.Create(
            transport, 1, NullLoggerFactory.Instance, TimeProvider.System);
        var slot = new UpstreamSlot();
        var upstream = Create(1);
        slot.Switch(upstream);
        var lease = new UpstreamLease(new Holder());

        var counts = await OnLoopAsync(loops.Loops[0], () =>
        {
            lease.TryTake(slot, loops.Loops[0]);
            lease.Kind = LeaseKind.Upgraded;
            var during = upstream.Snapshot().InFlight;
            lease.Release();
            return (during, upstream.Snapshot().InFlight);
        });

        Assert.That(counts.during, Is.EqualTo(new InFlightCounts(0, 0, 1)));
        Assert.That(counts.InFlight.Total, Is.Zero);
    }

    /// <summary>Two loops lease and release as fast as they can while the slot is switched; no drain may end too early.</summary>
    [Test]
    public async Task No_lease_escapes_a_drain()
    {
        await using var loops = TransportFactory.Create(
            transport, 2, NullLoggerFactory.Instance, TimeProvider.System);
        var slot = new UpstreamSlot();
        slot.Switch(Create(1));
        var drained = new HashSet<Upstream>();
        var stop = false;
        var escaped = 0;

        var workers = loops.Loops.Select(loop => OnLoopAsync(loop, () =>
        {
            var lease = new UpstreamLease(new Holder());
            while (!Volatile.Read(ref stop))
            {
                lease.TryTake(slot, loop);
                bool isDrained;
                lock (drained)
                {
                    isDrained = drained.Contains(lease.Part!.Upstream);
                }

                Interlocked.Add(ref escaped, isDrained ? 1 : 0);
                lease.Release();
            }

            return 0;
        })).ToArray();
        for (var round = 0; round < 2_000; round++)
        {
            var old = slot.Switch(Create(round + 2))!;
            await old.WhenEmptyAsync().WaitAsync(Patience);
            lock (drained)
            {
                drained.Add(old);
            }
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(workers).WaitAsync(Patience);

        Assert.That(escaped, Is.Zero);
    }

    private static Upstream Create(int number) =>
        new(new IPEndPoint(IPAddress.Loopback, 1), $"upstream {number}", TimeProvider.System);

    private static Task<T> OnLoopAsync<T>(TransportLoop loop, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => done.SetResult(work()), null);
        return done.Task;
    }

    private sealed class OddEndPoint : EndPoint;

    private sealed class Holder : ILeaseHolder
    {
        public void OnDrainDeadline()
        {
            // Nothing to end: these leases are given back at once.
        }
    }
}
