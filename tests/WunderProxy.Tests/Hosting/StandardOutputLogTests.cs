using System.IO.Pipes;
using System.Text;
using WunderProxy.Hosting;

namespace WunderProxy.Tests.Hosting;

[Platform("Linux")]
internal sealed class StandardOutputLogTests
{
    [Test]
    public void Lines_come_out_whole()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        var log = new StandardOutputLog(reader.ClientSafePipeHandle);

        log.Write("one\n"u8);
        log.Write("two\n"u8);
        reader.DisposeLocalCopyOfClientHandle();

        Assert.That(new StreamReader(reader, Encoding.ASCII).ReadToEnd(), Is.EqualTo("one\ntwo\n"));
    }

    [Test]
    public void Reader_that_has_gone_away_is_told_to_the_caller_who_counts_the_lines()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        writer.ClientSafePipeHandle.Dispose();
        var log = new StandardOutputLog(writer.SafePipeHandle);

        Assert.That(() => log.Write("lost\n"u8), Throws.InstanceOf<IOException>().With.Message.Contains("standard output"));
    }
}
