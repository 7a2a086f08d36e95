using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Who has to make room when there are too many connections of one address, or of all.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CrowdTests
{
    private const int Max = 8;
    private const int MaxPerAddress = 3;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";
    private const string Crowded = "Wunderproxy-Crowded";

    private static readonly IPEndPoint Stranger = IPEndPoint.Parse("192.0.2.1:5");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("192.0.2.2:5");
    private static readonly IPEndPoint Local = IPEndPoint.Parse("127.0.0.1:5");
    private static readonly UnixDomainSocketEndPoint Unix = new("/run/api.sock");

    [TestCase("", TestName = "Idle_connection_makes_room_for_one_of_the_same_address")]
    [TestCase("GET / HT", TestName = "Slow_head_makes_room_for_one_of_the_same_address")]
    public void Oldest_makes_room(string sent)
    {
        var proxy = NewProxy();
        var clients = Connect(proxy, MaxPerAddress, Stranger);
        clients.ForEach(client => proxy.Send(client, sent));

        clients.AddRange(Connect(proxy, 1, Stranger));

        Assert.That(EndedOf(clients), Is.EqualTo(new[] { 0 }));
        Assert.That(Serve(proxy, clients[^1]), Is.True);
    }

    [Test]
    public void Slow_body_and_slow_reader_make_room_after_a_second()
    {
        var proxy = NewProxy();
        var body = proxy.Connect(Stranger);
        proxy.Send(body, Post);
        var reader = proxy.Connect(Stranger);
        proxy.Send(reader, Get);
        proxy.Send(proxy.Upstreams[^1], "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 900_000));
        var third = proxy.Connect(Stranger);

        var fourth = proxy.Connect(Stranger);
        Assert.That(EndedOf([body, reader, third, fourth]), Is.EqualTo(new[] { 2 }), "only the idle one");

        proxy.Pass(TimeSpan.FromSeconds(2));
        var later = Connect(proxy, 2, Stranger);

        Assert.That(EndedOf([body, reader, .. later]), Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Connections_that_are_served_stay_and_the_next_request_is_marked()
    {
        var proxy = NewProxy();
        var served = Connect(proxy, MaxPerAddress, Stranger);
        served.ForEach(client => proxy.Send(client, Get));

        var marked = proxy.Connect(Stranger);
        proxy.Send(marked, Get);

        Assert.That(EndedOf(served), Is.Empty);
        Assert.That(proxy.Upstreams.Select(proxy.Received).Count(head => head.Contains(Crowded)), Is.EqualTo(1));
        Assert.That(proxy.Received(proxy.Upstreams[^1]), Does.Contain(Crowded));
    }

    [Test]
    public void Address_of_version_6_counts_by_its_64()
    {
        var proxy = NewProxy();
        var clients = Enumerable.Range(1, MaxPerAddress + 1)
            .Select(host => proxy.Connect(IPEndPoint.Parse($"[2001:db8:0:7:{host:x}::1]:5"))).ToList();
        clients.Add(proxy.Connect(IPEndPoint.Parse("[2001:db8:0:8::1]:5")));

        Assert.That(EndedOf(clients), Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void No_limit_of_addresses_holds_against_this_machine()
    {
        var proxy = NewProxy();
        var clients = Connect(proxy, 3, Local);
        clients.AddRange(Connect(proxy, 2, IPEndPoint.Parse("[::1]:5")));
        clients.AddRange(Connect(proxy, 1, Unix));

        proxy.Send(clients[^1], Get);

        Assert.That(EndedOf(clients), Is.Empty);
        Assert.That(proxy.Received(proxy.Upstreams[^1]), Does.Not.Contain(Crowded));
    }

    [Test]
    public void Full_house_ends_the_oldest_idle_connection_of_the_newcomers_address_first()
    {
        var proxy = NewProxy();
        var clients = Connect(proxy, 1, Other);
        clients.AddRange(Connect(proxy, Max - 1, Local));

        clients.AddRange(Connect(proxy, 100, Local));

        Assert.That(EndedOf(clients), Does.Not.Contain(0).And.Not.Contain(clients.Count - 1));
        Assert.That(EndedOf(clients), Has.Length.EqualTo(100));
        Assert.That(Serve(proxy, clients[0]), Is.True);
    }

    [Test]
    public void Stranger_and_unix_socket_find_a_place_in_a_house_full_of_idle_connections()
    {
        var proxy = NewProxy();
        var idle = Connect(proxy, Max, Local);

        var stranger = proxy.Connect(Stranger);
        var unix = proxy.Connect(Unix);

        Assert.That((Serve(proxy, stranger), Serve(proxy, unix)), Is.EqualTo((true, true)));
        Assert.That(EndedOf(idle), Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void House_in_which_all_are_served_refuses_the_next_one()
    {
        var proxy = NewProxy();
        Connect(proxy, 100, Local);
        var served = Connect(proxy, Max, Local);
        served.ForEach(client => proxy.Send(client, Get));

        var refused = proxy.Connect(Unix);

        Assert.That(proxy.Received(refused), Does.StartWith("HTTP/1.1 503 "));
        Assert.That(EndedOf(served), Is.Empty);
    }

    [Test]
    public void Requests_are_marked_while_only_the_reserve_is_left()
    {
        var proxy = NewProxy(reserve: 4);
        var served = Connect(proxy, 4, Local);
        var stranger = proxy.Connect(Stranger);
        var local = proxy.Connect(Local);
        proxy.Send(stranger, Get);
        var ofStranger = proxy.Received(proxy.Upstreams[^1]);
        proxy.Send(local, Get);
        var ofLocal = proxy.Received(proxy.Upstreams[^1]);

        proxy.Connect(Local);
        proxy.Send(proxy.Connect(Unix), Get);
        var ofUnix = proxy.Received(proxy.Upstreams[^1]);

        Assert.That(ofStranger, Does.Contain(Crowded));
        Assert.That(ofLocal, Does.Not.Contain(Crowded));
        Assert.That(ofUnix, Does.Contain(Crowded), "the last half of the reserve is kept from local callers too");
        Assert.That(EndedOf(served), Is.Empty);
    }

    [Test]
    public void Addresses_are_forgotten_with_their_last_connection()
    {
        var proxy = NewProxy();
        var clients = Connect(proxy, 2, Stranger);
        clients.AddRange(Connect(proxy, 2, Other));

        clients.ForEach(client => proxy.Loop.Run(client.Close));

        Assert.That((proxy.Context.Crowd!.Addresses, proxy.Context.Limit.Open), Is.EqualTo((0, 0)));
    }

    private static MemoryProxy NewProxy(int reserve = 0) => new(options => options with
    {
        MaxConnections = Max,
        Crowd = new CrowdOptions(MaxPerAddress, reserve),
        ApiStamp = new RequestStamp("s3cret"),
    });

    private static List<MemoryConnection> Connect(MemoryProxy proxy, int count, EndPoint from) =>
        [.. Enumerable.Range(0, count).Select(_ => proxy.Connect(from))];

    private static int[] EndedOf(List<MemoryConnection> clients) =>
        [.. Enumerable.Range(0, clients.Count).Where(index => clients[index].CloseReason != CloseReason.None)];

    private static bool Serve(MemoryProxy proxy, MemoryConnection client)
    {
        proxy.Send(client, Get);
        proxy.Send(proxy.Upstreams[^1], NoContent);
        return proxy.Received(client).Contains(" 204 ", StringComparison.Ordinal);
    }
}
