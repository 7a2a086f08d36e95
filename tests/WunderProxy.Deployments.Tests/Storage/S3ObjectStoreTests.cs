using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>The oddities of servers, scripted: what no well-behaved one in the integration tests would do.</summary>
[Parallelizable(ParallelScope.All)]
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

        var failure = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("k", CancellationToken.None)))!;
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
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
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

    // What servers send as a tag of "old": none, weak, bare, of 32 digits that are no MD5, of other algorithms.
    [TestCase("", "")]
    [TestCase("W/\"abc\"", "abc")]
    [TestCase("\"abc\"", "abc")]
    [TestCase("abc", "abc")]
    [TestCase("\"00000000000000000000000000000000\"", "00000000000000000000000000000000")]
    [TestCase("00000000000000000000000000000000", "00000000000000000000000000000000")]
    [TestCase("W/\"00000000000000000000000000000000\"", "00000000000000000000000000000000")]
    [TestCase("\"149603e6c03516362a8da23f624db945-2\"", "149603e6c03516362a8da23f624db945-2")]
    [TestCase("\"nö, not \\ at all\"", null)]
    public async Task Read_takes_any_tag_for_what_it_is(string sent, string? opaque)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200, "old", sent));
        using var store = server.Open();

        var read = await store.GetAsync("k", CancellationToken.None);
        var again = await store.GetAsync("k", CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(read!.Bytes.Span), Is.EqualTo("old"));
            Assert.That(read.ETag, Is.EqualTo(opaque ?? again!.ETag));
        });
    }

    [TestCase("")]
    [TestCase("W/\"abc\"")]
    [TestCase("abc")]
    [TestCase("\"00000000000000000000000000000000\"")]
    public async Task Write_is_stored_whatever_tag_is_answered(string sent)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200, "", sent));
        using var store = server.Open();

        Assert.That(
            (await store.PutAsync("k", new byte[1], PutCondition.None, CancellationToken.None),
                await store.PutAsync("k", new byte[1], PutCondition.IfMatch("x"), CancellationToken.None)),
            Is.EqualTo((PutOutcome.Stored, PutOutcome.Stored)));
    }

    [Test]
    public async Task Server_that_compares_weak_tags_as_it_sent_them_is_found_out()
    {
        using var server = new ScriptedS3Server(request => request.HttpMethod switch
        {
            "GET" => new ScriptedS3Answer(200, "old", "W/\"abc\""),
            _ when request.Headers["If-Match"] == "W/\"abc\"" => new ScriptedS3Answer(200),
            _ => ScriptedS3Answer.Error(412, "PreconditionFailed"),
        });
        using var store = server.Open();
        var read = await store.GetAsync("k", CancellationToken.None);

        Assert.That(
            await store.PutAsync("k", new byte[1], PutCondition.Unchanged(read), CancellationToken.None),
            Is.EqualTo(PutOutcome.Stored));
    }

    [TestCase("")]
    [TestCase("W/\"abc\"")]
    public async Task Server_whose_tags_cannot_be_compared_has_no_conditional_writes(string sent)
    {
        // Keeps If-None-Match, and never finds an If-Match to hold.
        var written = 0;
        using var server = new ScriptedS3Server(request => request switch
        {
            { HttpMethod: "GET" } => new ScriptedS3Answer(200, "{}", sent),
            { HttpMethod: "PUT" } when request.Headers["If-None-Match"] is not null && Interlocked.Increment(ref written) == 1 =>
                new ScriptedS3Answer(200, "", sent),
            { HttpMethod: "PUT" } => ScriptedS3Answer.Error(412, "PreconditionFailed"),
            _ => new ScriptedS3Answer(204),
        });
        using var store = server.Open();

        Assert.That(await ConditionalWriteProbe.RunAsync(store, "p", CancellationToken.None), Is.False);
    }

    [TestCase("{\"a\":1}")]
    [TestCase("")]
    public async Task Content_in_chunks_is_read_whole(string text)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200, text, $"\"{OldTag}\"") { IsChunked = true });
        using var store = server.Open();

        var read = await store.GetAsync("k", CancellationToken.None);
        await using var opened = await store.OpenReadAsync("k", CancellationToken.None);
        using var reader = new StreamReader(opened!.Content);

        Assert.Multiple(async () =>
        {
            Assert.That(Encoding.UTF8.GetString(read!.Bytes.Span), Is.EqualTo(text));
            Assert.That(opened.LengthBytes, Is.Null);
            Assert.That(await reader.ReadToEndAsync(), Is.EqualTo(text));
        });
    }

    [Test]
    public void Content_in_chunks_beyond_the_limit_is_refused()
    {
        var bytes = new byte[DocumentLimits.History + 1];
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200) { IsChunked = true, Bytes = bytes });
        using var store = server.Open();

        Assert.That(
            () => store.GetAsync("history.json", CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Fault").EqualTo(ObjectStoreFault.TooLarge));
    }

    [TestCase("gzip")]
    [TestCase("aws-chunked, gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    public async Task Content_that_came_compressed_is_read_as_it_was(string coding)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200)
        {
            Bytes = Compress("plain", coding),
            Header = $"Content-Encoding: {coding}",
        });
        using var store = server.Open();

        var read = await store.GetAsync("k", CancellationToken.None);

        Assert.That(Encoding.UTF8.GetString(read!.Bytes.Span), Is.EqualTo("plain"));
    }

    [Test]
    public void Compressed_content_is_bounded_by_what_it_becomes()
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200)
        {
            Bytes = Compress(new string(' ', DocumentLimits.LaunchConfig + 1), "gzip"),
            Header = "Content-Encoding: gzip",
        });
        using var store = server.Open();

        Assert.That(
            () => store.GetAsync("k", CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Fault").EqualTo(ObjectStoreFault.TooLarge));
    }

    [TestCase("gzip", "not gzip at all")]
    [TestCase("rot13", "cynva")]
    public void Content_that_cannot_be_decoded_is_told(string coding, string body)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200, body) { Header = $"Content-Encoding: {coding}" });
        using var store = server.Open();

        Assert.That(
            () => store.GetAsync("k", CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.Corrupt).And.Message.StartsWith("k in the S3 bucket bucket"));
    }

    [TestCase("Content-Length: 100\r\n\r\nshort")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\nsh")]
    public async Task Content_that_breaks_off_is_told(string rest)
    {
        using var server = ScriptedUpstream.Start();
        var serving = server.CutAllAsync($"HTTP/1.1 200 OK\r\nConnection: close\r\n{rest}");
        using var store = S3ObjectStore.Open(
            "bucket", TimeProvider.System, new S3Endpoint($"http://{server.EndPoint}", "key", "secret"));

        var failure = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("k", CancellationToken.None)))!;
        server.Dispose();
        await serving;

        Assert.That((failure.Fault, failure.Message), Is.EqualTo(
            (ObjectStoreFault.Unavailable, "the S3 bucket bucket broke off in the middle of k")));
    }

    // The SDK throws whatever its parser throws; some it takes for an empty list.
    [TestCase(200, "<html>portal</html>")]
    [TestCase(200, "<html>portal")]
    [TestCase(200, "{}")]
    [TestCase(200, "")]
    [TestCase(204, "")]
    [TestCase(301, "")]
    [TestCase(302, "")]
    [TestCase(307, "")]
    [TestCase(400, "<html>portal")]
    public async Task Answer_that_makes_no_sense_is_at_most_a_fault_of_the_store(int status, string body)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(status, body));
        using var store = server.Open();
        Func<Task>[] calls =
        [
            () => store.ListAsync("p/", CancellationToken.None),
            () => store.GetAsync("k", CancellationToken.None),
            () => store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None),
            () => store.CopyAsync("k", "l", CancellationToken.None),
            () => store.DeleteAsync("k", CancellationToken.None),
        ];

        foreach (var call in calls)
        {
            try
            {
                await call();
            }
            catch (ObjectStoreException)
            {
                // As the store promises.
            }
        }

        Assert.That(server.Calls, Is.Not.Empty);
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public void Redirect_says_what_to_set(int status)
    {
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(status) { Header = "Location: http://127.0.0.1:1/bucket/k" });
        using var store = server.Open();

        Assert.That(
            () => store.GetAsync("k", CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.Refused).And.Message.Contains("AWS_ENDPOINT_URL"));
    }

    [Test]
    public async Task Listing_whose_pages_never_end_ends()
    {
        const string Page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>"
            + "<Contents><Key>p/x</Key></Contents></ListBucketResult>";
        using var server = new ScriptedS3Server(_ => new ScriptedS3Answer(200, Page));
        using var store = server.Open();

        await store.ListAsync("p/", CancellationToken.None);

        Assert.That(server.Calls, Has.Count.LessThanOrEqualTo(100));
    }

    [Test]
    public async Task Write_without_the_right_is_told_apart_from_wrong_keys()
    {
        var code = "AccessDenied";
        using var server = new ScriptedS3Server(_ => ScriptedS3Answer.Error(403, code));
        using var store = server.Open();

        var write = (await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None)))!;
        var read = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync("k", CancellationToken.None)))!;
        code = "InvalidAccessKeyId";
        var unknown = (await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.PutAsync("k", new byte[1], PutCondition.IfAbsent, CancellationToken.None)))!;

        Assert.Multiple(() =>
        {
            Assert.That(
                (write.IsWriteDenied, read.IsWriteDenied, unknown.IsWriteDenied), Is.EqualTo((true, false, false)));
            Assert.That(read.Message, Does.Contain("s3:ListBucket"));
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

    private static byte[] Compress(string text, string coding)
    {
        using var compressed = new MemoryStream();
        using (Stream writer = coding switch
        {
            "br" => new BrotliStream(compressed, CompressionMode.Compress, leaveOpen: true),
            "deflate" => new ZLibStream(compressed, CompressionMode.Compress, leaveOpen: true),
            _ => new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
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
