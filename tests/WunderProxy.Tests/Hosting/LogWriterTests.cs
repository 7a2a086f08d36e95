using WunderProxy.Hosting;

namespace WunderProxy.Tests.Hosting;

[Parallelizable]
internal sealed class LogWriterTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public void Lines_are_written_in_order_before_the_end()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var writer = new LogWriter(output);

        writer.Write("one");
        writer.Write("two");
        writer.Dispose();

        Assert.That(output.ToString(), Is.EqualTo("one\ntwo\n"));
    }

    [Test]
    public async Task Slow_reader_costs_lines_and_nobody_waits()
    {
        using var output = new StuckWriter();
        var writer = new LogWriter(output);
        await Task.Run(() =>
        {
            for (var i = 0; i < 200_000; i++)
            {
                writer.Write("line");
            }
        }).WaitAsync(Deadline);

        output.Release();
        writer.Dispose();

        Assert.That(output.Text, Does.Contain("log lines were dropped here"));
    }

    [Test]
    public void Waiting_lines_are_bounded_in_bytes()
    {
        using var output = new StuckWriter();
        var writer = new LogWriter(output);
        var line = new string('x', 16 * 1024);
        for (var i = 0; i < 1000; i++)
        {
            writer.Write(line);
        }

        Assert.That(writer.WaitingBytes, Is.LessThanOrEqualTo(LogWriter.MaxWaitingBytes));
        Assert.That(writer.Dropped, Is.GreaterThan(800));

        var dropped = writer.Dropped;
        output.Release();
        writer.Dispose();

        Assert.That(output.Text, Does.Contain($"{dropped} log lines were dropped here"));
    }

    [Test]
    public void Output_that_is_gone_is_no_reason_to_fail()
    {
        var output = new StringWriter();
        output.Dispose();
        var writer = new LogWriter(output);

        writer.Write("lost");

        Assert.That(writer.Dispose, Throws.Nothing);
    }

    private sealed class StuckWriter : StringWriter
    {
        private readonly ManualResetEventSlim _released = new();

        public string Text
        {
            get
            {
                lock (_released)
                {
                    return GetStringBuilder().ToString();
                }
            }
        }

        public void Release() => _released.Set();

        public override void WriteLine(string? value)
        {
            _released.Wait();
            lock (_released)
            {
                base.WriteLine(value);
            }
        }

        protected override void Dispose(bool disposing)
        {
            _released.Set();
            base.Dispose(disposing);
        }
    }
}
