using System.Net;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>curl and .NET's own client through a proxy that compresses.</summary>
[TestFixture("epoll")]
[TestFixture("sockets")]
[Parallelizable]
internal sealed class CompressionTests(string transport) : ClientFixture(transport, "--compress")
{
    private static readonly string Page = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"<p class=\"text\">line {i}</p>\n"));

    [TestCase("br")]
    [TestCase("gzip")]
    public async Task Curl_decodes_a_page_that_is_several_times_smaller_on_the_way(string coding)
    {
        var answer = await HostProgram.SucceedAsync(
            "curl", ["-q", "-sS", "--compressed", "-H", $"Accept-Encoding: {coding}", "-D", PathOf(coding), "-w", "\n%{size_download}", Url("/files/page.html")]);
        var lines = answer.Output.Split('\n');

        Assert.That(string.Join('\n', lines[..^1]), Is.EqualTo(Page));
        Assert.That(int.Parse(lines[^1], System.Globalization.CultureInfo.InvariantCulture), Is.LessThan(Page.Length / 3));
        Assert.That(
            await File.ReadAllTextAsync(PathOf(coding)),
            Does.Contain($"Content-Encoding: {coding}\r\n").And.Contain("Vary: Accept-Encoding\r\n").And.Contain("ETag: W/\""));
    }

    [Test]
    public async Task Weak_tag_is_confirmed_and_ranges_are_parts_of_the_page()
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.All };
        using var client = new HttpClient(handler);
        using var first = await client.GetAsync(Url("/files/page.html"));
        using var again = new HttpRequestMessage(HttpMethod.Get, Url("/files/page.html"));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var confirmed = await client.SendAsync(again);
        using var part = new HttpRequestMessage(HttpMethod.Get, Url("/files/page.html"));
        part.Headers.Range = new(3, 1999);
        using var range = await client.SendAsync(part);

        Assert.That(await first.Content.ReadAsStringAsync(), Is.EqualTo(Page));
        Assert.That((confirmed.StatusCode, confirmed.Headers.ETag), Is.EqualTo((HttpStatusCode.NotModified, first.Headers.ETag)));
        Assert.That((range.StatusCode, await range.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.PartialContent, Page[3..2000])));
    }

    protected override Task PrepareAsync() => File.WriteAllTextAsync(PathOf("page.html"), Page);
}
