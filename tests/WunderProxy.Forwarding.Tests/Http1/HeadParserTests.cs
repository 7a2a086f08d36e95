using System.Text;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HeadParserTests
{
    [Test]
    public void Plain_get_is_read_completely()
    {
        byte[] input = "GET /a?b HTTP/1.1\r\nHost: example.test\r\nX-A:  1 \r\n\r\nrest"u8.ToArray();
        var head = new RequestHead();

        ParseStatus status = HeadParser.ParseRequest(input, HeadLimits.Default, head, out int consumed, out _);

        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(ParseStatus.Done));
            Assert.That(consumed, Is.EqualTo(input.Length - 4));
            Assert.That(Encoding.ASCII.GetString(head.OriginTarget), Is.EqualTo("/a?b"));
            Assert.That(Encoding.ASCII.GetString(head.EffectiveHost), Is.EqualTo("example.test"));
            Assert.That(Encoding.ASCII.GetString(head.ValueOf(head.Fields[1])), Is.EqualTo("1"));
            Assert.That(head.KeepAlive, Is.True);
        });
    }
}
