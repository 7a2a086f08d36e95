using WunderProxy.Fleet;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.Fleet;

/// <summary>What is told of a manager that answers something else than a manager does, or not to the end.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ManagerClientTests
{
    private const string Json = "{\"error\":\"unavailable\",\"message\":\"too many calls\"}";

    [TestCase("garbage\r\n\r\n", "garbage", false)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "not the manager API's", false)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", "not the manager API's", false)]
    [TestCase("HTTP/1.1 504 Gateway Time-out\r\nContent-Length: 6\r\n\r\n<html>", "answered 504", false)]
    [TestCase("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}", "answered 502", false)]
    [TestCase("HTTP/1.1 503 Unavailable\r\nContent-Length: 50\r\n\r\n" + Json, "too many calls (unavailable)", true)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{", "more than 16 MiB", false)]
    public async Task Odd_answer_is_told_in_words(string response, string words, bool isAnswer)
    {
        using var manager = ScriptedUpstream.Start();
        _ = manager.AnswerAllAsync(response);
        using var client = ClientOf(manager);

        Func<Task>[] calls =
        [
            () => client.GetStatusAsync(CancellationToken.None),
            () => client.LaunchAsync("abc", "t", CancellationToken.None),
            () => client.SwitchAsync("abc", "t", null, CancellationToken.None),
        ];
        foreach (var call in calls)
        {
            var failure = (await Assert.ThrowsAsync<ManagerCallException>(call.Invoke))!;
            Assert.That(failure.Message, Does.Contain(words));
            Assert.That(failure.IsAnswer, Is.EqualTo(isAnswer), "else the manager may have switched all the same");
        }
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Status\"")]
    public async Task Connection_that_ends_early_is_told_in_words(string response)
    {
        using var manager = ScriptedUpstream.Start();
        _ = manager.CutAllAsync(response);
        using var client = ClientOf(manager);

        var failure = (await Assert.ThrowsAsync<ManagerCallException>(() => client.GetStatusAsync(CancellationToken.None)))!;

        Assert.That(failure.Message, Does.Contain("closed the connection before its answer was complete"));
    }

    private static ManagerClient ClientOf(ScriptedUpstream manager)
    {
        Assert.That(ManagerAddress.TryParse(manager.EndPoint.ToString()!, out var address));
        return new ManagerClient(address, token: null);
    }
}
