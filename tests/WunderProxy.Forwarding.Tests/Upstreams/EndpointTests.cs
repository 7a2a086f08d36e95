using System.Net;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Upstreams;

/// <summary>Setting aside, the same for the endpoints of an upstream and for peers but for the rule when all are set aside.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
internal sealed class EndpointTests
{
    private readonly ManualTimeProvider _clock = new();

    [Test]
    public void Address_of_another_kind_is_no_endpoint() =>
        Assert.Throws<ArgumentException>(() => _ = new Endpoint(new OddEndPoint(), _clock));

    [Test]
    public void Set_aside_endpoint_is_tried_by_one_when_its_time_is_over()
    {
        var endpoint = Create(1);
        endpoint.OnConnectFailed();

        var meanwhile = endpoint.TryUse();
        Pass();
        var afterwards = (endpoint.TryUse(), endpoint.TryUse());
        Pass();
        var muchLater = endpoint.TryUse();

        Assert.That((meanwhile, afterwards, muchLater), Is.EqualTo((false, (true, false), true)));
    }

    [Test]
    public void Response_on_an_open_connection_brings_an_endpoint_back_but_is_no_connect()
    {
        var endpoint = Create(1);
        endpoint.OnConnectFailed();

        endpoint.OnReached();

        Assert.That((endpoint.TryUse(), endpoint.TryUse()), Is.EqualTo((true, true)));
        Assert.That(endpoint.LastConnectRefused, Is.True);
    }

    [Test]
    public void News_of_an_endpoint_are_told_once()
    {
        var news = new List<string>();
        var endpoint = new Endpoint(new IPEndPoint(IPAddress.Loopback, 1), _clock)
        {
            WhenSetAside = _ => news.Add("set aside"),
            WhenReached = _ => news.Add("reached"),
        };

        endpoint.OnConnected();
        endpoint.OnConnectFailed();
        endpoint.OnConnectFailed();
        endpoint.OnConnected();
        endpoint.OnReached();

        Assert.That(news, Is.EqualTo(new[] { "set aside", "reached" }));
        Assert.That(endpoint.LastConnectRefused, Is.False);
    }

    [Test]
    public void Upstream_uses_its_first_endpoint_that_is_not_set_aside()
    {
        Endpoint[] endpoints = [Create(1), Create(2)];
        var upstream = new Upstream(endpoints, "two", _clock);

        var before = upstream.ChooseEndpoint();
        endpoints[0].OnConnectFailed();
        var meanwhile = upstream.ChooseEndpoint();
        Pass();
        var trial = (upstream.ChooseEndpoint(), upstream.ChooseEndpoint());

        Assert.That((before, meanwhile), Is.EqualTo((endpoints[0], endpoints[1])));
        Assert.That(trial, Is.EqualTo((endpoints[0], endpoints[1])));
        Assert.That(upstream.LastConnectRefused, Is.False, "of one only");
    }

    [Test]
    public void All_set_aside_are_tried_in_an_upstream_and_not_among_peers()
    {
        Endpoint[] endpoints = [Create(1), Create(2)];
        var upstream = new Upstream(endpoints, "two", _clock);

        Array.ForEach(endpoints, endpoint => endpoint.OnConnectFailed());

        Assert.That(upstream.ChooseEndpoint(), Is.SameAs(endpoints[0]));
        Assert.That(EndpointChoice.OfPeers(endpoints, turn: 0), Is.Null);
        Assert.That(upstream.LastConnectRefused, Is.True);
    }

    [Test]
    public void Peers_take_turns_and_one_that_is_set_aside_is_passed_over()
    {
        Endpoint[] peers = [Create(1), Create(2), Create(3)];
        peers[1].OnConnectFailed();

        var chosen = Enumerable.Range(0, 4).Select(turn => EndpointChoice.OfPeers(peers, (uint)turn));

        Assert.That(chosen, Is.EqualTo(new[] { peers[0], peers[2], peers[2], peers[0] }));
    }

    [Test]
    public void Where_there_are_no_peers_none_is_chosen() =>
        Assert.That(EndpointChoice.OfPeers([], turn: 7), Is.Null);

    private Endpoint Create(int port) => new(new IPEndPoint(IPAddress.Loopback, port), _clock);

    private void Pass() => _clock.Advance(TimeSpan.FromMilliseconds(Endpoint.SetAsideMilliseconds));

    private sealed class OddEndPoint : EndPoint;
}
