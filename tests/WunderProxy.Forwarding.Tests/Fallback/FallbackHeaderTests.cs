using System.Text;
using WunderProxy.Forwarding.Fallback;

namespace WunderProxy.Forwarding.Tests.Fallback;

[Parallelizable(ParallelScope.All)]
internal sealed class FallbackHeaderTests
{
    private const string Mac = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Test]
    public void Well_formed_value_is_read()
    {
        var isRead = FallbackHeader.TryParse(Bytes($"v1;t=1767225600;id=0123456789abcdEF;mac={Mac}"), out var header);

        Assert.That(isRead, Is.True);
        Assert.That(header.Seconds, Is.EqualTo(1767225600));
        Assert.That(header.Id, Is.EqualTo(0x0123456789abcdefUL));
        Assert.That(Encoding.ASCII.GetString(header.IdText), Is.EqualTo("0123456789abcdEF"));
        Assert.That(Encoding.ASCII.GetString(header.Mac), Is.EqualTo(Mac));
    }

    [TestCase("")]
    [TestCase("v1")]
    [TestCase("v2;t=1;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("V1;t=1;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("v1;t=;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("v1;t=-1;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("v1;t=1x;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("v1;t=1111111111111111111;id=0123456789abcdef;mac=" + Mac)]
    [TestCase("v1;t=1;id=0123456789abcde;mac=" + Mac)]
    [TestCase("v1;t=1;id=0123456789abcdef0;mac=" + Mac)]
    [TestCase("v1;t=1;id=0123456789abcdeg;mac=" + Mac)]
    [TestCase("v1;t=1;id=0123456789abcdef")]
    [TestCase("v1;t=1;id=0123456789abcdef;mac=")]
    [TestCase("v1;t=1;id=0123456789abcdef;mac=" + Mac + "0")]
    [TestCase("v1;t=1;id=0123456789abcdef;mac=" + Mac + ";x=1")]
    [TestCase("v1; t=1; id=0123456789abcdef; mac=" + Mac)]
    [TestCase("v1;id=0123456789abcdef;t=1;mac=" + Mac)]
    public void Anything_else_is_not(string value) =>
        Assert.That(FallbackHeader.TryParse(Bytes(value), out _), Is.False);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
