using System.Text;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges.Answers;

/// <summary>Where the bodies of our own answers come from.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ErrorPagesTests
{
    [Test]
    public void Files_that_are_given_take_the_place_of_what_is_built_in()
    {
        var pages = new ErrorPages(new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["502.html"] = "ours"u8.ToArray(),
            ["503.json"] = "{}"u8.ToArray(),
        });

        Assert.Multiple(() =>
        {
            Assert.That(Text(pages, 502, asJson: false), Is.EqualTo("ours"));
            Assert.That(Text(pages, 502, asJson: true), Does.StartWith("{\"status\":502,"));
            Assert.That(Text(pages, 503, asJson: true), Is.EqualTo("{}"));
            Assert.That(Text(pages, 503, asJson: false), Does.Contain("<h1>Service Unavailable</h1>"));
        });
    }

    [Test]
    public void Every_error_has_an_answer_with_a_page_but_those_that_are_never_answered()
    {
        var pages = new ErrorPages(new ApplicationOptions().ErrorPages);
        ForwardError[] unanswered =
        [
            ForwardError.None, ForwardError.ClientGone, ForwardError.ResponseStalled, ForwardError.TunnelBroken,
            ForwardError.Rejected,
        ];

        foreach (var error in Enum.GetValues<ForwardError>().Except(unanswered))
        {
            var answer = ErrorResponses.For(error);
            Assert.That(Text(pages, answer.Status, asJson: false), Does.Contain(ErrorPages.ReasonOf(answer.Status)), $"{error}");
        }

        foreach (var error in unanswered)
        {
            Assert.That(() => ErrorResponses.For(error), Throws.InstanceOf<System.Diagnostics.UnreachableException>(), $"{error}");
        }
    }

    [Test]
    public void Every_rejection_has_a_status_of_its_client()
    {
        foreach (var rejection in Enum.GetValues<Forwarding.Http1.RequestRejection>().Skip(1))
        {
            Assert.That(ErrorResponses.For(rejection).Status, Is.AnyOf(400, 414, 431, 501, 505), $"{rejection}");
        }

        Assert.That(
            () => ErrorResponses.For(Forwarding.Http1.RequestRejection.None),
            Throws.InstanceOf<System.Diagnostics.UnreachableException>());
    }

    [Test]
    public void Every_error_has_a_side()
    {
        foreach (var error in Enum.GetValues<ForwardError>().Skip(1))
        {
            Assert.That(ForwardResult.Of(error).Side, Is.Not.EqualTo(Side.None), $"{error}");
        }

        Assert.That(ForwardResult.Of(ForwardError.None), Is.EqualTo(ForwardResult.Success));
    }

    [Test]
    public void Every_page_that_counts_is_of_a_status_that_is_answered_with()
    {
        // 405 answers TRACE; all others are in the tables of errors and rejections.
        var answered = Enum.GetValues<ForwardError>().Select(error => StatusOf(() => ErrorResponses.For(error)))
            .Concat(Enum.GetValues<Forwarding.Http1.RequestRejection>().Select(why => StatusOf(() => ErrorResponses.For(why))))
            .Where(status => status != 0)
            .Append(405);

        Assert.That(
            ProxyApplication.ErrorPageNames.Select(name => int.Parse(Path.GetFileNameWithoutExtension(name))).Distinct(),
            Is.EquivalentTo(answered.Distinct()));
    }

    private static int StatusOf(Func<ErrorAnswer> answer)
    {
        try
        {
            return answer().Status;
        }
        catch (System.Diagnostics.UnreachableException)
        {
            return 0;
        }
    }

    private static string Text(ErrorPages pages, int status, bool asJson) =>
        Encoding.UTF8.GetString(pages.BodyOf(status, asJson).Span);
}
