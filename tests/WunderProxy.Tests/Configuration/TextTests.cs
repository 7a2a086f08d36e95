using System.Net;
using System.Net.Sockets;
using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

[Parallelizable]
internal sealed class DurationTextTests
{
    [TestCase("500ms", 500)]
    [TestCase("10s", 10_000)]
    [TestCase("2m", 120_000)]
    [TestCase("1h", 3_600_000)]
    [TestCase("2d", 172_800_000)]
    [TestCase("1.5s", 1_500)]
    [TestCase("0", 0)]
    [TestCase("0s", 0)]
    public void Duration_with_unit_is_read(string text, double milliseconds)
    {
        Assert.That(DurationText.TryParse(text, out var value), Is.True);
        Assert.That(value.TotalMilliseconds, Is.EqualTo(milliseconds));
    }

    [TestCase("")]
    [TestCase("10")]
    [TestCase("-1s")]
    [TestCase("s")]
    [TestCase("1w")]
    [TestCase("25d")]
    [TestCase("1e3s")]
    [TestCase("1,5s")]
    [TestCase("99999h")]
    public void Duration_without_sense_is_refused(string text) =>
        Assert.That(DurationText.TryParse(text, out _), Is.False);
}

[Parallelizable]
internal sealed class SizeTextTests
{
    [TestCase("8KiB", 8192)]
    [TestCase("1MiB", 1 << 20)]
    [TestCase("1gib", 1 << 30)]
    [TestCase("512", 512)]
    [TestCase("512B", 512)]
    public void Size_with_unit_is_read(string text, int bytes)
    {
        Assert.That(SizeText.TryParse(text, out var value), Is.True);
        Assert.That(value, Is.EqualTo(bytes));
    }

    [TestCase("")]
    [TestCase("KiB")]
    [TestCase("8k")]
    [TestCase("-1")]
    [TestCase("1.5MiB")]
    [TestCase("2GiB")]
    [TestCase("99999999999")]
    public void Size_without_sense_is_refused(string text) => Assert.That(SizeText.TryParse(text, out _), Is.False);
}

[Parallelizable]
internal sealed class SocketAddressTextTests
{
    [TestCase("0.0.0.0:80", "0.0.0.0:80")]
    [TestCase("127.0.0.1:0", "127.0.0.1:0")]
    [TestCase("[::]:80", "[::]:80")]
    [TestCase("[::1]:8001", "[::1]:8001")]
    [TestCase(":80", ":80")]
    [TestCase("*:80", ":80")]
    [TestCase("unix:/run/a.sock", "unix:/run/a.sock")]
    [TestCase("localhost:80", "localhost:80")]
    [TestCase("web-1.example:8001", "web-1.example:8001")]
    public void Address_is_read_and_written(string text, string written)
    {
        Assert.That(SocketAddressText.TryParse(text, out var endPoint), Is.True);
        Assert.That(SocketAddressText.Format(endPoint), Is.EqualTo(written));
    }

    [TestCase("")]
    [TestCase("80")]
    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.1:")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("127.0.0.1:-1")]
    [TestCase("127.0.0.1:http")]
    [TestCase("::1:80")]
    [TestCase("[127.0.0.1]:80")]
    [TestCase("[::1:80")]
    [TestCase("bad host:80")]
    [TestCase("unix:")]
    public void Address_without_sense_is_refused(string text) =>
        Assert.That(SocketAddressText.TryParse(text, out _), Is.False);

    [Test]
    public void Unix_path_that_no_socket_can_have_is_refused() =>
        Assert.That(SocketAddressText.TryParse("unix:/" + new string('x', 107), out _), Is.False);

    [Test]
    public void Unix_path_becomes_a_socket_address()
    {
        Assert.That(SocketAddressText.TryParse("unix:/tmp/x", out var endPoint), Is.True);
        Assert.That(endPoint, Is.InstanceOf<UnixDomainSocketEndPoint>());
    }
}

[Parallelizable]
internal sealed class TrustTextTests
{
    [TestCase("10.1.2.3/8", "10.0.0.0/8")]
    [TestCase("192.0.2.7", "192.0.2.7/32")]
    [TestCase("2001:db8::1/32", "2001:db8::/32")]
    [TestCase("::1", "::1/128")]
    [TestCase("0.0.0.0/0", "0.0.0.0/0")]
    public void Network_is_read_with_its_host_bits_cleared(string text, string expected)
    {
        Assert.That(TrustText.TryParseNetwork(text, out var network), Is.True);
        Assert.That(network.ToString(), Is.EqualTo(expected));
    }

    [TestCase("10.0.0.0/33")]
    [TestCase("10.0.0.0/-1")]
    [TestCase("10.0.0.0/x")]
    [TestCase("host/8")]
    [TestCase("")]
    public void Network_without_sense_is_refused(string text) =>
        Assert.That(TrustText.TryParseNetwork(text, out _), Is.False);

    [Test]
    public void Trust_word_private_covers_loopback_and_none_covers_nothing()
    {
        Assert.That(TrustText.TryParse("private", out var networks), Is.True);
        Assert.That(TrustText.TryParse("none", out var nobody), Is.True);
        Assert.That(networks.Any(network => network.Contains(IPAddress.Loopback)), Is.True);
        Assert.That(nobody, Is.Empty);
    }
}
