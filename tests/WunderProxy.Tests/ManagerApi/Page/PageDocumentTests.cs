using System.Text;
using System.Text.RegularExpressions;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

[Parallelizable]
internal sealed partial class PageDocumentTests
{
    private const int MostBytes = 60_000;

    /// <summary>Most bytes where each row of the history names a revision of 128 characters.</summary>
    private const int MostBytesOfOddNames = 60 * 1024;

    private const string Script = "<script>alert('1\"2')</script>&";

    [Test]
    public void Page_at_its_fullest_stays_below_60_KB()
    {
        var bytes = Encoding.UTF8.GetByteCount(PageDocument.Write(PageSamples.Busy()));

        Assert.That(bytes, Is.LessThan(MostBytes));
    }

    [Test]
    public void Longest_revision_stands_whole_in_service_and_short_where_there_is_no_room()
    {
        var odd = PageSamples.OddRevision;
        var page = PageDocument.Write(PageSamples.Busy(revision: odd));

        Assert.That(Encoding.UTF8.GetByteCount(page), Is.LessThan(MostBytesOfOddNames));
        Assert.That(page, Does.Contain($"title=\"{odd}\">{odd}</dd>").And.Contain("Roll back to _-.__Az09..---._…..---.__Az0?"));
        Assert.That(page, Does.Contain("id=sentence aria-live=polite>Serving _-.__Az09..---._…..---.__Az0; a deploy"));
    }

    [TestCase(-400)]
    [TestCase(400)]
    public void Clock_that_is_set_makes_no_time_negative_and_no_watch_longer(int days)
    {
        var page = PageDocument.Write(PageSamples.Busy() with { Now = PageSamples.Now.AddDays(days) });
        var shown = Between(page, "<main>", "</main>");

        Assert.That(shown, Does.Not.Match("-[0-9]+ (s|min|h|d)\\b"));
        Assert.That(shown, Does.Contain("for 1 min more").And.Contain("21 s left"));
        Assert.That(shown, Does.Contain(days < 0 ? "UTC, <span class=age>0 s<" : "UTC, <span class=age>400 d<"));
    }

    [Test]
    public void Page_escapes_what_others_say()
    {
        var page = PageDocument.Write(PageSamples.Busy(quote: Script));

        Assert.That(page, Does.Not.Contain("<script>alert").And.Contain("&lt;script&gt;alert"));
        Assert.That(Regex.Count(page, "<script>"), Is.EqualTo(1), "the page's own");
    }

    [Test]
    public void Page_loads_nothing_from_elsewhere_and_links_relatively()
    {
        var page = PageDocument.Write(PageSamples.Busy());
        var targets = References().Matches(page).Select(match => match.Groups["target"].Value.Trim('"')).ToArray();

        Assert.That(targets, Is.Not.Empty);
        Assert.That(targets, Has.All.Matches("^(data:,|[?a-z#][^:]*)$"), "nothing absolute, and nothing from the root");
        Assert.That(page, Does.Not.Contain("style=\"").And.Not.Contain("onclick"), "the policy would forbid it");
    }

    [Test]
    public void Policy_allows_the_style_and_the_script_of_the_page_by_their_digests()
    {
        var page = PageDocument.Write(PageSamples.Busy());
        var style = Between(page, "<style>", "</style>");
        var script = Between(page, "<script>", "</script>");

        Assert.That(PageAssets.Policy, Does.Contain($"style-src '{PageAssets.DigestOf(style)}'").And.Contain($"script-src '{PageAssets.DigestOf(script)}'"));
        Assert.That(PageAssets.Policy, Does.StartWith("default-src 'none';").And.Contain("frame-ancestors 'none'")
            .And.Contain("form-action 'none'").And.Contain("base-uri 'none'").And.Contain("connect-src 'self'").And.Not.Contain("unsafe"));
    }

    [Test]
    public void Stranger_sees_neither_addresses_nor_names_nor_words_of_others_nor_buttons()
    {
        var page = PageDocument.Write(PageSamples.Busy(PageRights.Stranger) with { Containers = [] });

        Assert.That(page, Does.Not.Contain("127.0.0.1").And.Not.Contain("10.0.0.9").And.Not.Contain("ada@ci")
            .And.Not.Contain("pulls the image").And.Not.Contain("data-call=\""));
        Assert.That(page, Does.Contain("r42").And.Contain("Enter token"));
    }

    [Test]
    public void Stranger_is_told_that_more_is_there_and_how_to_see_it()
    {
        var stranger = PageSamples.Busy(PageRights.Stranger);

        Assert.That(PageDocument.Write(stranger), Does.Contain("Reduced view:").And.Contain("Enter the token of the manager API to see everything"));
        Assert.That(
            PageDocument.Write(stranger with { HasToken = false }),
            Does.Contain("Reduced view:").And.Contain("none is configured (--api-token-file)").And.Not.Contain("id=token"));
        Assert.That(PageDocument.Write(PageSamples.Busy()), Does.Not.Contain("Reduced view:"));
    }

    [Test]
    public void Reader_without_a_token_sees_everything_but_gets_no_buttons() =>
        Assert.That(
            PageDocument.Write(PageSamples.Busy(PageRights.Reader)), Does.Contain("10.0.0.9").And.Not.Contain("data-call=\""));

    [Test]
    public void Operator_gets_a_button_for_each_change_that_is_possible()
    {
        var page = PageDocument.Write(PageSamples.Busy());

        Assert.That(
            Calls().Matches(page).Select(match => match.Groups["call"].Value).Distinct(StringComparer.Ordinal),
            Is.EquivalentTo(new[] { "pause", "drain", "drains/aa11/end", "rollback", "switch" }));
        Assert.That(page, Does.Contain("kept container: about 1 s."));
    }

    [Test]
    public void Page_says_that_a_token_must_be_configured_where_there_is_none() =>
        Assert.That(
            PageDocument.Write(PageSamples.Busy(PageRights.Reader) with { HasToken = false }),
            Does.Contain("no token is configured").And.Not.Contain("id=token"));

    [Test]
    public void Headings_are_in_order()
    {
        var levels = Headings().Matches(PageDocument.Write(PageSamples.Busy())).Select(match => match.Groups["level"].Value[0] - '0').ToArray();

        Assert.That(levels[0], Is.EqualTo(1));
        for (var index = 1; index < levels.Length; index++)
        {
            Assert.That(levels[index] - levels[index - 1], Is.LessThanOrEqualTo(1), "no level is left out");
        }
    }

    [Test]
    public void Pull_shows_its_megabytes() =>
        Assert.That(PageDocument.Write(PageSamples.Busy()), Does.Contain("(48.3 of 112.0 MB)").And.Contain("max=112000000 value=48300000"));

    private static string Between(string page, string begin, string end)
    {
        var start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return page[start..page.IndexOf(end, start, StringComparison.Ordinal)];
    }

    [GeneratedRegex("(?:href|src)=(?<target>\"[^\"]*\"|[^ >]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();

    [GeneratedRegex("data-call=\"(?<call>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Calls();

    [GeneratedRegex("<h(?<level>[1-6])[ >]", RegexOptions.None, 1000)]
    private static partial Regex Headings();
}
