using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Upstreams;

[Parallelizable]
internal sealed class NamedAddressesTests
{
    private readonly ManualTimeProvider _clock = new();
    private int _asked;
    private Func<IPAddress[]> _answer = static () => [IPAddress.Loopback];

    [SetUp]
    public void Forget()
    {
        _asked = 0;
        _answer = static () => [IPAddress.Loopback];
    }

    [Test]
    public async Task Name_is_resolved_again_after_five_seconds_of_use()
    {
        var names = Create();
        await names.RefreshAsync(afterFailure: false);
        _clock.Advance(NamedAddresses.MaxAge - TimeSpan.FromMilliseconds(1));
        await names.RefreshAsync(afterFailure: false);
        var before = _asked;
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await names.RefreshAsync(afterFailure: false);

        Assert.That((before, _asked), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task Failed_connect_asks_again_once_a_second()
    {
        var names = Create();
        await names.RefreshAsync(afterFailure: false);
        await names.RefreshAsync(afterFailure: true);
        var before = _asked;
        _clock.Advance(NamedAddresses.MinAgeAfterFailure);
        await names.RefreshAsync(afterFailure: true);

        Assert.That((before, _asked), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task Other_addresses_are_another_version_and_another_order_is_not()
    {
        var names = Create();
        _answer = static () => [IPAddress.Loopback, IPAddress.IPv6Loopback];
        await names.RefreshAsync(afterFailure: false);
        _answer = static () => [IPAddress.IPv6Loopback, IPAddress.Loopback];
        _clock.Advance(NamedAddresses.MaxAge);
        await names.RefreshAsync(afterFailure: false);
        var sameSet = names.Version;
        _answer = static () => [IPAddress.IPv6Loopback];
        _clock.Advance(NamedAddresses.MaxAge);
        await names.RefreshAsync(afterFailure: false);

        Assert.That((sameSet, names.Version), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task Resolver_that_fails_leaves_what_was_known()
    {
        var names = Create();
        await names.RefreshAsync(afterFailure: false);
        _answer = static () => throw new SocketException((int)SocketError.HostNotFound);
        _clock.Advance(NamedAddresses.MaxAge);
        await names.RefreshAsync(afterFailure: false);

        Assert.That(names.Addresses, Is.EqualTo(new[] { new IPEndPoint(IPAddress.Loopback, 80) }));
    }

    [Test]
    public async Task Resolver_that_never_answers_is_given_up()
    {
        var names = new NamedAddresses(
            new DnsEndPoint("app", 80), _clock, (_, _) => new TaskCompletionSource<IPAddress[]>().Task);
        var refreshing = names.RefreshAsync(afterFailure: false);
        var joined = names.RefreshAsync(afterFailure: true);

        _clock.Advance(TimeSpan.FromSeconds(5));
        await refreshing;

        Assert.That((ReferenceEquals(joined, refreshing), names.Addresses.Count), Is.EqualTo((true, 0)));
    }

    private NamedAddresses Create() => new(new DnsEndPoint("app", 80), _clock, (_, _) =>
    {
        _asked++;
        return Task.Run(_answer);
    });
}
