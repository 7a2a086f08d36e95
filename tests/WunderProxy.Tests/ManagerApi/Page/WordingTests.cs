using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

[Parallelizable]
internal sealed class WordingTests
{
    [TestCase(0, "0%")]
    [TestCase(0.00001, "<0.01%")]
    [TestCase(0.0123, "1.23%")]
    [TestCase(0.5, "50%")]
    [TestCase(1, "100%")]
    public void Share_is_in_per_cent_and_never_looks_like_none(double share, string expected) =>
        Assert.That(Wording.Share(share), Is.EqualTo(expected));

    [TestCase(0, "0 ms")]
    [TestCase(0.00042, "0.42 ms")]
    [TestCase(0.0123, "12.3 ms")]
    [TestCase(0.25, "250 ms")]
    [TestCase(1.5, "1.5 s")]
    [TestCase(1234, "1,234 s")]
    public void Latency_has_the_unit_that_fits(double seconds, string expected) =>
        Assert.That(Wording.Latency(seconds), Is.EqualTo(expected));

    [TestCase(-5, "0 s")]
    [TestCase(59, "59 s")]
    [TestCase(90, "1 min 30 s")]
    [TestCase(3600, "1 h")]
    [TestCase(93_600, "1 d 2 h")]
    public void Span_has_two_units_at_most(int seconds, string expected) =>
        Assert.That(Wording.Span(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));

    [TestCase(999, "999 B")]
    [TestCase(48_300_000, "48.3 MB")]
    [TestCase(2_400_000_000, "2.4 GB")]
    public void Size_has_the_unit_that_fits(long bytes, string expected) => Assert.That(Wording.Size(bytes), Is.EqualTo(expected));

    [TestCase(1, "1 warning")]
    [TestCase(0, "0 warnings")]
    [TestCase(1200, "1,200 warnings")]
    public void Count_agrees_with_its_noun(long count, string expected) => Assert.That(Wording.Count(count, "warning"), Is.EqualTo(expected));

    [Test]
    public void Markup_escapes_values_and_replaces_control_characters() =>
        Assert.That(
            Html.Of($"<b>{"<i>\"'&\e"}</b>{Html.Of($"<i>{1}</i>")}").ToString(),
            Is.EqualTo("<b>&lt;i&gt;&quot;&#39;&amp;\uFFFD</b><i>1</i>"));
}
