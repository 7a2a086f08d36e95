using System.Net;
using System.Text;
using WunderProxy.Forwarding.Exchanges.AccessLogs;

namespace WunderProxy.Forwarding.Tests.Exchanges.AccessLogs;

/// <summary>How values look in a line, and what becomes of a line that has no room.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class LineBufferTests
{
    private delegate void Writing(ref LineBuffer line);

    [Test]
    public void Every_byte_that_is_not_visible_and_harmless_is_escaped()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            var value = new[] { (byte)'a', (byte)octet, (byte)'b' };
            var isPlain = octet is > 0x20 and < 0x7f and not '"' and not '\\';
            var expected = isPlain ? $"a{(char)octet}b" : $"a\\x{octet:x2}b";

            Assert.That(Write((ref line) => line.Escaped(value, "\\x"u8, 3)), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Value_is_cut_at_its_bound() =>
        Assert.That(Write((ref line) => line.Escaped("ab\"cd"u8, "\\u00"u8, 4)), Is.EqualTo("ab\\u0022c"));

    [TestCase(0L, "0.000000")]
    [TestCase(1L, "0.000001")]
    [TestCase(1_234_567L, "1.234567")]
    [TestCase(86_400_000_000L, "86400.000000")]
    [TestCase(-5L, "0.000000")]
    public void Seconds_have_six_decimals(long microseconds, string expected) =>
        Assert.That(Write((ref line) => line.Seconds(microseconds)), Is.EqualTo(expected));

    [TestCase(1L, "0.001")]
    [TestCase(1_234_567L, "1234.567")]
    public void Milliseconds_have_three_decimals(long microseconds, string expected) =>
        Assert.That(Write((ref line) => line.Milliseconds(microseconds)), Is.EqualTo(expected));

    [TestCase("192.0.2.7", "192.0.2.7")]
    [TestCase("::ffff:192.0.2.7", "192.0.2.7")]
    [TestCase("2001:db8::1", "2001:db8::1")]
    public void Address_is_written_as_it_is_told(string address, string expected) =>
        Assert.That(Write((ref line) => line.Address(IPAddress.Parse(address))), Is.EqualTo(expected));

    [Test]
    public void Line_that_does_not_fit_counts_as_nothing()
    {
        var whole = Fill(new byte[200]);

        for (var room = 0; room < whole; room++)
        {
            Assert.That(Fill(new byte[room]), Is.Zero, $"{room} bytes");
        }

        Assert.That(Fill(new byte[whole]), Is.EqualTo(whole).And.Positive);
    }

    [TestCase(0L, "1970-01-01T00:00:00.000Z")]
    [TestCase(1_764_193_207_123L, "2025-11-26T21:40:07.123Z")]
    [TestCase(-1L, "1969-12-31T23:59:59.999Z")]
    [TestCase(-1_000L, "1969-12-31T23:59:59.000Z")]
    [TestCase(1_764_193_207_999L, "2025-11-26T21:40:07.999Z")]
    public void Time_is_written_to_the_millisecond(long unixMilliseconds, string expected)
    {
        var text = new TimestampText();
        text.At(unixMilliseconds + 1);

        Assert.That(Encoding.ASCII.GetString(text.At(unixMilliseconds)), Is.EqualTo(expected));
    }

    private static int Fill(byte[] room)
    {
        var line = new LineBuffer(room);
        line.Raw("a="u8);
        line.Escaped("/\x01"u8, "\\x"u8, 10);
        line.Number(502);
        line.Seconds(1_234_567);
        line.Address(IPAddress.IPv6Loopback);
        line.Address(IPAddress.Loopback.MapToIPv6());
        line.Name("ConnectRefused");
        line.Raw("\n"u8);
        return line.Length;
    }

    private static string Write(Writing write)
    {
        var bytes = new byte[100];
        var line = new LineBuffer(bytes);
        write(ref line);
        return Encoding.ASCII.GetString(bytes, 0, line.Length);
    }
}
