using System.Diagnostics;
using System.Security.Cryptography;
using WunderProxy.ClientApplication;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>curl through the proxy.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithEachEngine))]
[Parallelizable]
internal sealed class CurlTests(string wiring) : ClientFixture(wiring)
{
    private const int BigBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Quiet =
        ["-q", "--silent", "--show-error", "--cacert", ProxyWiring.CertificateFile];

    [Test]
    public async Task Get_shows_the_answer()
    {
        var answer = await CurlAsync("-i", Url("/text"));

        Assert.That(answer.Output, Does.StartWith("HTTP/1.1 200 OK\r\n"));
        Assert.That(answer.Output, Does.EndWith("\r\n\r\nhello\n"));
    }

    [Test]
    public async Task Request_reaches_the_application_as_it_was_sent()
    {
        var answer = await CurlAsync("-g", "-X", "PATCH", "-H", "X-Test: a b", "-d", "x=1", Url("/seen?q=%20a&b=[1]"));

        Assert.That(answer.Output, Does.StartWith("PATCH /seen?q=%20a&b=[1] HTTP/1.1\n"));
        Assert.That(answer.Output, Does.Contain("X-Test: a b\n"));
        Assert.That(answer.Output, Does.Contain($"Host: {Proxy.Authority}\n"));
        Assert.That(answer.Output, Does.Contain("Content-Length: 3\n"));
    }

    [Test]
    public async Task Post_awaits_100_continue_from_the_application()
    {
        var body = TestBody.BytesOf(3_000_000);
        await File.WriteAllBytesAsync(PathOf("body"), body);

        // Ten minutes of patience: if no 100 came, curl would not send the body within the test's time.
        var answer = await CurlAsync(
            "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "600",
            "--data-binary", $"@{PathOf("body")}", Url("/upload"));

        Assert.That(answer.Errors, Does.Contain("< HTTP/1.1 100 Continue"));
        Assert.That(answer.Output, Does.StartWith(TestBody.ReceiptFor(body) + " length"));
    }

    [Test]
    public async Task Upload_from_standard_input_arrives_chunked()
    {
        var body = TestBody.BytesOf(5_000_001);

        var answer = await HostProgram.SucceedAsync(
            "curl", [.. Quiet, "-T", "-", Url("/upload")], input: new MemoryStream(body));

        Assert.That(answer.Output, Does.StartWith(TestBody.ReceiptFor(body) + " chunked"));
    }

    [Test]
    public async Task Head_has_the_length_and_no_body()
    {
        var answer = await CurlAsync("--head", "-w", "%{http_code} %{size_download}", Url("/download?bytes=123456"));

        Assert.That(answer.Output, Does.Contain("Content-Length: 123456\r\n").And.EndWith("200 0"));
    }

    [Test]
    public async Task Http_1_0_gets_a_body_without_chunks_that_ends_with_the_connection()
    {
        var answer = await CurlAsync("--http1.0", "-i", "--raw", Url("/compressed"));

        Assert.That(answer.Output, Does.Not.Contain("Transfer-Encoding"));
        Assert.That(answer.Output, Does.EndWith("\r\n\r\n" + TestBody.CompressedText));
    }

    [Test]
    public async Task Connection_is_reused_for_the_next_request()
    {
        var answer = await CurlAsync(
            "-w", "%{num_connects} ", Url("/text"), "-d", "x", Url("/upload"), Url("/download?bytes=10&chunked=true"),
            "-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null");

        Assert.That(answer.Output, Is.EqualTo("1 0 0 "));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Big_download_arrives_whole(bool isChunked)
    {
        var chunked = isChunked ? "true" : "false";
        await CurlAsync("-o", PathOf("big"), Url($"/download?bytes={BigBytes}&chunked={chunked}"));

        await using var file = File.OpenRead(PathOf("big"));
        Assert.That(file, Has.Length.EqualTo(BigBytes));
        Assert.That(await SHA256.HashDataAsync(file), Is.EqualTo(SHA256.HashData(TestBody.BytesOf(BigBytes))));
    }

    [Test]
    public async Task Range_and_its_validator_pass()
    {
        await File.WriteAllTextAsync(PathOf("digits.txt"), "0123456789");

        var part = await CurlAsync("-i", "-r", "2-5", Url("/files/digits.txt"));
        var beyond = await CurlAsync("-o", "/dev/null", "-w", "%{http_code}", "-r", "20-", Url("/files/digits.txt"));

        Assert.That(part.Output, Does.StartWith("HTTP/1.1 206 Partial Content\r\n").And.EndWith("\r\n\r\n2345"));
        Assert.That(part.Output, Does.Contain("Content-Range: bytes 2-5/10\r\n"));
        Assert.That(beyond.Output, Is.EqualTo("416"));
    }

    [Test]
    public async Task Unchanged_file_is_answered_304()
    {
        await File.WriteAllTextAsync(PathOf("same.txt"), "same");

        await CurlAsync("-o", PathOf("copy"), "--etag-save", PathOf("etag"), Url("/files/same.txt"));
        var again = await CurlAsync("--etag-compare", PathOf("etag"), "-w", "%{http_code}", Url("/files/same.txt"));

        Assert.That(again.Output, Is.EqualTo("304"));
    }

    [Test]
    public async Task Compressed_answer_passes_untouched()
    {
        var inflated = await CurlAsync("--compressed", "-D", PathOf("head"), Url("/compressed"));
        await CurlAsync("-H", "Accept-Encoding: gzip", "-o", PathOf("raw"), Url("/compressed"));

        Assert.That(inflated.Output, Is.EqualTo(TestBody.CompressedText));
        Assert.That(await File.ReadAllTextAsync(PathOf("head")), Does.Contain("Content-Encoding: gzip"));
        Assert.That((await File.ReadAllBytesAsync(PathOf("raw")))[..2], Is.EqualTo(new byte[] { 0x1f, 0x8b }));
    }

    [Test]
    public async Task Trailers_of_the_response_arrive()
    {
        using var upstream = ScriptedUpstream.Start();
        _ = upstream.AnswerAllAsync(
            "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
        using var proxy = await ForwardProcess.StartAsync(upstream.EndPoint, Wiring);

        var answer = await CurlAsync("-D", "-", "-o", PathOf("body"), proxy.Address.ToString());

        Assert.That(answer.Output, Does.Contain("Trailer: X-Sum\r\n").And.Contain("X-Sum: 42\r\n"));
        Assert.That(await File.ReadAllTextAsync(PathOf("body")), Is.EqualTo("hello"));
    }

    [Test]
    public async Task Lines_go_up_and_down_in_turn_on_one_exchange()
    {
        // "-T .": curl reads its input while it waits for the answer.
        string[] arguments = [.. Quiet, "-N", "-X", "POST", "-T", ".", Url("/lines")];
        using var curl = Process.Start(HostProgram.Describe("curl", arguments))!;
        for (var i = 1; i <= 20; i++)
        {
            await curl.StandardInput.WriteAsync($"line {i}\n");
            await curl.StandardInput.FlushAsync();
            Assert.That(await curl.StandardOutput.ReadLineAsync().WaitAsync(Patience), Is.EqualTo($"LINE {i}"));
        }

        curl.StandardInput.Close();
        Assert.That(await curl.StandardOutput.ReadToEndAsync().WaitAsync(Patience), Is.Empty);
        await curl.WaitForExitAsync().WaitAsync(Patience);
        Assert.That(curl.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Cut_off_download_is_seen_as_such()
    {
        using var upstream = ScriptedUpstream.Start();
        using var proxy = await ForwardProcess.StartAsync(upstream.EndPoint, Wiring);
        var curl = HostProgram.RunAsync("curl", [.. Quiet, proxy.Address.ToString()]);
        using (var connection = await upstream.AcceptAsync())
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        }

        // 18: partial file; 56: the connection was reset.
        Assert.That((await curl).ExitCode, Is.EqualTo(18).Or.EqualTo(56));
    }

    private static Task<ProgramResult> CurlAsync(params string[] arguments) =>
        HostProgram.SucceedAsync("curl", [.. Quiet, .. arguments]);
}
