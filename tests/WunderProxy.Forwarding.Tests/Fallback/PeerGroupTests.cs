using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Fallback;

[Parallelizable(ParallelScope.All)]
internal sealed class PeerGroupTests
{
    [Test]
    public void Peers_are_chosen_in_turn()
    {
        using var group = GroupOf(3, new ManualTimeProvider());

        var chosen = Enumerable.Range(0, 6).Select(_ => group.Next()).ToArray();

        Assert.That(chosen.Take(3), Is.EquivalentTo(group.Peers));
        Assert.That(chosen.Skip(3), Is.EqualTo(chosen.Take(3)));
    }

    [Test]
    public void Unreachable_peer_is_set_aside_and_then_tried_by_one()
    {
        var clock = new ManualTimeProvider();
        using var group = GroupOf(1, clock);
        var peer = group.Next()!;

        peer.OnConnectFailed();
        var meanwhile = group.Next();
        clock.Advance(TimeSpan.FromMilliseconds(Endpoint.SetAsideMilliseconds));
        var afterwards = (group.Next(), group.Next());
        peer.OnReached();

        Assert.That(meanwhile, Is.Null);
        Assert.That(afterwards, Is.EqualTo((peer, (Endpoint?)null)));
        Assert.That((group.Next(), group.Next()), Is.EqualTo((peer, peer)));
    }

    [Test]
    public void Other_peer_is_taken_meanwhile()
    {
        using var group = GroupOf(2, new ManualTimeProvider());
        var gone = group.Next()!;

        gone.OnConnectFailed();

        Assert.That(Enumerable.Range(0, 4).Select(_ => group.Next()), Has.None.EqualTo(gone).And.None.Null);
    }

    [TestCase(-31, ExpectedResult = "Outdated")]
    [TestCase(-30, ExpectedResult = "Valid")]
    [TestCase(0, ExpectedResult = "Valid")]
    [TestCase(30, ExpectedResult = "Valid")]
    [TestCase(31, ExpectedResult = "Outdated")]
    public string Fallback_is_valid_for_thirty_seconds(int secondsFromNow) =>
        Judge(new ManualTimeProvider(), secondsFromNow, "0123456789abcdef", PeerSignature.Secret)[0].ToString();

    [Test]
    public void Id_is_good_once_also_at_the_ends_of_its_time()
    {
        var clock = new ManualTimeProvider();
        using var group = GroupOf(1, clock);
        var seconds = group.UnixSeconds + 30;

        var first = JudgeOne(group, seconds);
        clock.Advance(TimeSpan.FromSeconds(60));
        var last = JudgeOne(group, seconds);

        Assert.That((first, last), Is.EqualTo((FallbackVerdict.Valid, FallbackVerdict.Replayed)));
    }

    [Test]
    public void Other_key_is_a_forgery() =>
        Assert.That(Judge(new ManualTimeProvider(), 0, "0123456789abcdef", "other"), Is.EqualTo(new[] { FallbackVerdict.Forged }));

    private static PeerGroup GroupOf(int count, TimeProvider clock) => new(
        new FallbackOptions(
            [.. Enumerable.Range(1, count).Select(port => new IPEndPoint(IPAddress.Loopback, port))], PeerSignature.Key()),
        clock,
        NullLogger.Instance);

    private static FallbackVerdict[] Judge(TimeProvider clock, int secondsFromNow, string id, string secret)
    {
        using var group = GroupOf(1, clock);
        return [JudgeOne(group, group.UnixSeconds + secondsFromNow, id, secret)];
    }

    private static FallbackVerdict JudgeOne(
        PeerGroup group, long seconds, string id = "0123456789abcdef", string secret = PeerSignature.Secret)
    {
        var text = System.Text.Encoding.ASCII.GetBytes($"v1\n{seconds}\n{id}\nGET\n/\na\n\n");
        var value = PeerSignature.Header(time: seconds, id: id, secret: secret);
        Assert.That(FallbackHeader.TryParse(System.Text.Encoding.ASCII.GetBytes(value), out var header), Is.True);
        return group.Judge(header, text);
    }
}
