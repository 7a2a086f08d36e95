using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>The field <c>traceparent</c>, by the examples and rules of W3C Trace Context.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class TraceParentTests
{
    private const string Example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    [Test]
    public void Example_of_the_standard_is_read()
    {
        Assert.That(TraceParent.TryParse(Latin1.Bytes(Example), out var parent), Is.True);
        Assert.That(parent, Is.EqualTo(new TraceParent(0x0af7651916cd43dd, 0x8448eb211c80319c, 0xb7ad6b7169203331, true)));
    }

    [TestCase(Example)]
    [TestCase(Unsampled)]
    public void Written_field_is_the_one_that_was_read(string text)
    {
        Assert.That(TraceParent.TryParse(Latin1.Bytes(text), out var parent), Is.True);
        var field = new byte[TraceParent.Length];

        parent.Write(field);

        Assert.That(Latin1.Text(field), Is.EqualTo(text));
    }

    [TestCase(Example + "-what-will-come", false)]
    [TestCase("cc" + "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-will-come", true)]
    [TestCase("cc" + "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [TestCase("cc" + "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what", false)]
    [TestCase("ff" + "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [TestCase("00-00000000000000000000000000000000-b7ad6b7169203331-01", false)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false)]
    [TestCase("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01", false)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", false)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-+1", false)]
    [TestCase("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false)]
    [TestCase("", false)]
    [TestCase("00", false)]
    public void Version_length_and_digits_decide(string text, bool isValid)
    {
        Assert.That(TraceParent.TryParse(Latin1.Bytes(text), out var parent), Is.EqualTo(isValid));
        Assert.That(parent.IsNone, Is.EqualTo(!isValid));
    }

    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", false)]
    public void Only_the_last_bit_of_the_flags_says_sampled(string text, bool isSampled)
    {
        Assert.That(TraceParent.TryParse(Latin1.Bytes(text), out var parent), Is.True);
        Assert.That(parent.IsSampled, Is.EqualTo(isSampled));
    }
}
