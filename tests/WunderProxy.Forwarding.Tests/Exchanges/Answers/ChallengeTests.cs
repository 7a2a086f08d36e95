using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges.Answers;

/// <summary>Requests of a certificate authority, and those that only look like them.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class ChallengeTests(TransportKind transport)
{
    private const string Token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ";
    private const string Path = "/.well-known/acme-challenge/";
    private const string Answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 6\r\nCache-Control: no-store\r\n\r\n";

    [TestCase("GET", "answer")]
    [TestCase("HEAD", "")]
    public async Task Known_token_is_answered_without_the_application_and_the_connection_stays(string method, string body)
    {
        await using var proxy = Start(new ScriptedAnswers(_ => new ValueTask<byte[]?>("answer"u8.ToArray())));
        var client = await proxy.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"{method} {Path}{Token} HTTP/1.1\r\nHost: shop.test\r\n\r\n");

            Assert.That(await client.ReadThroughAsync("\r\n\r\n" + body), Is.EqualTo(Answer + body));
        }
    }

    [Test]
    public async Task Known_token_is_answered_while_no_upstream_is_there()
    {
        await using var proxy = Start(new ScriptedAnswers(_ => new ValueTask<byte[]?>("answer"u8.ToArray())));
        proxy.Slot.Switch(null);
        var client = await proxy.ConnectAsync();

        await client.SendAsync($"GET {Path}{Token} HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task Answer_that_is_found_later_is_given_on_the_loop()
    {
        var finding = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new ScriptedAnswers(_ => new ValueTask<byte[]?>(finding.Task));
        await using var proxy = Start(answers);
        var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {Path}{Token} HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await answers.Asked.Task;

        // The loops go on meanwhile.
        var (other, upstream, _) = await proxy.BeginAsync("GET /page HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.That(await other.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "));
        finding.SetResult("answer"u8.ToArray());

        Assert.That(await client.ReadThroughAsync("\r\n\r\nanswer"), Is.EqualTo(Answer + "answer"));
    }

    [Test]
    public async Task Unknown_token_goes_to_the_application([Values] bool isLate, [Values] bool isFailed)
    {
        var finding = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new ScriptedAnswers(_ => isLate ? new ValueTask<byte[]?>(finding.Task) : default);
        await using var proxy = Start(answers);
        var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {Path}{Token}?x HTTP/1.1\r\nHost: shop.test\r\n\r\nGET {Path}{Token} HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        using var first = await proxy.AcceptAsync();
        Assert.That(await first.ReadHeadAsync(), Does.StartWith($"GET {Path}{Token}?x "), "a query makes it no token");
        await first.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await client.ReadHeadAsync();
        await answers.Asked.Task;
        if (isFailed)
        {
            finding.SetException(new IOException("away"));
        }
        else
        {
            finding.SetResult(null);
        }

        Assert.That(await first.ReadHeadAsync(), Does.StartWith($"GET {Path}{Token} "));
    }

    [TestCase("GET", "0123456789abcdefghi")]
    [TestCase("GET", "../../../../../../../etc/passwd")]
    [TestCase("GET", "")]
    [TestCase("GET", "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ/")]
    [TestCase("GET", "evaGxfADs6pSRb2LAv9IZf17Dt3juxG%4A")]
    [TestCase("DELETE", Token)]
    public async Task What_is_no_request_for_a_token_is_not_looked_up(string method, string name)
    {
        var answers = new ScriptedAnswers(_ => new ValueTask<byte[]?>("answer"u8.ToArray()));
        await using var proxy = Start(answers);

        var (_, _, head) = await proxy.BeginAsync($"{method} {Path}{name} HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        Assert.That(head, Does.StartWith($"{method} {Path}{name} "));
        Assert.That(answers.Asked.Task.IsCompleted, Is.False);
    }

    [Test]
    public async Task Client_that_leaves_while_the_answer_is_looked_up_disturbs_nobody()
    {
        var finding = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new ScriptedAnswers(_ => new ValueTask<byte[]?>(finding.Task));
        await using var proxy = Start(answers);
        var client = await proxy.ConnectAsync();
        await client.SendAsync($"GET {Path}{Token} HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        await answers.Asked.Task;
        client.Dispose();
        finding.SetResult(null);

        // The end of the client may be seen before its request goes on, while the upstream is connected to, or after: the
        // application may see several connections, and nothing on one of them.
        _ = proxy.Application.AnswerAllAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var next = await proxy.ConnectAsync();
        await next.SendAsync("GET /next HTTP/1.1\r\nHost: shop.test\r\n\r\n");

        Assert.That(await next.ReadHeadAsync(), Does.StartWith("HTTP/1.1 200 "));
    }

    private ProxyUnderTest Start(IChallengeAnswers answers) =>
        ProxyUnderTest.Start(transport, options => options with { Challenges = answers });

    private sealed class ScriptedAnswers(Func<string, ValueTask<byte[]?>> find) : IChallengeAnswers
    {
        public TaskCompletionSource<string> Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<byte[]?> FindAsync(string token)
        {
            Asked.TrySetResult(token);
            return find(token);
        }
    }
}
