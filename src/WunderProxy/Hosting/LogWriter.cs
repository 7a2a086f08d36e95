using System.Threading.Channels;

namespace WunderProxy.Hosting;

/// <summary>
/// Writes log lines on a thread of its own, so that no thread that logs, such as a forwarding thread, waits for the
/// reader of standard error. Lines beyond the limit in bytes are dropped and counted.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    /// <summary>Most memory that waiting lines may take, in bytes.</summary>
    public const int MaxWaitingBytes = 4 * 1024 * 1024;

    // Memory that a string and its place in the queue take besides the characters.
    private const int LineOverheadBytes = 40;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Channel<string> _lines =
        Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TextWriter _output;
    private readonly Thread _thread;
    private long _waitingBytes;
    private long _dropped;
    private long _droppedUntold;

    /// <summary>Starts the thread; <paramref name="output"/> is not disposed of.</summary>
    public LogWriter(TextWriter output)
    {
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Number of lines dropped since start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Memory that waiting lines take at present, in bytes.</summary>
    internal long WaitingBytes => Interlocked.Read(ref _waitingBytes);

    /// <summary>Queues a line for the writing thread; never waits.</summary>
    public void Write(string line)
    {
        var bytes = BytesOf(line);
        if (Interlocked.Add(ref _waitingBytes, bytes) > MaxWaitingBytes || !_lines.Writer.TryWrite(line))
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
            Interlocked.Increment(ref _dropped);
            Interlocked.Increment(ref _droppedUntold);
        }
    }

    /// <summary>Writes the queued lines and ends; waits a little for a slow reader. Later lines are lost.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _thread.Join(LastWords);
    }

    private static long BytesOf(string line) => LineOverheadBytes + ((long)line.Length * sizeof(char));

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
            // Nobody reads standard error any more, which is no reason to stop serving.
            _lines.Writer.TryComplete();
        }
    }

    private void WriteWaiting()
    {
        while (_lines.Reader.TryRead(out var line))
        {
            _output.WriteLine(line);
            Interlocked.Add(ref _waitingBytes, -BytesOf(line));
        }

        if (Interlocked.Exchange(ref _droppedUntold, 0) is > 0 and var dropped)
        {
            _output.WriteLine($"{dropped} log lines were dropped here: the reader of the log was too slow");
        }

        _output.Flush();
    }
}
