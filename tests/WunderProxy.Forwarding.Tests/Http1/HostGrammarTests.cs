using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HostGrammarTests
{
    [TestCase("example.test")]
    [TestCase("EXAMPLE.Test:80")]
    [TestCase("example.test:")]
    [TestCase("example.test:65535")]
    [TestCase("192.0.2.1:1")]
    [TestCase("[::]")]
    [TestCase("[2001:DB8::1]:443")]
    [TestCase("[::ffff:192.0.2.1]")]
    [TestCase("a%2d%2Db")]
    [TestCase("my_app.test")]
    [TestCase("a.test.")]
    public void Host_with_optional_port_is_valid(string host)
    {
        Assert.That(HostGrammar.IsValid(Latin1.Bytes(host)), Is.True);
    }

    [TestCase("")]
    [TestCase(":80")]
    [TestCase("a:b")]
    [TestCase("a:80:81")]
    [TestCase("a:-1")]
    [TestCase("a:65536")]
    [TestCase("a:99999999999999999999")]
    [TestCase("u@a")]
    [TestCase("a/b")]
    [TestCase("a?b")]
    [TestCase("a#b")]
    [TestCase("a\\b")]
    [TestCase("a b")]
    [TestCase("exa<mple")]
    [TestCase("a%2")]
    [TestCase("a%2g")]
    [TestCase("a%g2")]
    [TestCase("a%")]
    [TestCase("%")]
    [TestCase("%:80")]
    [TestCase("\u00e4")]
    [TestCase("[::1")]
    [TestCase("[")]
    [TestCase("[:80")]
    [TestCase("[]")]
    [TestCase("[::1]x")]
    [TestCase("[::1]80")]
    [TestCase("[192.0.2.1]")]
    [TestCase("[fe80::1%25eth0]")]
    [TestCase("[1::2::3]")]
    [TestCase("[v1.x]")]
    [TestCase("[[::1]]")]
    [TestCase("::1")]
    public void Anything_else_is_refused(string host)
    {
        Assert.That(HostGrammar.IsValid(Latin1.Bytes(host)), Is.False);
    }
}
