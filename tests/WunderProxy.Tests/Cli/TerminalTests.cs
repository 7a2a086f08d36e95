using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Cli;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.Cli;

/// <summary>What others wrote is shown on a terminal and never obeyed by it.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TerminalTests
{
    private const string Attack = "r\u001b]0;owned\u0007\u009b2J\u007f\u202e\u2066\u200f\u2028\r\n\tx";

    [TestCase("r42 über 🚀", "r42 über 🚀")]
    [TestCase("a\u001b[2Jb", "a\\u001b[2Jb")]
    [TestCase("\u009b\u0085\u007f\0", "\\u009b\\u0085\\u007f\\u0000")]
    [TestCase("\u202e\u2066\u200f\u061c\ufeff\u200b", "\\u202e\\u2066\\u200f\\u061c\\ufeff\\u200b")]
    [TestCase("\u2028\u2029", "\\u2028\\u2029")]
    [TestCase("a\r\n\tb", "a\\r\\n\\tb")]
    [TestCase("\U000E0041", "\\udb40\\udc41")]
    public void What_a_terminal_would_obey_is_escaped(string text, string escaped) =>
        Assert.That(TerminalText.Escape(text), Is.EqualTo(escaped));

    [TestCase(0xD83D, "x\\ud83dy")]
    [TestCase(0xDE80, "x\\ude80y")]
    public void Half_of_a_character_is_escaped(int half, string escaped) =>
        Assert.That(TerminalText.Escape($"x{(char)half}y"), Is.EqualTo(escaped));

    [Test]
    public void Json_stays_json()
    {
        var json = JsonSerializer.Serialize(new ApiError("code", Attack, null), ApiJson.Context.ApiError);

        var written = Write(writer => writer.WriteLine(json));

        Assert.That(JsonNode.Parse(written)!["message"]!.GetValue<string>(), Is.EqualTo(Attack));
        AssertHarmless(written);
    }

    [Test]
    public void Every_way_of_writing_is_escaped() => AssertHarmless(Write(writer =>
    {
        writer.Write(Attack);
        writer.WriteLine(Attack);
        writer.Write(Attack.ToCharArray());
        writer.Write(Attack.AsSpan());
        writer.Write('\u001b');
        writer.Write("{0}", Attack);
        writer.WriteAsync(Attack).GetAwaiter().GetResult();
    }));

    [Test]
    public void Row_of_a_table_stays_one_line()
    {
        var written = Write(writer =>
        {
            var table = new TextTable("REVISION", "BY");
            table.Add("r1\nr2", Attack);
            table.WriteTo(writer);
        });

        Assert.That(written.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2));
        AssertHarmless(written);
    }

    [Test]
    public void Progress_of_a_deploy_stays_one_line()
    {
        var written = Write(writer =>
        {
            var report = new FleetReport(writer, TextWriter.Null);
            report.Tell("web1", Attack);
            report.Progress("web1", new DeploymentProgress("pulling", Attack));
        });

        Assert.That(written.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2));
        AssertHarmless(written);
    }

    [Test]
    public void Status_of_a_manager_shows_each_fact_in_its_line()
    {
        var status = JsonSerializer.Deserialize(
            """
            {"HeapSize":1,"TotalTime":0,"Requests":0,"States":{"new":0,"active":0,"idle":0,"upgraded":0},"DockerState":"ATTACK",
             "Status":"serving","App":"ATTACK","Version":"1","Uptime":1,"Upstream":null,
             "ResponseTimes":{"P50":0,"P90":0,"P95":0,"P99":0,"P999":0,"Max":0},"StatusCodes":{"Classes":{},"Codes":{},"Minutes":[]},
             "Bytes":{"In":0,"Out":0},"InFlight":0,"Waiting":0,"Draining":[],"Operation":null,"Previous":[],
             "Buffers":{"Memory":0,"Disk":0},"StoreState":"ATTACK","Warnings":["ATTACK"]}
            """.Replace("ATTACK", JsonEncodedText.Encode(Attack).Value),
            ApiJson.Context.StatusDocument)!;

        var text = StatusText.Write("web1", status);

        AssertHarmless(text);
        Assert.That(text.Split('\n'), Has.Length.EqualTo(9).And.All.Not.StartWith("x"));
    }

    [Test]
    public async Task Error_of_a_command_stays_one_line()
    {
        using var error = new StringWriter();
        var line = new CommandLine(TextWriter.Null, error, _ => null);

        await line.RunAsync(["history", $"file:/nowhere/{Attack}", "p"]);

        Assert.That(error.ToString().TrimEnd('\n'), Does.StartWith("wunderproxy: ").And.Not.Contain("\n"));
        AssertHarmless(error.ToString());
    }

    private static string Write(Action<TerminalWriter> write)
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var writer = new TerminalWriter(inner);
        write(writer);
        return inner.ToString();
    }

    private static void AssertHarmless(string written) =>
        Assert.That(written.Where(c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u2066' or '\u200f' or '\u2028')), Is.Empty, written);
}
