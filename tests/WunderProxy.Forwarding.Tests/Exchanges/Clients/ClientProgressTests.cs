using System.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Clients;

namespace WunderProxy.Forwarding.Tests.Exchanges.Clients;

[Parallelizable(ParallelScope.All)]
internal sealed class ClientProgressTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Expecting = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n";

    [Test]
    public async Task Request_without_a_body_is_read_with_its_head()
    {
        var stream = await BeginAsync(Head, hasBody: false);

        Assert.That((stream.Progress, stream.IsHeadComplete, stream.IsRequestRead, stream.IsAnswering),
            Is.EqualTo((ClientProgress.RequestRead, true, true, false)));
    }

    [Test]
    public async Task Answer_before_the_end_of_the_request_is_early_until_that_comes()
    {
        var stream = await BeginAsync(Head, hasBody: true);

        stream.BeginAnswer(200, "OK", mayPersist: true);
        var early = stream.Progress;
        stream.OnRequestRead();

        Assert.That((early, stream.Progress), Is.EqualTo((ClientProgress.AnsweringEarly, ClientProgress.Answering)));
    }

    [Test]
    public async Task Client_that_expects_100_is_awaited_only_between_head_and_interim_answer()
    {
        var stream = await BeginAsync(Expecting, hasBody: true);

        var before = stream.IsContinueAwaited;
        stream.OnHeadSent();
        var between = stream.IsContinueAwaited;
        stream.OnContinued();

        Assert.That((before, between, stream.Progress), Is.EqualTo((false, true, ClientProgress.ReadingBody)));
    }

    [Test]
    public void Answer_to_a_head_that_did_not_come_is_a_refusal()
    {
        var stream = new BareStream(new MemoryProxy().Loop);

        stream.BeginAnswer(408, "Request Timeout", mayPersist: false);

        Assert.That((stream.Progress, stream.IsHeadComplete, stream.IsAnswering),
            Is.EqualTo((ClientProgress.Refusing, false, true)));
    }

    [Test]
    public async Task Second_answer_is_a_bug()
    {
        var stream = await BeginAsync(Head, hasBody: false);

        stream.BeginAnswer(200, "OK", mayPersist: true);

        Assert.That(() => stream.BeginAnswer(502, "Bad Gateway", mayPersist: true), Throws.TypeOf<UnreachableException>());
    }

    private static async Task<BareStream> BeginAsync(string head, bool hasBody)
    {
        var stream = new BareStream(new MemoryProxy().Loop);
        stream.Begin(head, hasBody);
        await stream.ReadHeadAsync();
        return stream;
    }
}
