using System.Threading.Channels;

namespace WunderProxy.Hosting;

/// <summary>
/// Writes log lines on a thread of its own: whoever logs, a forwarding thread among them, never waits for the reader of
/// standard error. Lines beyond the bound are dropped and counted.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TextWriter _output;
    private readonly Thread _thread;
    private long _dropped;

    /// <summary>Starts the thread; <paramref name="output"/> stays its owner's.</summary>
    public LogWriter(TextWriter output)
    {
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Hands a line over.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>
    /// Writes what was handed over, and ends; later lines are lost. Waits a little for a slow reader.
    /// </summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _thread.Join(LastWords);
    }

    private void Run()
    {
        try
        {
            while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                WriteWaiting();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nobody reads standard error any more: that is no reason to stop serving.
            _lines.Writer.TryComplete();
        }
    }

    private void WriteWaiting()
    {
        while (_lines.Reader.TryRead(out var line))
        {
            _output.WriteLine(line);
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            _output.WriteLine($"{dropped} log lines were dropped here: the reader of the log was too slow");
        }

        _output.Flush();
    }
}
