using System.Net.Sockets;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>The oddities of servers, scripted: what no well-behaved one in the integration tests would do.</summary>
[TestFixture]
internal sealed class S3ObjectStoreTests
{
    // printf old | md5sum; printf new | md5sum: the SDK compares tags that look like a digest with the body.
    private const string OldTag = "149603e6c03516362a8da23f624db945";
    private const string NewTag = "22af645d1859cb5ca6da0c484f1f37ea";

    [TestCase(409, "OperationAborted", PutOutcome.Unknown)]
    [TestCase(409, "ConditionalRequestConflict", PutOutcome.Unknown)]
    [TestCase(412, "PreconditionFailed", PutOutcome.PreconditionFailed)]
    [TestCase(404, "NoSuchKey", PutOutcome.PreconditionFailed)]
    [TestCase(501, "NotImplemented", PutOutcome.NotSupported)]
    [TestCase(500, "UnknownError", PutOutcome.Unknown)]
    [TestCase(503, "SlowDown", PutOutcome.Unknown)]
    public async Task Conditional_write_that_fails_has_its_outcome(int status, string code, PutOutcome outcome)
    {
        using var server = new ScriptedS3Server(_ => ScriptedS3Answer.Error(status, code));
        using var store = server.Open();

        Assert.That(
            await store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None), Is.EqualTo(outcome));
    }

    [TestCase(403, "AccessDenied", ObjectStoreFault.Denied)]
    [TestCase(404, "NoSuchBucket", ObjectStoreFault.NoSuchBucket)]
    [TestCase(400, "InvalidArgument", ObjectStoreFault.Refused)]
    public void Write_that_is_refused_is_told(int status, string code, ObjectStoreFault fault)
    {
        using var server = new ScriptedS3Server(_ => ScriptedS3Answer.Error(status, code));
        using var store = server.Open();

        Assert.That(
            () => store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Fault").EqualTo(fault));
    }

    [Test]
    public void Plain_write_that_the_server_fails_is_told_and_not_guessed()
    {
        using var server = new ScriptedS3Server(_ => ScriptedS3Answer.Error(500, "InternalError"));
        using var store = server.Open();

        Assert.That(
            () => store.PutAsync("k", new byte[1], PutCondition.None, CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.Unavailable)
                .And.Message.EqualTo("the S3 bucket bucket fails to write k: 500 InternalError"));
    }

    [Test]
    public async Task Server_that_resets_every_connection_is_asked_a_few_times()
    {
        using var server = ScriptedUpstream.Start();
        var tries = 0;
        var serving = ResetAllAsync();
        using var store = S3ObjectStore.Open(
            "bucket", TimeProvider.System, new S3Endpoint($"http://{server.EndPoint}", "key", "secret"));

        var failure = Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("k", CancellationToken.None))!;
        server.Dispose();
        await serving;

        Assert.That(failure.Fault, Is.EqualTo(ObjectStoreFault.Unavailable));
        Assert.That(tries, Is.EqualTo(4), "once, once more at once, and twice with pauses");

        async Task ResetAllAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await server.AcceptAsync();
                    await connection.ReadHeadAsync();
                    tries++;
                    connection.Reset();
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    [Test]
    public async Task Server_that_wants_bare_tags_is_found_out_once()
    {
        using var server = new ScriptedS3Server(request => request.HttpMethod switch
        {
            "GET" => new ScriptedS3Answer(200, "old", $"\"{OldTag}\""),
            _ when request.Headers["If-Match"] == OldTag => new ScriptedS3Answer(200, "", $"\"{NewTag}\""),
            _ => ScriptedS3Answer.Error(412, "PreconditionFailed"),
        });
        using var store = server.Open();

        var quoted = PutCondition.IfMatch($"\"{OldTag}\"");
        var first = await store.PutAsync("k", new byte[1], quoted, CancellationToken.None);
        var second = await store.PutAsync("k", new byte[1], PutCondition.IfMatch(OldTag), CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That((first, second), Is.EqualTo((PutOutcome.Stored, PutOutcome.Stored)));
            Assert.That(server.Calls, Is.EqualTo(new[]
            {
                $"PUT /bucket/k \"{OldTag}\"", "GET /bucket/k", $"PUT /bucket/k {OldTag}", $"PUT /bucket/k {OldTag}",
            }));
        });
    }

    [Test]
    public async Task Object_that_has_changed_is_not_tried_with_a_bare_tag()
    {
        using var server = new ScriptedS3Server(request => request.HttpMethod == "GET"
            ? new ScriptedS3Answer(200, "new", $"\"{NewTag}\"")
            : ScriptedS3Answer.Error(412, "PreconditionFailed"));
        using var store = server.Open();

        var outcome = await store.PutAsync("k", new byte[1], PutCondition.IfMatch(OldTag), CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(PutOutcome.PreconditionFailed));
            Assert.That(server.Calls, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public async Task Request_that_met_the_rest_of_another_is_sent_again()
    {
        var calls = 0;
        using var server = new ScriptedS3Server(_ =>
            Interlocked.Increment(ref calls) == 1 ? new ScriptedS3Answer(400) : new ScriptedS3Answer(200));
        using var store = server.Open();

        Assert.That(
            await store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None),
            Is.EqualTo(PutOutcome.Stored));
    }

    [Test]
    public async Task Server_that_never_answers_is_given_up_at_the_limit()
    {
        var clock = new ManualTimeProvider();
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(0));
        using var store = server.Open(clock);

        var read = store.GetAsync("k", CancellationToken.None);
        var written = store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None);
        await server.AwaitCallsAsync(2);
        clock.Advance(ObjectStores.CallLimit);

        Assert.Multiple(async () =>
        {
            Assert.That(
                () => read,
                Throws.InstanceOf<ObjectStoreException>()
                    .With.Message.EqualTo("the S3 bucket bucket did not answer within 30 s: read k"));
            Assert.That(await written, Is.EqualTo(PutOutcome.Unknown));
        });
    }

    [Test]
    public async Task Call_that_its_caller_gives_up_is_cancelled_and_no_fault()
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(0));
        using var store = server.Open();
        using var cancellation = new CancellationTokenSource();

        var read = store.GetAsync("k", cancellation.Token);
        await cancellation.CancelAsync();

        Assert.That(() => read, Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("")]
    [TestCase("a/b")]
    [TestCase("bucket name")]
    [TestCase("s3://bucket")]
    public void Name_that_is_no_bucket_is_a_bad_location(string name) =>
        Assert.That(
            () => ObjectStores.Open(name, TimeProvider.System),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Fault").EqualTo(ObjectStoreFault.BadLocation));
}
