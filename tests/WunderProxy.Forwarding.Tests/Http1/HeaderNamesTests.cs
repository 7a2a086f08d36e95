using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HeaderNamesTests
{
    private static readonly HeaderName[] Families =
        [HeaderName.Unknown, HeaderName.XForwardedOther, HeaderName.WunderproxyOther];

    [Test]
    public void Every_name_is_found_by_its_spelling_in_any_case()
    {
        Assert.Multiple(() =>
        {
            foreach (var name in Enum.GetValues<HeaderName>().Except(Families))
            {
                var spelling = Latin1.Text(HeaderNames.Spelling(name));
                Assert.That(HeaderNames.Find(Latin1.Bytes(spelling)), Is.EqualTo(name));
                Assert.That(HeaderNames.Find(Latin1.Bytes(spelling.ToUpperInvariant())), Is.EqualTo(name));
                Assert.That(HeaderNames.Find(Latin1.Bytes(spelling.ToLowerInvariant())), Is.EqualTo(name));
                Assert.That(HeaderNames.Find(Latin1.Bytes(spelling[..^1] + "~")), Is.Not.EqualTo(name));
            }
        });
    }

    [Test]
    public void Names_fit_in_a_set_of_64_bits()
    {
        Assert.That(Enum.GetValues<HeaderName>(), Has.Length.LessThanOrEqualTo(64));
    }

    [TestCase(HeaderName.TE, "TE")]
    [TestCase(HeaderName.ETag, "ETag")]
    [TestCase(HeaderName.XRealIp, "X-Real-IP")]
    [TestCase(HeaderName.WwwAuthenticate, "WWW-Authenticate")]
    [TestCase(HeaderName.Http2Settings, "HTTP2-Settings")]
    [TestCase(HeaderName.XRequestId, "X-Request-ID")]
    [TestCase(HeaderName.ContentLength, "Content-Length")]
    [TestCase(HeaderName.XForwardedFor, "X-Forwarded-For")]
    [TestCase(HeaderName.ProxyAuthenticationInfo, "Proxy-Authentication-Info")]
    [TestCase(HeaderName.XForwardedOther, "")]
    public void Spelling_is_the_usual_one(HeaderName name, string spelling)
    {
        Assert.That(Latin1.Text(HeaderNames.Spelling(name)), Is.EqualTo(spelling));
    }

    [TestCase("X-Forwarded-Port", HeaderName.XForwardedOther)]
    [TestCase("x-forwarded-", HeaderName.XForwardedOther)]
    [TestCase("X-Forwarded", HeaderName.Unknown)]
    [TestCase("X-Forwarded-For-Something-Longer-Than-All", HeaderName.XForwardedOther)]
    [TestCase("Wunderproxy-Fallback", HeaderName.WunderproxyFallback)]
    [TestCase("wunderproxy-secret", HeaderName.WunderproxyOther)]
    [TestCase("Wunderbar-Secret", HeaderName.Unknown)]
    [TestCase("", HeaderName.Unknown)]
    [TestCase("Hos", HeaderName.Unknown)]
    public void Families_are_found_by_prefix(string name, HeaderName expected)
    {
        Assert.That(HeaderNames.Find(Latin1.Bytes(name)), Is.EqualTo(expected));
    }

    [TestCase("Connection", HeaderFlags.HopByHop)]
    [TestCase("Keep-Alive", HeaderFlags.HopByHop)]
    [TestCase("Proxy-Connection", HeaderFlags.HopByHop)]
    [TestCase("Proxy-Authenticate", HeaderFlags.HopByHop)]
    [TestCase("Proxy-Authorization", HeaderFlags.HopByHop)]
    [TestCase("Proxy-Authentication-Info", HeaderFlags.HopByHop)]
    [TestCase("TE", HeaderFlags.HopByHop)]
    [TestCase("Upgrade", HeaderFlags.HopByHop)]
    [TestCase("HTTP2-Settings", HeaderFlags.HopByHop)]
    [TestCase("Trailer", HeaderFlags.None)]
    [TestCase("Forwarded", HeaderFlags.Forwarding)]
    [TestCase("X-Forwarded-For", HeaderFlags.Forwarding)]
    [TestCase("X-Forwarded-Port", HeaderFlags.Forwarding)]
    [TestCase("X-Forwarded-Host", HeaderFlags.Forwarding)]
    [TestCase("X-Forwarded-Proto", HeaderFlags.Forwarding)]
    [TestCase("X-Real-IP", HeaderFlags.Forwarding)]
    [TestCase("Wunderproxy-Fallback", HeaderFlags.Internal)]
    [TestCase("Wunderproxy-X", HeaderFlags.Internal)]
    [TestCase("Content-Length", HeaderFlags.Framing)]
    [TestCase("Transfer-Encoding", HeaderFlags.Framing)]
    [TestCase("Host", HeaderFlags.None)]
    [TestCase("Via", HeaderFlags.None)]
    [TestCase("X_Forwarded_For", HeaderFlags.Confusable)]
    [TestCase("X-Forwarded_Port", HeaderFlags.Confusable)]
    [TestCase("x_real_ip", HeaderFlags.Confusable)]
    [TestCase("Content_Length", HeaderFlags.Confusable)]
    [TestCase("Transfer_Encoding", HeaderFlags.Confusable)]
    [TestCase("Max_Forwards", HeaderFlags.Confusable)]
    [TestCase("Wunderproxy_Fallback", HeaderFlags.Confusable)]
    [TestCase("Proxy", HeaderFlags.Confusable)]
    [TestCase("pROXY", HeaderFlags.Confusable)]
    [TestCase("Proxy-Foo", HeaderFlags.None)]
    [TestCase("X_Under_Score", HeaderFlags.None)]
    [TestCase("User_Agent", HeaderFlags.None)]
    public void Name_decides_what_a_header_is_to_a_forwarder(string name, HeaderFlags expected)
    {
        var head = new RequestHead();

        HeadParser.ParseRequest(
            Latin1.Bytes($"GET / HTTP/1.0\r\n{name}: 1\r\n\r\n"), HeadLimits.Default, head, out _, out _);

        Assert.That(head.Fields[0].Flags, Is.EqualTo(expected));
    }

    [Test]
    public void Very_long_name_with_underscores_is_an_ordinary_one()
    {
        Assert.That(HeaderNames.ConfusableFlag(Latin1.Bytes("X_" + new string('a', 63))), Is.EqualTo(HeaderFlags.None));
        Assert.That(HeaderNames.ConfusableFlag(Latin1.Bytes("X_Forwarded_" + new string('a', 52))), Is.EqualTo(HeaderFlags.Confusable));
    }
}
