using System.Net;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Exchanges;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Applications;

/// <summary>Which application a request is for, and when that is decided.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RouteTableTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [TestCase("", "*")]
    [TestCase("shop.example", "/")]
    [TestCase("[::1]:80", "/a?b")]
    public void Only_application_gets_every_request(string authority, string path)
    {
        var application = Create(new UpstreamSlot());
        var table = new RouteTable(application);

        var found = table.Find(System.Text.Encoding.ASCII.GetBytes(authority), System.Text.Encoding.ASCII.GetBytes(path));

        Assert.That(found, Is.SameAs(application));
        Assert.That(table.Applications, Is.EqualTo(new[] { application }));
        Assert.That(table.Pages, Is.SameAs(application.Pages));
    }

    [Test]
    public void Table_that_is_replaced_between_two_requests_of_one_connection_counts_for_the_second()
    {
        var proxy = new MemoryProxy();
        var tried = Watch(proxy);
        var other = Other(proxy);
        var (client, first) = proxy.Begin(Get);

        proxy.Context.Settings.Routes = new RouteTable(other);
        proxy.Send(first, NoContent);
        proxy.Send(client, Get);
        proxy.Send(proxy.Upstreams[^1], NoContent);

        Assert.That(tried, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(proxy.Received(client), Is.EqualTo(NoContent + NoContent));
        Assert.That((RequestsOf(proxy.Served), RequestsOf(other)), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Application_is_chosen_when_the_head_is_complete()
    {
        var proxy = new MemoryProxy();
        var tried = Watch(proxy);
        var client = proxy.Connect();

        proxy.Send(client, Get[..^2]);
        proxy.Context.Settings.Routes = new RouteTable(Other(proxy));
        proxy.Send(client, Get[^2..]);

        Assert.That(tried, Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Request_that_waits_for_the_end_of_a_pause_stays_with_its_application()
    {
        var proxy = new MemoryProxy();
        var tried = Watch(proxy);
        var client = proxy.Connect();
        proxy.Served.Pause();
        proxy.Send(client, Get);

        proxy.Context.Settings.Routes = new RouteTable(Other(proxy));
        proxy.Loop.Run(proxy.Served.Resume);

        Assert.That(tried, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Pause_of_one_application_keeps_no_request_of_another_waiting()
    {
        var proxy = new MemoryProxy();
        var tried = Watch(proxy);
        proxy.Served.Pause();
        proxy.Send(proxy.Connect(), Get);

        proxy.Context.Settings.Routes = new RouteTable(Other(proxy));
        proxy.Send(proxy.Connect(), Get);

        Assert.That(tried, Is.EqualTo(new[] { 2 }));
        Assert.That(proxy.Served.Snapshot(), Has.Property("IsPaused").True.And.Property("PausedRequests").EqualTo(1));
    }

    [Test]
    public async Task Totals_have_what_an_application_served_that_left_the_table_and_what_none_did()
    {
        await using var proxy = ProxyUnderTest.Start(TransportKind.Auto);
        _ = proxy.Application.AnswerAllAsync(NoContent);
        await AskAsync(proxy, Get, "HTTP/1.1 204 ");
        await AskAsync(proxy, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ");

        proxy.Server.Routes = new RouteTable(Create(new UpstreamSlot()));
        await AskAsync(proxy, Get, "HTTP/1.1 503 ");
        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Total.Requests == 3);

        Assert.That(RequestsOf(proxy.Served), Is.EqualTo(1));
        Assert.That(proxy.Server.Routes.Applications.Sum(RequestsOf), Is.EqualTo(1));
        Assert.That(proxy.Server.Snapshot().Total.Status.Codes.Keys, Is.EquivalentTo(new[] { 204, 400, 503 }));
    }

    private static async Task AskAsync(ProxyUnderTest proxy, string request, string answer)
    {
        var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        Assert.That(await client.ReadHeadAsync(), Does.StartWith(answer));
    }

    /// <summary>Collects the ports that the proxy connects to; that of its own application is 1.</summary>
    private static List<int> Watch(MemoryProxy proxy)
    {
        var connect = proxy.Loop.Connector;
        var tried = new List<int>();
        proxy.Loop.Connector = address =>
        {
            tried.Add(((IPEndPoint)address).Port);
            return connect(address);
        };
        return tried;
    }

    /// <summary>Another application, at port 2.</summary>
    private static ProxyApplication Other(MemoryProxy proxy)
    {
        var slot = new UpstreamSlot();
        slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 2), "other", proxy.Clock));
        return Create(slot);
    }

    private static ProxyApplication Create(UpstreamSlot slot) => new(new ApplicationOptions(), slot);

    private static long RequestsOf(ProxyApplication application) => application.Snapshot().Traffic.Requests;
}
