using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class AcceptEncodingTests
{
    [TestCase("gzip", "Gzip")]
    [TestCase("x-gzip", "Gzip")]
    [TestCase("GZip", "Gzip")]
    [TestCase("br", "Brotli")]
    [TestCase("gzip, deflate, br, zstd", "Brotli")]
    [TestCase("deflate, zstd", "Identity")]
    [TestCase("identity", "Identity")]
    [TestCase("*", "Brotli")]
    [TestCase("br;q=0, *", "Gzip")]
    [TestCase("gzip;q=0, br;q=0, *", "Identity")]
    [TestCase("*;q=0", "Identity")]
    [TestCase("*;q=0, gzip", "Gzip")]
    [TestCase("identity;q=0, gzip", "Gzip")]
    [TestCase("identity;q=0", "Identity", Description = "nothing acceptable: the answer is as it is")]
    [TestCase("", "Identity")]
    [TestCase(",, ,", "Identity")]
    public void Coding_is_chosen_by_name(string value, string coding) =>
        Assert.That(Choose($"Accept-Encoding: {value}\r\n").ToString(), Is.EqualTo(coding));

    [TestCase("gzip;q=1.0, br;q=0.9", "Gzip")]
    [TestCase("gzip;q=0.8, br;q=0.80", "Brotli")]
    [TestCase("br;q=0.001", "Brotli")]
    [TestCase("br;q=0.000", "Identity")]
    [TestCase("br;q=0", "Identity")]
    [TestCase("br;q=0.", "Identity")]
    [TestCase("br;q=1.", "Brotli")]
    [TestCase("br;Q=1", "Brotli")]
    [TestCase("br ; q=1", "Brotli")]
    [TestCase("br;\tq=1.000", "Brotli")]
    [TestCase("gzip;q=0.5, identity", "Identity")]
    [TestCase("gzip;q=0.5, identity;q=0.5", "Gzip")]
    [TestCase("gzip;q=0.5, identity;q=0.4", "Gzip")]
    [TestCase("gzip;q=0.1, *;q=0.5", "Brotli")]
    public void Weights_decide(string value, string coding) =>
        Assert.That(Choose($"Accept-Encoding: {value}\r\n").ToString(), Is.EqualTo(coding));

    [TestCase("br;q=1.001")]
    [TestCase("br;q=2")]
    [TestCase("br;q=0.1234")]
    [TestCase("br;q=-1")]
    [TestCase("br;q=abc")]
    [TestCase("br;q=")]
    [TestCase("br;q")]
    [TestCase("br;")]
    [TestCase("br;q =1")]
    [TestCase("br;q=\"1\"")]
    [TestCase("br;level=3")]
    [TestCase("br;q=1;q=1")]
    [TestCase("br q=1")]
    [TestCase("\"br\"")]
    [TestCase("brr")]
    [TestCase("b")]
    [TestCase(";q=1")]
    [TestCase("**")]
    public void Malformed_element_accepts_nothing(string value)
    {
        Assert.That(Choose($"Accept-Encoding: {value}\r\n"), Is.EqualTo(ContentCoding.Identity));
        Assert.That(Choose($"Accept-Encoding: {value}, gzip\r\n"), Is.EqualTo(ContentCoding.Gzip), "the other element counts");
    }

    [Test]
    public void No_line_means_as_it_is() => Assert.That(Choose(""), Is.EqualTo(ContentCoding.Identity));

    [Test]
    public void Lines_are_one_list() => Assert.That(
        Choose("Accept-Encoding: gzip\r\nA: b\r\nAccept-Encoding: br\r\n"), Is.EqualTo(ContentCoding.Brotli));

    [TestCase("br, gzip, br;q=0", "Gzip")]
    [TestCase("br;q=0, gzip, br", "Gzip")]
    public void Lowest_weight_of_a_coding_counts(string value, string coding) =>
        Assert.That(Choose($"Accept-Encoding: {value}\r\n").ToString(), Is.EqualTo(coding));

    [Test]
    public void Every_value_is_judged_without_a_fault()
    {
        const string Alphabet = "bgzripq*=;,.01 \t\"x-";
        var random = new Random(20_261_126);
        for (var round = 0; round < 20_000; round++)
        {
            var value = string.Create(random.Next(24), random, (text, source) =>
            {
                foreach (ref var letter in text)
                {
                    letter = Alphabet[source.Next(Alphabet.Length)];
                }
            });

            Assert.That(() => Choose($"Accept-Encoding: {value}\r\n"), Throws.Nothing, value);
        }
    }

    private static ContentCoding Choose(string lines)
    {
        var head = new RequestHead();
        HeadParser.ParseRequest(
            Latin1.Bytes($"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"), HeadLimits.Default, head, out _, out _);
        return AcceptEncoding.Choose(head);
    }
}
