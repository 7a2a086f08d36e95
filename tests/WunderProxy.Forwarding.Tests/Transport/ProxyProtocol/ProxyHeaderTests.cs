using System.Text;
using WunderProxy.Forwarding.Transport.ProxyProtocol;
using static WunderProxy.Forwarding.Tests.Transport.ProxyProtocol.ProxyHeaders;

namespace WunderProxy.Forwarding.Tests.Transport.ProxyProtocol;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ProxyHeaderTests
{
    private static readonly byte[] UnixPaths = new byte[216];

    private static readonly TestCaseData[] WellFormed =
    [
        Text("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443", "192.0.2.1:56324"),
        Text("PROXY TCP4 255.255.255.255 0.0.0.0 65535 0", "255.255.255.255:65535"),
        Text("PROXY TCP6 2001:db8::1 2001:DB8::2 1 2", "[2001:db8::1]:1"),
        Text("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"),
        Text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2", "[::ffff:192.0.2.1]:1"),
        Text("PROXY UNKNOWN", null),
        Text("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535", null),
        Text("PROXY UNKNOWN " + new string('x', 91), null),
        Case("v2 TCP4", Proxy("192.0.2.1:7"), "192.0.2.1:7"),
        Case("v2 TCP6", Proxy("[2001:db8::1]:7"), "[2001:db8::1]:7"),
        Case("v2 TCP4 with vectors", Proxy("192.0.2.1:7", [.. Vector(4), .. Vector(5, 1, 2, 3), .. Vector(0xEA, new byte[300])]), "192.0.2.1:7"),
        Case("v2 TCP4 with a checksum", WithChecksum(Proxy("192.0.2.1:7", [.. Vector(5, 9), .. Vector(3, 0, 0, 0, 0)])), "192.0.2.1:7"),
        Case("v2 TCP4 as long as may be", Proxy("192.0.2.1:7", Vector(4, new byte[4096 - 16 - 12 - 3])), "192.0.2.1:7"),
        Case("v2 LOCAL", Binary(0x20, 0), null),
        Case("v2 LOCAL with addresses", Binary(0x20, Tcp4, new byte[12]), null),
        Case("v2 LOCAL with whatever", Binary(0x20, Tcp4, 1, 2, 3), null),
        Case("v2 PROXY unspecified", Binary(0x21, 0), null),
        Case("v2 PROXY unspecified with whatever", Binary(0x21, 0, 1, 2, 3, 4), null),
        Case("v2 UDP over IPv4", Binary(0x21, 0x12, new byte[12]), null),
        Case("v2 unspecified over IPv6", Binary(0x21, 0x20, new byte[36]), null),
        Case("v2 unix", Binary(0x21, 0x31, UnixPaths), null),
    ];

    private static readonly TestCaseData[] Malformed =
    [
        Bad("GET / HTTP/1.1\r\n"),
        Bad("PROXY\r\n"),
        Bad("PROXY \r\n"),
        Bad("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4\r\n"),
        Bad("PROXY TCP4 1.2.3.4\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"),
        Bad("PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 0x1.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n"),
        Bad("PROXY TCP4 ::1 ::1 1 2\r\n"),
        Bad("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n"),
        Bad("PROXY TCP6 [::1] ::1 1 2\r\n"),
        Bad("PROXY TCP6 fe80::1%1 ::1 1 2\r\n"),
        Bad("PROXY TCP6 ::1::2 ::1 1 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 00001 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 x\r\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"),
        Bad("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rx"),
        Bad("PROXY UNKNOWN " + new string('x', 92) + "\r\n"),
        Bad("PROXY UNKNOWN " + new string('x', 200)),
        Bad("\r\n\r\nGET / HTTP/1.1\r\n"),
        Bad(Binary(0x11, Tcp4, new byte[12])),
        Bad(Binary(0x22, Tcp4, new byte[12])),
        Bad(Binary(0x21, 0x41, new byte[12])),
        Bad(Binary(0x21, 0x13, new byte[12])),
        Bad(Binary(0x20, 0xFF)),
        Bad(Binary(0x21, Tcp4, new byte[11])),
        Bad(Binary(0x21, Tcp6, new byte[35])),
        Bad(Binary(0x21, 0x31, new byte[215])),
        Bad(Binary(0x21, Tcp4, new byte[4096 - 15])),
        Bad(Binary(0x20, 0, new byte[65535])),
        Bad(Proxy("192.0.2.1:7", 1)),
        Bad(Proxy("192.0.2.1:7", 1, 0)),
        Bad(Proxy("192.0.2.1:7", 1, 0, 1)),
        Bad(Proxy("192.0.2.1:7", 1, 255, 255, 0)),
        Bad(Proxy("192.0.2.1:7", Vector(3, 1, 2, 3, 4))),
        Bad(Proxy("192.0.2.1:7", Vector(3, 0, 0, 0))),
        Bad(WithChecksum(Proxy("192.0.2.1:7", [.. Vector(3, 0, 0, 0, 0), .. Vector(3, 0, 0, 0, 0)]))),
    ];

    [TestCaseSource(nameof(WellFormed))]
    public void Header_is_complete_at_its_last_byte_and_not_before(byte[] header, string? source)
    {
        for (var length = 0; length < header.Length; length++)
        {
            Assert.That(ProxyHeader.Parse(header.AsSpan(0, length), out _, out _), Is.EqualTo(ProxyHeaderStatus.NeedMore), $"cut at {length}");
        }

        byte[] withNext = [.. header, .. "GET / HTTP/1.1\r\n"u8];
        var status = ProxyHeader.Parse(withNext, out var consumed, out var client);

        Assert.That((status, consumed, client?.ToString()), Is.EqualTo((ProxyHeaderStatus.Done, header.Length, source)));
    }

    [TestCaseSource(nameof(Malformed))]
    public void Malformed_header_is_refused_and_no_more_of_it_is_awaited(byte[] header)
    {
        var wasMalformed = false;
        for (var length = 0; length <= header.Length; length++)
        {
            var status = ProxyHeader.Parse(header.AsSpan(0, length), out var consumed, out var client);
            if (status == ProxyHeaderStatus.Done || consumed != 0 || client is not null || (wasMalformed && status != ProxyHeaderStatus.Malformed))
            {
                Assert.Fail($"{status} at {length}");
            }

            wasMalformed = status == ProxyHeaderStatus.Malformed;
        }

        Assert.That(wasMalformed, Is.True);
    }

    [Test]
    public void Changed_bytes_are_judged_the_same_however_they_come()
    {
        var random = new Random(20_261_126);
        var samples = WellFormed.Select(row => (byte[])row.Arguments[0]!).Where(header => header.Length < 500).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. samples[random.Next(samples.Length)], .. "GET /"u8];
            for (var changes = random.Next(4); changes >= 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var whole = ProxyHeader.Parse(bytes, out var consumed, out _);
            var cut = random.Next(bytes.Length);
            var early = ProxyHeader.Parse(bytes.AsSpan(0, cut), out var consumedEarly, out _);

            if (early != ProxyHeaderStatus.NeedMore && (early, consumedEarly) != (whole, consumed))
            {
                Assert.Fail($"round {round}: {early} at {cut}, {whole} in the end: {Convert.ToHexString(bytes)}");
            }
        }
    }

    private static TestCaseData Text(string line, string? source) =>
        new TestCaseData(Encoding.ASCII.GetBytes(line + "\r\n"), source).SetArgDisplayNames(line);

    private static TestCaseData Case(string name, byte[] header, string? source) =>
        new TestCaseData(header, source).SetArgDisplayNames(name);

    private static TestCaseData Bad(string text) =>
        new TestCaseData(Encoding.ASCII.GetBytes(text)).SetArgDisplayNames(text.Replace("\r", "\\r").Replace("\n", "\\n"));

    private static TestCaseData Bad(byte[] header) =>
        new TestCaseData(header).SetArgDisplayNames(Convert.ToHexString(header.AsSpan(12, Math.Min(header.Length - 12, 24))) + $" of {header.Length}");
}
