using System.Text;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Tests.Docker;

[Parallelizable(ParallelScope.All)]
internal sealed class EventLinesTests
{
    private const int MaxBytes = 4 * 1024 * 1024;

    [TestCase("a\nb\r\n\nc\n", "a|b\r||c")]
    [TestCase("a\nunfinished", "a|unfinished")]
    [TestCase("", "")]
    public async Task Stream_is_split_at_line_ends(string text, string lines) =>
        Assert.That(string.Join('|', await ReadAsync(Encoding.UTF8.GetBytes(text))), Is.EqualTo(lines));

    [Test]
    public async Task Line_beyond_the_limit_is_passed_over_and_those_around_it_are_not()
    {
        var long1 = new string('x', MaxBytes / 2);
        var text = $"a\n{long1}{long1}{long1}\nb\n{long1}\n{long1}{long1}{long1}";

        var lines = await ReadAsync(Encoding.UTF8.GetBytes(text));

        Assert.That(lines, Is.EqualTo(new[] { "a", "b", long1 }));
    }

    [Test]
    public void Event_of_other_bytes_than_utf8_counts_only_for_the_fields_in_use()
    {
        byte[] Bytes(string id, string label) => Encoding.Latin1.GetBytes(
            $$$"""{"Action":"die","Actor":{"ID":"{{{id}}}","Attributes":{"name":"{{{label}}}"}},"timeNano":5}""");

        Assert.That(EngineEvent.Read(Bytes("a", "\u00ff\u00c0"), 1), Is.EqualTo(new EngineEvent("die", "a", 5)));
        Assert.That(EngineEvent.Read(Bytes("\u00ff\u00c0", "a"), 1), Is.Null);
    }

    [TestCase("\"exitCode\":\"137\"", 137L)]
    [TestCase("\"exitCode\":137", null)]
    [TestCase("\"exitCode\":\"x\"", null)]
    [TestCase("", null)]
    public void Event_tells_the_exit_code_if_it_has_one(string attributes, long? code)
    {
        var line = Encoding.UTF8.GetBytes($$$"""{"Action":"die","Actor":{"ID":"a","Attributes":{{{{attributes}}}}},"timeNano":5}""");

        Assert.That(EngineEvent.Read(line, 1)!.ExitCode, Is.EqualTo(code));
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(byte[] bytes)
    {
        var (lines, read) = (new EventLines(new MemoryStream(bytes)), new List<string>());
        while (await lines.ReadAsync(CancellationToken.None) is { } line)
        {
            read.Add(Encoding.UTF8.GetString(line));
        }

        return read;
    }
}
